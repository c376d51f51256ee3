"""The smallest set of ids that holds a share of the probability."""

import keras
import numpy as np
from keras import ops

# An id that would bring less than this share of itself is not needed: the sum before it
# falls short by rounding alone.
ROUNDING = 2.0**-18


def exact(logits):
    """The logits in float64 where the backend has it.

    A vocabulary may hold more than 100,000 ids: a float32 sum of so many would be off
    by as much as one of them. (JAX computes in float32 unless its 64 bits are enabled.)
    """
    is_jax = keras.backend.backend() == "jax"
    return ops.cast(logits, "float32" if is_jax else "float64")


def exact_number(value):
    """A number as an argument of the trace that is not rounded to 32 bits."""
    return np.asarray(value, "float64")


def is_needed(probability, share):
    """Which ids belong to the smallest set that holds the share.

    Args:
        probability: [rows, vocabulary] floats, in the order in which ids enter the set.
        share: A scalar in (0, 1].

    Returns:
        [rows, vocabulary] booleans. A share of 1 needs every id; any share needs one,
        however small it is.
    """
    # The sum of those before each id. (An inclusive sum minus the id's own part would
    # be rounded again, to either side of the share.)
    before = ops.cumsum(ops.pad(probability, ((0, 0), (1, 0)))[:, :-1], axis=-1)
    share = ops.cast(share, probability.dtype)
    first = ops.arange(ops.shape(probability)[-1]) == 0
    return (share - before > ROUNDING * probability) | (share >= 1) | first
