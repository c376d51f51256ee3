"""Who attends to whom in a whole model, beside causality and padding."""

import keras
from keras import ops

from transformer_tf.attention import AttentionMask
from transformer_tf.embedding.ids import check_mask_dtype, made_by_keras
from transformer_tf.shapes import check_broadcasts


def combine_masks(attention_mask=None, segments=None, prefix=None):
    """What a stack was told about its attention, as one mask.

    Args:
        attention_mask: [batch, query, key] or [batch, head, query, key] booleans, an
            `AttentionMask`, or None.
        segments: [batch, length] integers, a pair of them for cross-attention, or None.
        prefix: [batch] integers, or None.

    Returns:
        An `AttentionMask`, or None where nothing was told.

    Raises:
        ValueError: a mask with other axes.
        TypeError: a mask that is not boolean, segments that are not integers.
    """
    if attention_mask is None and segments is None and prefix is None:
        return None
    if attention_mask is not None and not isinstance(attention_mask, AttentionMask):
        attention_mask = check_mask_dtype("attention_mask", attention_mask)
        if len(attention_mask.shape) not in (3, 4):
            raise ValueError(
                "attention_mask must be [batch, query, key] or [batch, head, query, "
                f"key]; got {tuple(attention_mask.shape)}. Which tokens are real is "
                "told by padding_mask"
            )
    is_pair = isinstance(segments, tuple)
    if segments is not None:
        pair = segments if is_pair else (segments, segments)
        segments = tuple(_whole("segments", one) for one in pair)
    prefix = None if prefix is None else _whole("prefix_length", prefix)
    return AttentionMask.of(attention_mask) & AttentionMask(
        segments=segments, prefix=prefix
    )


def positions_in(segments, positions, read):
    """The positions that an embedding reads: those given, else of each segment.

    Attention needs no others: between positions of one segment distances are the same
    wherever they are counted from.

    Args:
        segments: [batch, length] integers, or None.
        positions: [length] or [batch, length] integers, or None.
        read: [batch, length, ...]: the ids or embeddings of the call.

    Raises:
        ValueError: segments of another shape.
    """
    if segments is not None and read is not None:
        sizes = dict(zip(("batch", "length"), read.shape))
        check_broadcasts("segments", segments, sizes)
    if positions is not None or segments is None:
        return positions
    return segment_positions(segments)


def segment_positions(segments):
    """The position of each token in its own segment: packed texts all begin at 0.

    Args:
        segments: [batch, length] integers; equal neighbours are one segment.

    Returns:
        [batch, length] int32.
    """
    segments = _whole("segments", segments)
    batch, length = ops.shape(segments)
    place = ops.broadcast_to(ops.arange(length, dtype="int32"), (batch, length))
    begins = ops.not_equal(segments[:, 1:], segments[:, :-1])
    begins = ops.pad(ops.cast(begins, "int32"), ((0, 0), (1, 0)))
    # Runs of equal segments are counted through all rows; one place begins each.
    run = (
        ops.cumsum(begins, axis=1) + ops.arange(batch, dtype="int32")[:, None] * length
    )
    first = ops.segment_sum(
        ops.reshape(begins * place, (-1,)), ops.reshape(run, (-1,)), batch * length
    )
    return place - ops.take(first, run)


def _whole(name, value):
    """Integers as they are; the floats that Keras makes of them back to integers."""
    dtype = keras.backend.standardize_dtype(value.dtype)
    if dtype.startswith(("int", "uint")):
        return ops.cast(value, "int32")
    if made_by_keras():
        return ops.cast(value, "int32")
    raise TypeError(f"{name} must be integers; got {dtype}")
