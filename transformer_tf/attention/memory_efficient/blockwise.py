"""Blockwise attention: exact attention that holds one block of scores at a time."""

import keras
from keras import ops

from transformer_tf.annotations import Tensor
from transformer_tf.attention.attention_mask import AttentionMask
from transformer_tf.attention.bias import check_bias
from transformer_tf.attention.memory_efficient.kernel import BlockwiseKernel
from transformer_tf.attention.memory_efficient.tiling import plan_tiles
from transformer_tf.logits import logits_dtype
from transformer_tf.shapes import check_axes


def blockwise_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor = None,
    position_bias: Tensor = None,
    scale: float | None = None,
    dropout: float = 0.0,
    seed: Tensor = None,
    soft_cap: float | None = None,
):
    """Attends in memory that grows with the length, not with its square.

    The same numbers as `reference_attention`, gradients included. Only a dense mask or
    bias takes the square of the length, being that large when it arrives. Training
    under XLA keeps the weights of up to 4,096 positions: the compiler finds that the
    gradient would compute them again.

    Args:
        query: [batch, query, head, head_dim] floats.
        key: [batch, key, key_head, head_dim] floats; each key head serves head /
            key_head neighbouring heads of the query.
        value: [batch, key, key_head, value_dim] floats.
        attention_mask: An `AttentionMask`, or booleans [query, key], [batch, query,
            key] or [batch, head, query, key], True where attention is allowed. A
            fully masked row outputs zeros.
        position_bias: Floats that broadcast to [batch, head, query, key], or a
            `RelativePositionBias` or `ALiBi` layer.
        scale: Scale of the attention logits; 1 / sqrt(head_dim) when None.
        dropout: Share of the weights to drop, in [0, 1).
        seed: [2] integers, the seed of the dropout; needed where `dropout` is above 0.
        soft_cap: The scaled scores become soft_cap * tanh(scores / soft_cap), before
            bias and mask; None leaves them.

    Returns:
        [batch, query, head, value_dim] floats, in the dtype of `value`.

    Raises:
        ValueError: shapes that do not fit together, a length that is not known, or
            dropout without a seed.
        TypeError: a mask that is not boolean.

    Example:
        >>> query, key, value = keras.random.normal((3, 1, 6, 2, 4))
        >>> output = blockwise_attention(query, key, value, AttentionMask(causal=True))
        >>> print(output.shape, np.allclose(output[:, 0], value[:, 0]))
        (1, 6, 2, 4) True

    Source: https://arxiv.org/abs/2112.05682; the gradient
    https://arxiv.org/abs/2205.14135, appendix B.
    """
    operation = BlockwiseAttention(scale=scale, dropout=dropout, soft_cap=soft_cap)
    if any(isinstance(x, keras.KerasTensor) for x in (query, key, value)):
        return operation(query, key, value, attention_mask, position_bias, seed)
    return operation.call(query, key, value, attention_mask, position_bias, seed)


def blockwise_heads(
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
    soft_cap=None,
):
    """The same with heads before positions, and positions that may be given.

    Args:
        query: [batch, head, query, head_dim] floats.
        key: [batch, key_head, key, head_dim] floats.
        value: [batch, key_head, key, value_dim] floats.
        mask: An `AttentionMask`.
        position_bias: As `blockwise_attention` takes it.
        query_positions: [query] or [batch, query] integers; 0, 1, 2... when None.
        key_positions: [key] or [batch, key] integers; 0, 1, 2... when None.
        scale: As `blockwise_attention` takes it.
        dropout: As `blockwise_attention` takes it.
        seed: As `blockwise_attention` takes it.
        soft_cap: As `blockwise_attention` takes it.

    Returns:
        [batch, head, query, value_dim] floats, in the dtype of `value`.
    """
    exact = logits_dtype(query.dtype)
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    queries, keys = query.shape[2], key.shape[2]
    in_order = query_positions is None and key_positions is None
    tiles = plan_tiles(
        queries,
        keys,
        (query.shape[0] or 1) * query.shape[1],
        causal=mask.causal and mask.prefix is None and in_order,
        window=mask.window if in_order else None,
    )
    layer = position_bias if isinstance(position_bias, keras.layers.Layer) else None
    learned: tuple = ()
    if layer is not None:
        learned = () if layer.table is None else (ops.cast(layer.table, exact),)
    elif position_bias is not None:
        learned = (_whole(ops.cast(position_bias, exact), queries, keys),)
    kernel = BlockwiseKernel(
        tiles, mask, layer, query_positions, key_positions, dropout, seed, soft_cap
    )

    @ops.custom_gradient
    def attend(*tensors):
        output = kernel.output(*tensors)

        # TensorFlow passes the upstream gradient by position, JAX by name.
        def gradient(*gradients, upstream=None):
            upstream = gradients[0] if upstream is None else upstream
            return kernel.gradient(*tensors, output=output, upstream=upstream)

        return output, gradient

    q = ops.cast(query, exact) * ops.cast(scale, exact)
    output = attend(q, ops.cast(key, exact), ops.cast(value, exact), *learned)
    return ops.cast(output, value.dtype)


def _whole(bias, queries, keys):
    """A bias tensor with all of its query and key axes: [..., query, key]"""
    shape = ops.shape(bias)
    return ops.broadcast_to(bias, (*shape[:2], queries, keys))


@keras.saving.register_keras_serializable(package="transformer_tf")
class BlockwiseAttention(keras.Operation):
    """`blockwise_attention` as a node of a functional model."""

    def __init__(self, scale=None, dropout=0.0, soft_cap=None, name=None):
        super().__init__(name=name)
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must lie in [0, 1); got {dropout}")
        self.scale = scale
        self.dropout = dropout
        self.soft_cap = soft_cap

    def call(
        self, query, key, value, attention_mask=None, position_bias=None, seed=None
    ):
        query, key, value = (ops.convert_to_tensor(x) for x in (query, key, value))
        check_shapes(query, key, value)
        if self.dropout and seed is None:
            raise ValueError("dropout needs a seed: two integers; got None")
        mask = AttentionMask.of(attention_mask)
        batch, queries, heads, _ = query.shape
        mask.check_fits(batch, heads, queries, key.shape[1])
        check_bias(position_bias, batch, heads, queries, key.shape[1])
        query, key, value = (ops.swapaxes(x, 1, 2) for x in (query, key, value))
        key, value = mask.without_hidden(key, value)
        output = blockwise_heads(
            query,
            key,
            value,
            mask,
            position_bias,
            scale=self.scale,
            dropout=self.dropout,
            seed=seed,
            soft_cap=self.soft_cap,
        )
        return ops.swapaxes(output, 1, 2)

    def compute_output_spec(
        self, query, key, value, attention_mask=None, position_bias=None, seed=None
    ):
        check_shapes(query, key, value)
        shape = (*query.shape[:3], value.shape[3])
        return keras.KerasTensor(shape, dtype=value.dtype)

    def get_config(self):
        return {
            "name": self.name,
            "scale": self.scale,
            "dropout": self.dropout,
            "soft_cap": self.soft_cap,
        }


def check_shapes(query, key, value):
    """Refuses shapes that do not fit together: [batch, length, head, head_dim] each."""
    check_axes("query", query, "batch", "query", "head", "head_dim")
    check_axes("key", key, "batch", "key", "head", "head_dim")
    check_axes("value", value, "batch", "key", "head", "value_dim")
    if query.shape[1] is None or key.shape[1] is None:
        raise ValueError(
            "blockwise attention needs lengths that are known when the graph is made; "
            f"got {query.shape[1]} queries and {key.shape[1]} keys"
        )
    if query.shape[3] != key.shape[3]:
        raise ValueError(
            "query and key must agree in their last axis, head_dim; got "
            f"{query.shape[3]} and {key.shape[3]}"
        )
    if key.shape[1:3] != value.shape[1:3]:
        raise ValueError(
            "each key needs one value; got keys of shape "
            f"{tuple(key.shape)} and values of shape {tuple(value.shape)}"
        )
    if query.shape[2] % key.shape[2]:
        raise ValueError(
            "the heads of the key must divide those of the query; got "
            f"{key.shape[2]} and {query.shape[2]}"
        )
