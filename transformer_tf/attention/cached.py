"""Attention over a cache, for few queries: the mathematics of a decoding step."""

from keras import ops

from transformer_tf.attention.attention_mask import AttentionMask
from transformer_tf.attention.bias import render_bias
from transformer_tf.attention.reference import cap_scores
from transformer_tf.attention.softmax import softmax_over_keys
from transformer_tf.logits import MASKED_LOGIT, logits_dtype


def attend_to_cache(query, key, value, offsets, scale, soft_cap=None):
    """Attends to keys that lie transposed in a cache.

    Args:
        query: [batch, head, query, head_dim] floats.
        key: [batch * key_head, head_dim, capacity] floats.
        value: [batch * key_head, capacity, value_dim] floats.
        offsets: [batch or 1, head or 1, query or 1, capacity] floats, added to the
            scores: the position bias, `MASKED_LOGIT` for masked keys.
        scale: Scale of the attention logits; 1 / sqrt(head_dim) when None.
        soft_cap: As `reference_attention` takes it.

    Returns:
        [batch, query, head * value_dim] floats, in the dtype of `value`.
    """
    batch, heads, queries, width = ops.shape(query)
    rows, _, capacity = ops.shape(key)
    exact = logits_dtype(query.dtype)
    scale = width**-0.5 if scale is None else scale
    query = ops.cast(query, exact) * ops.cast(scale, exact)
    # Heads that share a key stand one below the other.
    query = ops.reshape(query, (rows, -1, width))
    scores = ops.matmul(query, ops.cast(key, exact))
    scores = cap_scores(
        ops.reshape(scores, (batch, heads, queries, capacity)), soft_cap
    )
    weights = softmax_over_keys(scores + ops.cast(offsets, exact))
    weights = ops.cast(weights, value.dtype)
    weights = ops.reshape(weights, (rows, -1, capacity))
    width = ops.shape(value)[-1]
    output = ops.reshape(ops.matmul(weights, value), (batch, heads, queries, width))
    output = ops.transpose(output, (0, 2, 1, 3))
    return ops.reshape(output, (batch, queries, heads * width))


def cache_mask(cache):
    """Lets a query attend to the slots that hold tokens up to its own position."""
    return AttentionMask(causal=True, key_padding=cache.positions >= 0)


def cache_offsets(cache, attention_mask, position_bias, positions):
    """The position bias and the mask of every slot as one summand of the scores.

    Blocks that agree in both compute the same, which the compiler does once.

    Args:
        cache: A `KeyValueCache` that holds the queries' own tokens already.
        attention_mask: An `AttentionMask`, beside causality; or None.
        position_bias: A tensor, a layer that is a function of positions, or None.
        positions: [batch, query] integers.

    Returns:
        [batch, head or 1, query, capacity] floats.
    """
    mask = AttentionMask.of(attention_mask) & cache_mask(cache)
    allowed = mask.render(positions, cache.positions)
    bias = render_bias(position_bias, positions, cache.positions)
    bias = 0.0 if bias is None else ops.cast(bias, "float32")
    return ops.where(allowed, bias, MASKED_LOGIT)
