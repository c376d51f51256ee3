"""Forced tokens: ids that must stand at given places of the generated text."""

import dataclasses
from typing import Any, ClassVar

import numpy as np
from keras import ops

from transformer_tf.generation.checks import check_below, check_ids
from transformer_tf.generation.processors.base import FORBIDDEN, LogitsProcessor


@dataclasses.dataclass(frozen=True, eq=False)
class ForcedTokens(LogitsProcessor):
    """Leaves one id alone possible at each of the given places.

    Args:
        ids: A dict from a place among the generated tokens (0 is the first, -1 the last
            that the limit allows) to the id that must stand there.

    Raises:
        ValueError: `ids` is empty, a place is not whole, or an id is outside the
            vocabulary.

    Example:
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = CausalLM(gpt2_config(vocabulary_size=9, max_length=16, **sizes))
        >>> rules = [ForcedTokens({0: 7, 1: 5, -1: 2})]
        >>> generate(model, [[3, 4]], 3, processors=rules)
        [[7, 5, 2]]
    """

    ids: Any
    tensors: ClassVar[tuple[str, ...]] = ("ids",)

    def __post_init__(self):
        if not isinstance(self.ids, dict) or not self.ids:
            raise ValueError(
                f"ids must be a dict from places to ids, not empty; got {self.ids!r}"
            )
        check_ids("ids", self.ids.values())
        if not all(isinstance(place, int) for place in self.ids):
            raise ValueError(f"places must be whole numbers; got {list(self.ids)}")

    def tensor_values(self, vocabulary):
        check_below("ids", self.ids.values(), vocabulary)
        return {"ids": np.asarray(list(self.ids.items()), "int32")}

    def __call__(self, logits, history):
        place, token = self.ids[:, 0], self.ids[:, 1]
        place = ops.where(place < 0, place + history.limit, place)
        here = history.new_tokens[:, None] == place[None]  # [rows, forced]
        # [rows, forced, 1] x [1, forced, vocabulary] -> [rows, vocabulary]
        ids = ops.arange(logits.shape[-1], dtype="int32")
        wanted = ops.any(here[:, :, None] & (token[:, None] == ids)[None], axis=1)
        forced = ops.any(here, axis=-1, keepdims=True)
        # As published, zero: it is certain, even where a rule before this forbids it.
        certain = ops.where(wanted, ops.cast(0, logits.dtype), FORBIDDEN)
        return ops.where(forced, certain, logits)
