"""What the cutoffs by a least probability share."""

import dataclasses
from typing import Any, ClassVar

from keras import ops

from transformer_tf.arguments import check_number
from transformer_tf.generation.processors.base import FORBIDDEN, LogitsProcessor
from transformer_tf.generation.processors.smallest_set import exact


@dataclasses.dataclass(frozen=True, eq=False)
class EpsilonThreshold(LogitsProcessor):
    """Keeps the ids that reach a threshold, and always the likeliest."""

    epsilon: Any
    tensors: ClassVar[tuple[str, ...]] = ("epsilon",)

    def __post_init__(self):
        check_number("epsilon", self.epsilon)
        if not 0 < self.epsilon < 1:
            raise ValueError(f"epsilon must be in (0, 1); got {self.epsilon}")

    def __call__(self, logits, history):
        log_probability = ops.log_softmax(exact(logits), axis=-1)
        threshold = self.log_threshold(log_probability)
        highest = ops.max(logits, axis=-1, keepdims=True)
        stays = (log_probability >= threshold) | (logits >= highest)
        return ops.where(stays, logits, FORBIDDEN)

    def log_threshold(self, log_probability):
        """[rows, vocabulary] log-probabilities -> the least one that stays."""
        raise NotImplementedError
