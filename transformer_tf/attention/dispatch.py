"""Chooses how attention is computed: all pairs at once, or block by block."""

from keras import ops

from transformer_tf.attention.bias import check_bias, render_bias
from transformer_tf.attention.memory_efficient.blockwise import blockwise_heads
from transformer_tf.attention.reference import reference_attention

# Numbers of query-key pairs from which computing all of them at once is slower: in
# general, and where blocks skip most of the masked future.
BLOCKWISE_FROM = 512 * 512
CAUSAL_BLOCKWISE_FROM = 256 * 256


def dot_product_attention(
    query,
    key,
    value,
    mask,
    position_bias=None,
    query_positions=None,
    key_positions=None,
    scale=None,
    dropout=0.0,
    seed=None,
    return_weights=False,
    soft_cap=None,
    training=False,
):
    """Attends, on the path that suits the sizes.

    Args:
        query: [batch, head, query, head_dim] floats.
        key: [batch, key_head, key, head_dim] floats.
        value: [batch, key_head, key, value_dim] floats.
        mask: An `AttentionMask`.
        position_bias: Floats that broadcast to [batch, head, query, key], a layer that
            is a function of positions, or None.
        query_positions: [query] or [batch, query] integers; 0, 1, 2... when None.
        key_positions: [key] or [batch, key] integers; 0, 1, 2... when None.
        scale: Scale of the attention logits; 1 / sqrt(head_dim) when None.
        dropout: Share of the weights to drop, in [0, 1).
        seed: [2] integers, the seed of the dropout.
        return_weights: Whether to return the weights; only the reference path has them.
        soft_cap: Bound on the scaled logits, set by a tanh; None for no bound.
        training: Whether gradients will be asked for, and should be fast.

    Returns:
        output: [batch, head, query, value_dim] floats.
        weights: [batch, head, query, key] floats, or None.
    """
    batch, heads, queries, _ = query.shape
    keys = key.shape[2]
    mask.check_fits(batch, heads, queries, keys)
    check_bias(position_bias, batch, heads, queries, keys)
    key, value = mask.without_hidden(key, value, training=training)
    in_order = query_positions is None and key_positions is None
    # Blocks compute in float32, which costs half precision more than the future does.
    is_exact = query.dtype in ("float32", "float64")
    skips_future = mask.causal and mask.prefix is None and in_order and is_exact
    least = CAUSAL_BLOCKWISE_FROM if skips_future else BLOCKWISE_FROM
    is_known = isinstance(queries, int) and isinstance(keys, int)
    if not return_weights and is_known and queries * keys >= least:
        output = blockwise_heads(
            query,
            key,
            value,
            mask,
            position_bias,
            query_positions,
            key_positions,
            scale,
            dropout,
            seed,
            soft_cap,
        )
        return output, None
    if query_positions is None:
        query_positions = ops.arange(ops.shape(query)[2])
    if key_positions is None:
        key_positions = ops.arange(ops.shape(key)[2])
    return reference_attention(
        query,
        key,
        value,
        mask.render(query_positions, key_positions),
        render_bias(position_bias, query_positions, key_positions),
        scale,
        dropout,
        seed,
        soft_cap,
        training,
    )
