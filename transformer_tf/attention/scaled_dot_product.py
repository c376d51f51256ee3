"""Scaled dot-product attention: the one equation everything else is built on."""

from keras import ops

from transformer_tf.annotations import Tensor
from transformer_tf.attention.softmax import softmax_over_keys
from transformer_tf.logits import MASKED_LOGIT, logits_dtype
from transformer_tf.shapes import differ


def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor = None
):
    """Averages the values, weighted by how well each key matches the query.

    Args:
        query: [..., query, head_dim] floats.
        key: [..., key, head_dim] floats.
        value: [..., key, value_dim] floats.
        attention_mask: [..., query, key] booleans that broadcast against the scores,
            True where attention is allowed. A fully masked row outputs zeros.

    Returns:
        output: [..., query, value_dim] floats, in the dtype of `value`.
        weights: [..., query, key] floats in [0, 1]; each row sums to 1, or to 0 where
            it is fully masked.

    Raises:
        ValueError: the shapes of query, key, value or mask do not fit together.
        TypeError: `attention_mask` is not boolean.

    Example:
        >>> query = np.array([[0, 2]], "float32")
        >>> key = np.array([[0, 2], [2, 0], [-2, 0]], "float32")
        >>> value = np.array([[10], [20], [30]], "float32")
        >>> output, weights = scaled_dot_product_attention(query, key, value)
        >>> print(np.round(weights, 2), np.round(output, 1))
        [[0.89 0.05 0.05]] [[11.6]]

    Source: https://arxiv.org/abs/1706.03762, equation 1.
    """
    query, key, value = (ops.convert_to_tensor(x) for x in (query, key, value))
    _check_shapes(query, key, value)
    # Scores and softmax in float32 at least: float16 overflows at 65,504.
    exact = logits_dtype(query.dtype)
    scale = ops.sqrt(ops.cast(ops.shape(query)[-1], exact))
    # [..., query, head_dim] x [..., key, head_dim] -> [..., query, key]
    scores = ops.matmul(ops.cast(query, exact), _transpose(ops.cast(key, exact)))
    scores = scores / scale
    if attention_mask is not None:
        attention_mask = _check_mask(attention_mask, scores)
        scores = ops.where(attention_mask, scores, ops.cast(MASKED_LOGIT, exact))
        (value,) = without_hidden(attention_mask, value)
    weights = softmax_over_keys(scores)
    if attention_mask is not None:
        # Only a fully masked row still has weight on masked keys.
        weights = ops.where(attention_mask, weights, ops.cast(0, exact))
    weights = ops.cast(weights, value.dtype)
    return ops.matmul(weights, value), weights


def without_hidden(attention_mask, *tensors):
    """Zeros what belongs to keys masked for every query: 0 times NaN would be NaN.

    Args:
        attention_mask: [..., query, key] booleans.
        tensors: [..., key, dim] floats each.
    """
    visible = ops.convert_to_tensor(attention_mask)
    if len(visible.shape) > 1:
        visible = ops.any(visible, axis=-2)
    visible = ops.expand_dims(visible, -1)
    return tuple(ops.where(visible, x, ops.cast(0, x.dtype)) for x in tensors)


def _transpose(x):
    """[..., length, dim] -> [..., dim, length]"""
    return ops.swapaxes(x, -1, -2)


def _check_shapes(query, key, value):
    if min(len(x.shape) for x in (query, key, value)) < 2:
        raise ValueError(
            "query, key and value need at least the axes [length, dim]; got shapes "
            f"{tuple(query.shape)}, {tuple(key.shape)} and {tuple(value.shape)}"
        )
    if key.shape[-2] == 0:
        raise ValueError("attention needs at least one key; got an empty sequence")
    if differ(query.shape[-1], key.shape[-1]):
        raise ValueError(
            "query and key must agree in their last axis, head_dim; got "
            f"{query.shape[-1]} and {key.shape[-1]}"
        )
    if differ(key.shape[-2], value.shape[-2]):
        raise ValueError(
            "each key needs one value; got "
            f"{key.shape[-2]} keys and {value.shape[-2]} values"
        )


def _check_mask(attention_mask, scores):
    attention_mask = ops.convert_to_tensor(attention_mask)
    if attention_mask.dtype != "bool":
        raise TypeError(
            "attention_mask must be boolean, True where attention is allowed; got "
            f"{attention_mask.dtype}"
        )
    sizes = zip(reversed(attention_mask.shape), reversed(scores.shape))
    if any(size != 1 and differ(size, other) for size, other in sizes):
        raise ValueError(
            "attention_mask must broadcast to [..., query, key]; got shape "
            f"{tuple(attention_mask.shape)} for {tuple(scores.shape)}"
        )
    return attention_mask
