"""Top-p: the smallest set of ids that holds a share p of the probability."""

import dataclasses

from keras import ops

from transformer_tf.generation.processors.base import FORBIDDEN
from transformer_tf.generation.processors.probability_share import ProbabilityShare
from transformer_tf.generation.processors.smallest_set import (
    exact,
    exact_number,
    is_needed,
)


@dataclasses.dataclass(frozen=True, eq=False)
class TopP(ProbabilityShare):
    """Keeps the likeliest ids until together they hold the probability p.

    The id that reaches p stays, and so do those that tie with it.

    Args:
        p: A number in (0, 1]; 1 keeps every id.

    Raises:
        ValueError: `p` is not in (0, 1].

    Example:
        >>> logits = np.log([[0.6, 0.3, 0.1]])
        >>> print(np.array(TopP(0.8)(logits, None)) > -100)  # what is kept
        [[ True  True False]]

    Source: https://arxiv.org/abs/1904.09751, section 3.1.
    """

    def tensor_values(self, vocabulary):
        return {"p": exact_number(self.p)}

    def __call__(self, logits, history):
        descending = -ops.sort(-logits, axis=-1)
        needed = is_needed(ops.softmax(exact(descending), axis=-1), self.p)
        threshold = ops.min(
            ops.where(needed, descending, -FORBIDDEN), axis=-1, keepdims=True
        )
        return ops.where(logits >= threshold, logits, FORBIDDEN)
