"""Min-p: ids far less likely than the likeliest leave the draw."""

import dataclasses
from typing import Any, ClassVar

from keras import ops

from transformer_tf.generation.checks import check_number
from transformer_tf.generation.processors.base import FORBIDDEN, LogitsProcessor


@dataclasses.dataclass(frozen=True, eq=False)
class MinP(LogitsProcessor):
    """Keeps the ids at least p times as likely as the likeliest one.

    Args:
        p: A number in (0, 1]; 1 keeps the likeliest alone.

    Raises:
        ValueError: `p` is not in (0, 1].

    Source: https://arxiv.org/abs/2407.01082, section 3.
    """

    p: Any
    tensors: ClassVar[tuple[str, ...]] = ("p",)

    def __post_init__(self):
        check_number("p", self.p)
        if not 0 < self.p <= 1:
            raise ValueError(f"p must be in (0, 1]; got {self.p}")

    def __call__(self, logits, history):
        # probability >= p * largest, read on the logits: no softmax is needed
        share = ops.log(ops.cast(self.p, logits.dtype))
        threshold = ops.max(logits, axis=-1, keepdims=True) + share
        return ops.where(logits >= threshold, logits, FORBIDDEN)
