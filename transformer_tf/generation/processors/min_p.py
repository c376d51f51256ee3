"""Min-p: ids far less likely than the likeliest leave the draw."""

import dataclasses

from keras import ops

from transformer_tf.generation.processors.base import FORBIDDEN
from transformer_tf.generation.processors.probability_share import ProbabilityShare


@dataclasses.dataclass(frozen=True, eq=False)
class MinP(ProbabilityShare):
    """Keeps the ids at least p times as likely as the likeliest one.

    Args:
        p: A number in (0, 1]; 1 keeps the likeliest alone.

    Raises:
        ValueError: `p` is not in (0, 1].

    Example:
        >>> logits = np.log([[0.6, 0.3, 0.1]])
        >>> print(np.array(MinP(0.4)(logits, None)) > -100)  # what is kept
        [[ True  True False]]

    Source: https://arxiv.org/abs/2407.01082, section 3.
    """

    def __call__(self, logits, history):
        # probability >= p * largest, read on the logits: no softmax is needed
        share = ops.log(ops.cast(self.p, logits.dtype))
        threshold = ops.max(logits, axis=-1, keepdims=True) + share
        return ops.where(logits >= threshold, logits, FORBIDDEN)
