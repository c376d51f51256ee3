"""Eta cutoff: the less certain the model, the less likely ids may stay in the draw."""

import dataclasses
from typing import Any, ClassVar

from keras import ops

from transformer_tf.generation.checks import check_number
from transformer_tf.generation.processors.base import LogitsProcessor
from transformer_tf.generation.processors.epsilon_cutoff import at_least
from transformer_tf.generation.processors.smallest_set import exact
from transformer_tf.generation.processors.typical_p import entropy_of


@dataclasses.dataclass(frozen=True, eq=False)
class EtaCutoff(LogitsProcessor):
    """Keeps the ids whose probability is at least eta, and always the likeliest.

    eta = min(epsilon, sqrt(epsilon) * exp(-entropy)), with the entropy of the
    probabilities in nats: where many ids are likely, each may be less so.

    Args:
        epsilon: A number in (0, 1); published values lie between 3e-4 and 4e-3.

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
        log_probability = ops.log_softmax(exact(logits), axis=-1)
        log_epsilon = ops.log(exact(self.epsilon))
        entropy = entropy_of(-log_probability)
        threshold = ops.minimum(log_epsilon, log_epsilon / 2 - entropy)
        return at_least(logits, log_probability, threshold)
