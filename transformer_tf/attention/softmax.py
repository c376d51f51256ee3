"""Softmax over the keys, whole or before it is normalised."""

from keras import ops


def softmax_over_keys(scores):
    """Weights that sum to 1 over the last axis.

    Keras warns of a softmax over one element. A sequence of one token is no mistake, so
    its only weight, 1, is reached without that warning.
    """
    if scores.shape[-1] == 1:
        return ops.exp(ops.log_softmax(scores, axis=-1))
    return ops.softmax(scores, axis=-1)


def exponentials_over_keys(scores):
    """A softmax before it is normalised, for training.

    What the exponentials average can be divided by their sum just as well, and then no
    gradient is summed over the keys: XLA would write out what it sums, as large as the
    scores, and read it again.

    Args:
        scores: [..., query, key] floats.

    Returns:
        exponentials: [..., query, key] floats in [0, 1], 1 for the highest score.
        total: [..., query, 1] floats: their sum.
    """
    # The result is the same whatever is subtracted, so no gradient passes here.
    highest = ops.stop_gradient(ops.max(scores, axis=-1, keepdims=True))
    exponentials = ops.exp(scores - highest)
    return exponentials, ops.sum(exponentials, axis=-1, keepdims=True)
