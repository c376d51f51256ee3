"""The reference: all pairs at once. Memory-efficient attention must equal it."""

from keras import ops
from keras.backend import standardize_dtype

from transformer_tf.attention.dropout import dropout_mask
from transformer_tf.attention.softmax import (
    exponentials_over_keys,
    softmax_over_keys,
)
from transformer_tf.logits import MASKED_LOGIT, logits_dtype


def reference_attention(
    query,
    key,
    value,
    attention_mask=None,
    position_bias=None,
    scale=None,
    dropout=0.0,
    seed=None,
    soft_cap=None,
    training=False,
):
    """Scaled dot-product attention of many heads, with everything models add to it.

    Args:
        query: [batch, head, query, head_dim] floats.
        key: [batch, key_head, key, head_dim] floats; each serves head / key_head
            neighbouring heads of the query.
        value: [batch, key_head, key, value_dim] floats.
        attention_mask: Booleans that broadcast to [batch, head, query, key], True
            where attention is allowed. A fully masked row outputs zeros.
        position_bias: Floats that broadcast to [batch, head, query, key], added to the
            scores.
        scale: Scale of the attention logits; 1 / sqrt(head_dim) when None.
        dropout: Share of the weights to drop, in [0, 1).
        seed: [2] integers, the seed of the dropout; needed where `dropout` is above 0.
        soft_cap: The scaled scores become soft_cap * tanh(scores / soft_cap), before
            bias and mask; None leaves them.
        training: Whether gradients will be asked for, and should be fast.

    Returns:
        output: [batch, head, query, value_dim] floats, in the dtype of `value`.
        weights: [batch, head, query, key] floats, after dropout.

    Source: https://arxiv.org/abs/1706.03762, section 3.2; shared keys and values:
    https://arxiv.org/abs/2305.13245; soft caps https://arxiv.org/abs/2408.00118,
    section 2.
    """
    batch, heads, queries, head_dim = ops.shape(query)
    _, key_heads, keys, value_dim = ops.shape(value)
    # Scores and softmax in float32 at least: float16 overflows at 65,504.
    exact = logits_dtype(query.dtype)
    scale = head_dim**-0.5 if scale is None else scale
    query = ops.cast(query, exact) * ops.cast(scale, exact)
    # Query heads that share a key head are stacked: no key is copied.
    # [batch, head, query, head_dim] -> [batch, key_head, group * query, head_dim]
    stacked = heads // key_heads * queries
    query = ops.reshape(query, (batch, key_heads, stacked, head_dim))
    scores = ops.matmul(query, ops.swapaxes(ops.cast(key, exact), -1, -2))
    scores = cap_scores(ops.reshape(scores, (batch, heads, queries, keys)), soft_cap)
    if position_bias is not None:
        scores = scores + ops.cast(position_bias, exact)
    if attention_mask is not None:
        # Added, not selected: a sum passes its gradient on without another pass.
        masked = ops.cast(MASKED_LOGIT, exact)
        scores = scores + ops.where(attention_mask, ops.cast(0, exact), masked)
    # In half precision the sum would lose digits.
    normalizes_last = training and standardize_dtype(value.dtype) == exact
    if normalizes_last:
        weights, total = exponentials_over_keys(scores)
    else:
        weights = softmax_over_keys(scores)
    if dropout:
        stays = dropout_mask(
            seed, dropout, batch, heads, ops.arange(queries), ops.arange(keys)
        )
        weights = ops.where(stays, weights / (1 - dropout), ops.cast(0, exact))
    weights = ops.cast(weights, value.dtype)
    # [batch, key_head, group * query, key] x [batch, key_head, key, value_dim]
    grouped = ops.reshape(weights, (batch, key_heads, stacked, keys))
    output = ops.reshape(ops.matmul(grouped, value), (batch, heads, queries, value_dim))
    if normalizes_last:
        output, weights = output / total, weights / total
    if attention_mask is not None:
        # Only a fully masked row still has weight on masked keys.
        has_keys = ops.cast(
            ops.any(attention_mask, axis=-1, keepdims=True), value.dtype
        )
        output, weights = output * has_keys, weights * has_keys
    return output, weights


def cap_scores(scores, soft_cap):
    """Bounds scores smoothly to (-soft_cap, soft_cap); None leaves them."""
    if soft_cap is None:
        return scores
    soft_cap = ops.cast(soft_cap, scores.dtype)
    return soft_cap * ops.tanh(scores / soft_cap)
