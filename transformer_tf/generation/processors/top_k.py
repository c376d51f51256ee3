"""Top-k: only the k likeliest ids stay in the draw."""

import dataclasses

from keras import ops

from transformer_tf.generation.checks import check_at_least
from transformer_tf.generation.processors.base import FORBIDDEN, LogitsProcessor


@dataclasses.dataclass(frozen=True, eq=False)
class TopK(LogitsProcessor):
    """Keeps the k likeliest ids, and those that tie with the last of them.

    Args:
        k: Number of ids that are kept, at least 1; more than the vocabulary keeps all.

    Raises:
        ValueError: `k` is below 1.

    Example:
        >>> logits = np.log([[0.6, 0.3, 0.1]])
        >>> print(np.array(TopK(2)(logits, None)) > -100)  # what is kept
        [[ True  True False]]

    Source: https://arxiv.org/abs/1805.04833, section 5.4.
    """

    k: int

    def __post_init__(self):
        check_at_least("k", self.k, 1)

    def __call__(self, logits, history):
        largest = ops.top_k(logits, min(self.k, logits.shape[-1]))[0]
        return ops.where(logits >= largest[:, -1:], logits, FORBIDDEN)
