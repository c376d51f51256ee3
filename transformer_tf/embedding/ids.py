"""Ids and positions are looked up in a table; none may fall outside it."""

import keras
import numpy as np
from keras import ops

from transformer_tf.keras_internals import get_global_attribute, in_symbolic_scope
from transformer_tf.layer import Contract

# Integers of which a look-up understands none; what they become.
WIDENED = {"int8": "int32", "uint8": "int32", "uint16": "int32"}
WIDENED |= {"uint32": "int64", "uint64": "int64"}
# Up to here every whole number is a float of that type.
WHOLE_UP_TO = {"float16": 2**11, "bfloat16": 2**8, "float32": 2**24, "float64": 2**53}


def check_ids(name, ids, size):
    """Ids as integers that a table can be looked up by.

    Keras makes floats of ids where it does not know better: `Sequential` without an
    `Input`, a subclassed model that is exported. Those are taken back to integers;
    floats that a caller hands to a layer or a model of this library are a mistake.

    Args:
        name: What to call them in the error.
        ids: Integers of any shape and kind.
        size: Ids must lie in [0, size).

    Returns:
        The same ids, in a kind of integers that every backend looks up.

    Raises:
        ValueError: an id lies outside, where values are known. Under `tf.function` the
            look-up itself raises InvalidArgumentError; under XLA nothing is checked.
        TypeError: the ids are not integers.
    """
    dtype = keras.backend.standardize_dtype(ids.dtype)
    is_integer = dtype.startswith(("int", "uint"))
    if not is_integer and not (dtype in WHOLE_UP_TO and made_by_keras()):
        raise TypeError(f"{name} must be integers; got {dtype}")
    if size > WHOLE_UP_TO.get(dtype, size):
        raise TypeError(
            f"{name} must be integers; got {dtype}, which cannot tell {size} ids "
            "apart: start the model with keras.Input(shape, dtype='int32')"
        )
    values = _concrete(ids)
    if values is not None and values.size:
        lowest, highest = values.min(), values.max()
        if lowest < 0 or highest >= size:
            raise ValueError(
                f"{name} must lie in [0, {size}); got values from {lowest} to {highest}"
            )
        if not is_integer and (values != np.floor(values)).any():
            raise TypeError(f"{name} must be whole numbers; got {dtype} with fractions")
    if not is_integer:
        return ops.cast(ids, "int32")
    return ops.cast(ids, WIDENED[dtype]) if dtype in WIDENED else ids


def made_by_keras():
    """Whether floats may come from Keras rather than from a caller.

    So it is while Keras traces shapes, and inside of a model that is not of this
    library: it converts its inputs to what it believes their dtype to be.
    """
    context = get_global_attribute("current_call_ctx")
    outermost = None if context is None else context.entry_layer
    is_foreign = isinstance(outermost, keras.Model) and not isinstance(
        outermost, Contract
    )
    return in_symbolic_scope() or is_foreign


def check_padding_mask(name, mask):
    """A padding mask as booleans; see `check_ids` for what Keras makes of one.

    Raises:
        TypeError: it is not boolean.
        ValueError: it is not [batch, length].
    """
    mask = check_mask_dtype(name, mask, "True for real tokens")
    if len(mask.shape) != 2:
        raise ValueError(f"{name} must be [batch, length]; got {tuple(mask.shape)}")
    return mask


def check_mask_dtype(name, mask, meaning="True where attention is allowed"):
    """A mask as booleans; see `check_ids` for what Keras makes of one.

    Raises:
        TypeError: it is not boolean.
    """
    dtype = keras.backend.standardize_dtype(mask.dtype)
    if dtype in WHOLE_UP_TO and made_by_keras():
        return ops.cast(mask, "bool")
    if dtype != "bool":
        raise TypeError(f"{name} must be boolean, {meaning}; got {dtype}: cast it")
    return mask


def _concrete(tensor):
    """The values of a tensor, or None while a graph is being traced."""
    if isinstance(tensor, keras.KerasTensor):
        return None
    try:
        return np.asarray(ops.convert_to_numpy(tensor))
    except (AttributeError, NotImplementedError, TypeError):
        return None
