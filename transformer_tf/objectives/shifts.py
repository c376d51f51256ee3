"""Predict the next token: inputs and targets one apart. TensorFlow's own (tf.data)."""

import tensorflow as tf

from transformer_tf.annotations import Tensor
from transformer_tf.objectives.drawing import check_ids, last_size, require
from transformer_tf.objectives.targets import IGNORED


def causal_shift(
    ids: Tensor, padding_id: int = 0, token_mask: Tensor = None, segments: Tensor = None
):
    """Every token is asked for the next one.

    Args:
        ids: [..., length] integers, at least two a sequence.
        padding_id: Targets of this id are ignored; None when there is no padding.
        token_mask: [..., length] booleans, True at real tokens. Replaces
            `padding_id`, for models whose padding id also ends a text (GPT-2).
        segments: [..., length] integers, as `pack` gives them. The last token of a
            segment has no next one: that target is ignored, and so is segment 0.

    Returns:
        inputs: [..., length - 1] integers: all but the last.
        targets: [..., length - 1] integers: all but the first, `IGNORED` at padding.

    Raises:
        ValueError: Sequences shorter than two tokens.
        TypeError: `ids` are not int32 or int64.

    Example:
        >>> inputs, targets = causal_shift(np.array([[5, 7, 2, 0]]))
        >>> print(np.array(inputs), np.array(targets))
        [[5 7 2]] [[   7    2 -100]]

    Source: https://jmlr.org/papers/v3/bengio03a.html; as a loss over all positions at
    once, https://arxiv.org/abs/1706.03762, section 3.1.
    """
    ids = check_ids(ids)
    require(
        last_size(ids) > 1,
        "ids need two tokens a sequence: the last has no next one to predict",
    )
    real = real_tokens(ids, padding_id, token_mask)
    if segments is not None:
        segments = tf.convert_to_tensor(segments)
        before = tf.concat([segments[..., :1], segments[..., :-1]], axis=-1)
        real &= (segments == before) & (segments > 0)
    return ids[..., :-1], hide_padding(ids[..., 1:], real[..., 1:])


def teacher_forcing_shift(
    ids: Tensor, start_id: int, padding_id: int = 0, token_mask: Tensor = None
):
    """A decoder reads the right answer so far and is asked for its next token.

    Args:
        ids: [..., length] integers: the answer, its end token included.
        start_id: What the decoder reads before the first token.
        padding_id: Targets of this id are ignored; None when there is no padding.
        token_mask: [..., length] booleans, True at real tokens; replaces `padding_id`.

    Returns:
        decoder_inputs: [..., length] integers: the start, then all but the last.
        targets: [..., length] integers: `ids`, `IGNORED` at padding.

    Raises:
        TypeError: `ids` are not int32 or int64.

    Example:
        >>> ids = np.array([[5, 7, 2, 0]])
        >>> inputs, targets = teacher_forcing_shift(ids, start_id=1)
        >>> print(np.array(inputs), np.array(targets))
        [[1 5 7 2]] [[   5    7    2 -100]]

    Source: https://doi.org/10.1162/neco.1989.1.2.270 (Williams and Zipser, 1989).
    """
    ids = check_ids(ids)
    start = tf.fill(tf.shape(ids[..., :1]), tf.constant(start_id, ids.dtype))
    decoder_inputs = tf.concat([start, ids[..., :-1]], axis=-1)
    decoder_inputs = decoder_inputs[..., : tf.shape(ids)[-1]]  # nothing from nothing
    real = real_tokens(ids, padding_id, token_mask)
    return tf.ensure_shape(decoder_inputs, ids.shape), hide_padding(ids, real)


def real_tokens(ids, padding_id, token_mask):
    """[..., length] booleans from whichever of the two tells."""
    if token_mask is not None:
        return tf.broadcast_to(tf.cast(token_mask, tf.bool), tf.shape(ids))
    if padding_id is None:
        return tf.ones_like(ids, tf.bool)
    return ids != padding_id


def hide_padding(targets, real):
    return tf.where(real, targets, tf.constant(IGNORED, targets.dtype))
