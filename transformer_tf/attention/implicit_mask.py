"""The padding mask that Keras attaches to a tensor."""

from keras import ops

from transformer_tf.keras_internals import get_keras_mask, set_keras_mask


def implicit_mask(tensor):
    """The padding mask that Keras propagated to this tensor.

    Keras fills in a call argument called `mask` only for layers that take a single
    tensor, so a layer that takes several asks here. Nothing is changed or cleared:
    `keras.layers.MultiHeadAttention` clears the mask of the tensor it is given, and the
    next layer to read that tensor attends to padding.

    Args:
        tensor: [batch, length, ...], or None.

    Returns:
        [batch, length] booleans, True for tokens; None if no mask is attached.
    """
    return None if tensor is None else get_keras_mask(tensor)


def carry_mask(tensor, valid_mask):
    """The tensor, carrying a padding mask where there is one."""
    if valid_mask is not None:
        set_keras_mask(tensor, valid_mask)
    return tensor


def zero_padding(*sequences, valid_mask):
    """Zeros the padding, so that nothing there matters, not even NaN.

    Args:
        sequences: [batch, length, dim] floats each.
        valid_mask: [batch, length] booleans, True for tokens; None for all.

    Returns:
        A tuple with as many sequences.
    """
    if valid_mask is None:
        return sequences
    valid_mask = ops.expand_dims(valid_mask, -1)
    return tuple(ops.where(valid_mask, x, ops.cast(0, x.dtype)) for x in sequences)
