"""Forbidden tokens: ids that must never be generated."""

import dataclasses
from typing import Any, ClassVar

import numpy as np
from keras import ops

from transformer_tf.generation.checks import check_below, check_ids
from transformer_tf.generation.processors.base import FORBIDDEN, LogitsProcessor


@dataclasses.dataclass(frozen=True, eq=False)
class ForbiddenTokens(LogitsProcessor):
    """Forbids some ids at every step.

    Args:
        ids: The ids.

    Raises:
        ValueError: an id is negative, not whole, or outside the vocabulary, or no id
            would be left.

    Example:
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = CausalLM(gpt2_config(vocabulary_size=3, max_length=16, **sizes))
        >>> generate(model, [[1, 2]], 4, processors=[ForbiddenTokens([0, 2])])
        [[1, 1, 1, 1]]
    """

    ids: Any
    tensors: ClassVar[tuple[str, ...]] = ("ids",)

    def __post_init__(self):
        check_ids("ids", self.ids)

    def tensor_values(self, vocabulary):
        check_below("ids", self.ids, vocabulary)
        forbidden = np.zeros(vocabulary, bool)
        forbidden[list(self.ids)] = True
        if forbidden.all():
            raise ValueError(f"all {vocabulary} ids of the vocabulary are forbidden")
        return {"ids": forbidden}

    def __call__(self, logits, history):
        return ops.where(self.ids[None], FORBIDDEN, logits)
