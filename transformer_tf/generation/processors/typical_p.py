"""Typical-p: ids about as surprising as the model expects to be surprised."""

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
class TypicalP(ProbabilityShare):
    """Keeps the most typical ids until together they hold the probability p.

    The information of an id is -log(its probability); an id is the more typical, the
    closer its information lies to the entropy, the mean over all ids. The id that
    reaches p stays, and so do those that tie with it.

    Args:
        p: A number in (0, 1]; 1 keeps every id.

    Raises:
        ValueError: `p` is not in (0, 1].

    Example:
        >>> logits = np.log([[0.6, 0.3, 0.1]])
        >>> print(np.array(TypicalP(0.5)(logits, None)) > -100)  # what is kept
        [[ True  True False]]

    Source: https://arxiv.org/abs/2202.00666, section 3.
    """

    def tensor_values(self, vocabulary):
        return {"p": exact_number(self.p)}

    def __call__(self, logits, history):
        information = -ops.log_softmax(exact(logits), axis=-1)
        entropy = entropy_of(information)
        distance = ops.absolute(information - entropy)
        order = ops.argsort(distance, axis=-1)
        probability = ops.exp(-ops.take_along_axis(information, order, axis=-1))
        needed = is_needed(probability, self.p)
        ascending = ops.take_along_axis(distance, order, axis=-1)
        farthest = ops.max(ops.where(needed, ascending, 0), axis=-1, keepdims=True)
        return ops.where(distance <= farthest, logits, FORBIDDEN)


def entropy_of(information):
    """[rows, vocabulary] information in nats -> [rows, 1]: its expectation."""
    return ops.sum(ops.exp(-information) * information, axis=-1, keepdims=True)
