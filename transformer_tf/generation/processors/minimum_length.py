"""Minimum length: the text may not stop too early."""

import dataclasses
from typing import Any, ClassVar

import numpy as np
from keras import ops

from transformer_tf.generation.checks import check_at_least, check_below, check_ids
from transformer_tf.generation.processors.base import FORBIDDEN, LogitsProcessor


@dataclasses.dataclass(frozen=True, eq=False)
class MinimumLength(LogitsProcessor):
    """Forbids the stop ids until enough tokens have been generated.

    Args:
        length: How many tokens must stand before a stop id; the prompt does not count.
        stop_ids: The ids that are forbidden until then.

    Raises:
        ValueError: `length` is negative, `stop_ids` is empty or holds no ids.

    Example:
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = CausalLM(gpt2_config(vocabulary_size=3, max_length=16, **sizes))
        >>> rules = [ForbiddenTokens([0]), MinimumLength(3, stop_ids=[2])]
        >>> generate(model, [[1]], 6, processors=rules, stop_ids=[2])[0][:3]
        [1, 1, 1]
    """

    length: Any
    stop_ids: Any
    tensors: ClassVar[tuple[str, ...]] = ("length", "stop_ids")

    def __post_init__(self):
        check_at_least("length", self.length, 0)
        if not check_ids("stop_ids", self.stop_ids):
            raise ValueError("stop_ids must name at least one id; got none")

    def tensor_values(self, vocabulary):
        check_below("stop_ids", self.stop_ids, vocabulary)
        stops = np.zeros(vocabulary, bool)
        stops[list(self.stop_ids)] = True
        return {"length": np.int32(self.length), "stop_ids": stops}

    def __call__(self, logits, history):
        early = (history.new_tokens < self.length)[:, None]
        return ops.where(early & self.stop_ids[None], FORBIDDEN, logits)
