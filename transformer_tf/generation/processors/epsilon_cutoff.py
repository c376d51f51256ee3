"""Epsilon cutoff: ids below a fixed probability leave the draw."""

import dataclasses
from typing import Any, ClassVar

from keras import ops

from transformer_tf.generation.checks import check_number
from transformer_tf.generation.processors.base import FORBIDDEN, LogitsProcessor
from transformer_tf.generation.processors.smallest_set import exact


@dataclasses.dataclass(frozen=True, eq=False)
class EpsilonCutoff(LogitsProcessor):
    """Keeps the ids whose probability is at least epsilon, and always the likeliest.

    Args:
        epsilon: A number in (0, 1); published values lie between 3e-4 and 9e-4.

    Raises:
        ValueError: `epsilon` is not in (0, 1).

    Source: https://arxiv.org/abs/2210.15191, section 4.
    """

    epsilon: Any
    tensors: ClassVar[tuple[str, ...]] = ("epsilon",)

    def __post_init__(self):
        check_number("epsilon", self.epsilon)
        if not 0 < self.epsilon < 1:
            raise ValueError(f"epsilon must be in (0, 1); got {self.epsilon}")

    def __call__(self, logits, history):
        threshold = ops.log(exact(self.epsilon))
        return at_least(logits, ops.log_softmax(exact(logits), axis=-1), threshold)


def at_least(logits, log_probability, threshold):
    """The logits whose log-probability reaches the threshold, and the highest."""
    highest = ops.max(logits, axis=-1, keepdims=True)
    stays = (log_probability >= threshold) | (logits >= highest)
    return ops.where(stays, logits, FORBIDDEN)
