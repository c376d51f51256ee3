"""Ids and positions are looked up in a table; none may fall outside it."""

import keras
import numpy as np
from keras import ops


def check_ids(name, ids, size):
    """Refuses ids that are no integers, or (where values are known) out of range.

    Args:
        name: What to call them in the error.
        ids: Integers of any shape.
        size: Ids must lie in [0, size).

    Raises:
        ValueError: an id lies outside. Under `tf.function` the look-up itself raises
            InvalidArgumentError; under XLA nothing is checked.
        TypeError: the ids are not integers.
    """
    dtype = keras.backend.standardize_dtype(ids.dtype)
    if not dtype.startswith(("int", "uint")):
        raise TypeError(f"{name} must be integers; got {dtype}")
    values = _concrete(ids)
    if values is None or not values.size:
        return
    lowest, highest = values.min(), values.max()
    if lowest < 0 or highest >= size:
        raise ValueError(
            f"{name} must lie in [0, {size}); got values from {lowest} to {highest}"
        )


def _concrete(tensor):
    """The values of a tensor, or None while a graph is being traced."""
    if isinstance(tensor, keras.KerasTensor):
        return None
    try:
        return np.asarray(ops.convert_to_numpy(tensor))
    except (AttributeError, NotImplementedError, TypeError):
        return None
