"""Relative attention of Transformer-XL: by content, and by how far back a key lies."""

import keras
from keras import ops

from transformer_tf.annotations import Initializer
from transformer_tf.arguments import (
    check_flag,
    check_rate,
    check_size,
    optional_number,
    optional_size,
)
from transformer_tf.attention.attention_mask import AttentionMask
from transformer_tf.attention.implicit_mask import implicit_mask, zero_padding
from transformer_tf.attention.reference import reference_attention
from transformer_tf.initializers import (
    check_initializer,
    initializer_for,
    serialize_initializer,
)
from transformer_tf.layer import Layer
from transformer_tf.logits import logits_dtype
from transformer_tf.projection import new_projection
from transformer_tf.shapes import check_axes


@keras.saving.register_keras_serializable(package="transformer_tf")
class RelativeAttention(Layer):
    """Causal self-attention that knows distances, and may read a memory before x.

    The logit of query i and key j, which lies t positions back, is
    ((q_i + u) . k_j + (q_i + v) . W_r R(t)) * scale, with sinusoids R, a content bias u
    and a position bias v. Nothing depends on where a text begins, so that states of a
    segment before can be read as they are.

    Args:
        num_heads: Number of attention heads.
        head_dim: Width of one head; dim / num_heads when None.
        max_distance: Keys further back count as being so far; None for no limit.
        window: Keys fewer than `window` positions back are seen; all when None.
        scale: Scale of the attention logits; 1 / sqrt(head_dim) when None.
        use_bias: Whether the projections of queries, keys, values and output add a
            bias (the paper's do not).
        own_biases: Whether u and v are the layer's; else the call hands them over, to
            share them among layers.
        dropout: Share of the attention weights dropped in training, in [0, 1).
        kernel_initializer: Initializer of the projections, u and v.
        seed: Of the dropout; None draws one.

    Call:
        x: [batch, query, dim] floats.
        memory: [batch, memory, dim] floats: what stands before x.
        attention_mask: Booleans [batch, query, key] or [batch, 1, key], True where
            attention is allowed, beside causality; key counts the memory and then x.
            Padding of x that Keras knows of is not seen when it is left out.
        biases: u and v, [head, head_dim] floats each.
        return_weights: Whether to return the attention weights too.

    Returns:
        output: [batch, query, dim] floats.
        weights: [batch, head, query, key] floats, if asked for.

    Raises:
        ValueError: sizes that do not divide, an odd dim, or biases missing.

    Example:
        >>> layer = RelativeAttention(num_heads=2)
        >>> x, memory = keras.random.normal((2, 1, 4, 8))
        >>> output, weights = layer(x, memory=memory, return_weights=True)
        >>> print(output.shape, weights.shape)  # 4 queries, 4 + 4 keys
        (1, 4, 8) (1, 2, 4, 8)

    Source: https://arxiv.org/abs/1901.02860, section 3.3 and appendix B.
    """

    def __init__(
        self,
        num_heads: int,
        head_dim: int | None = None,
        max_distance: int | None = None,
        window: int | None = None,
        scale: float | None = None,
        use_bias: bool = False,
        own_biases: bool = True,
        dropout: float = 0.0,
        kernel_initializer: Initializer = "glorot_uniform",
        seed: int | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.num_heads = check_size("num_heads", num_heads)
        self.head_dim = optional_size("head_dim", head_dim)
        self.max_distance = optional_size("max_distance", max_distance)
        self.window = optional_size("window", window)
        self.scale = optional_number("scale", scale)
        self.use_bias = check_flag("use_bias", use_bias)
        self.own_biases = check_flag("own_biases", own_biases)
        self.dropout = check_rate("dropout", dropout)
        self.kernel_initializer = check_initializer(
            "kernel_initializer", kernel_initializer
        )
        self.seed = optional_size("seed", seed, minimum=0)
        self.supports_masking = True
        if dropout:
            self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, x_shape, memory_shape=None):
        dim = x_shape[-1]
        if self.head_dim is None and dim % self.num_heads:
            raise ValueError(
                f"num_heads must divide dim unless head_dim is given; got {dim} "
                f"features for {self.num_heads} heads"
            )
        if dim % 2:
            raise ValueError(f"dim must be even, half sines half cosines; got {dim}")
        self.dim = dim
        self.width = self.head_dim or dim // self.num_heads
        merged = self.num_heads * self.width
        dim_shape, merged_shape = (None, None, dim), (None, None, merged)
        bias = self.use_bias
        self.query_projection = new_projection(self, "query", dim_shape, merged, bias)
        self.key_projection = new_projection(self, "key", dim_shape, merged, bias)
        self.value_projection = new_projection(self, "value", dim_shape, merged, bias)
        self.distance_projection = new_projection(
            self, "distance", dim_shape, merged, False
        )
        self.output_projection = new_projection(self, "output", merged_shape, dim, bias)
        if self.own_biases:
            shape = self.num_heads, self.width
            self.content_bias, self.position_bias = (
                self.add_weight(
                    name=name,
                    shape=shape,
                    initializer=initializer_for(self.kernel_initializer, name),
                )
                for name in ("content_bias", "position_bias")
            )

    def call(
        self,
        x,
        memory=None,
        attention_mask=None,
        biases=None,
        return_weights=False,
        training=None,
    ):
        check_axes("x", x, "batch", "query", "dim")
        if self.own_biases == (biases is not None):
            raise ValueError(
                "biases go with own_biases=False, and only with it; got own_biases="
                f"{self.own_biases} and {'some' if biases is not None else 'none'}"
            )
        valid_mask = implicit_mask(x)
        (x,) = zero_padding(x, valid_mask=valid_mask)
        before = 0 if memory is None else ops.shape(memory)[1]
        seen = x
        if memory is not None:
            seen = ops.concatenate([ops.cast(memory, x.dtype), x], axis=1)
        if attention_mask is None and valid_mask is not None:
            mask = ops.pad(
                ops.cast(valid_mask, "int8"), ((0, 0), (before, 0)), "constant", 1
            )
            attention_mask = ops.cast(mask, "bool")[:, None]
        content, position = biases or (self.content_bias, self.position_bias)
        query = self._split_heads(self.query_projection(x))
        key = self._split_heads(self.key_projection(seen))
        value = self._split_heads(self.value_projection(seen))
        length, keys = ops.shape(x)[1], ops.shape(seen)[1]
        mask = AttentionMask(causal=True, window=self.window)
        mask = mask & AttentionMask.of(attention_mask)
        places = ops.arange(keys)
        exact = logits_dtype(query.dtype)
        scale = self.width**-0.5 if self.scale is None else self.scale
        by_distance = self._by_distance(query, position, keys) * ops.cast(scale, exact)
        dropout = self.dropout if training else 0.0
        key, value = mask.without_hidden(key, value)
        output, weights = reference_attention(
            query + ops.cast(content, query.dtype)[:, None],
            key,
            value,
            mask.render(places[before:], places),
            by_distance,
            scale,
            dropout,
            self.seed_generator.next() if dropout else None,
        )
        output = ops.transpose(output, (0, 2, 1, 3))
        merged = self.num_heads * self.width
        output = ops.reshape(output, (ops.shape(x)[0], length, merged))
        output = self.output_projection(output)
        return (output, weights) if return_weights else output

    def _by_distance(self, query, position_bias, keys):
        """What distances add to the logits: [batch, head, query, key], not scaled."""
        exact = logits_dtype(query.dtype)
        pattern = self._project_pattern(keys, exact)
        query = ops.cast(query, exact) + ops.cast(position_bias, exact)[:, None]
        # [batch, head, query, head_dim] x [head, head_dim, distance], from far to near
        by_distance = ops.matmul(query, ops.transpose(pattern, (1, 2, 0)))
        # Each row is to be moved one place further to the right than the one above it:
        # a column is added, and the rows are cut one shorter.
        batch, heads, queries, _ = ops.shape(query)
        shifted = ops.pad(by_distance, ((0, 0), (0, 0), (0, 0), (1, 0)))
        shifted = ops.reshape(shifted, (batch, heads, keys + 1, queries))
        return ops.reshape(shifted[:, :, 1:], (batch, heads, queries, keys))

    def _project_pattern(self, keys, dtype):
        """W_r R(t) for t = keys - 1, ..., 0: [distance, head, head_dim]"""
        distance = keys - 1 - ops.arange(keys)
        if self.max_distance is not None:
            distance = ops.minimum(distance, self.max_distance)
        exponent = ops.arange(0, self.dim, 2, dtype="float32") / self.dim
        frequency = ops.power(10_000.0, -exponent)
        radians = ops.cast(distance, "float32")[:, None] * frequency
        pattern = ops.concatenate([ops.sin(radians), ops.cos(radians)], axis=-1)
        pattern = self.distance_projection(ops.cast(pattern, self.compute_dtype))
        return ops.cast(ops.reshape(pattern, (keys, self.num_heads, self.width)), dtype)

    def _split_heads(self, x):
        """[batch, length, head * head_dim] -> [batch, head, length, head_dim]"""
        batch, length, _ = ops.shape(x)
        x = ops.reshape(x, (batch, length, self.num_heads, self.width))
        return ops.transpose(x, (0, 2, 1, 3))

    def compute_output_shape(self, x_shape, memory_shape=None):
        return tuple(x_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "head_dim": self.head_dim,
            "max_distance": self.max_distance,
            "window": self.window,
            "scale": self.scale,
            "use_bias": self.use_bias,
            "own_biases": self.own_biases,
            "dropout": self.dropout,
            "kernel_initializer": serialize_initializer(self.kernel_initializer),
            "seed": self.seed,
        }
