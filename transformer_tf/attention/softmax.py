"""Softmax over the keys."""

from keras import ops


def softmax_over_keys(scores):
    """Weights that sum to 1 over the last axis.

    Keras warns of a softmax over one element. A sequence of one token is no mistake, so
    its only weight, 1, is reached without that warning.
    """
    if scores.shape[-1] == 1:
        return ops.exp(ops.log_softmax(scores, axis=-1))
    return ops.softmax(scores, axis=-1)
