"""Longformer attention: a window for every position, and a few that see everything."""

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
from transformer_tf.attention.implicit_mask import implicit_mask, zero_padding
from transformer_tf.attention.memory_efficient.window_and_globals import (
    WindowAndGlobals,
)
from transformer_tf.attention.reference import reference_attention
from transformer_tf.embedding.ids import check_padding_mask
from transformer_tf.initializers import check_initializer, serialize_initializer
from transformer_tf.layer import Layer
from transformer_tf.logits import logits_dtype
from transformer_tf.projection import new_projection
from transformer_tf.shapes import check_axes, check_broadcasts


@keras.saving.register_keras_serializable(package="transformer_tf")
class LongformerAttention(Layer):
    """Self-attention of long texts: memory grows with length * window.

    A local query sees the keys in its window and every global key. A global query sees
    every key, and is made by projections of its own, as are the keys and values that it
    sees. Both kinds take one softmax over all that they see, and share the output
    projection. Padding is not seen, and a padded query gathers zeros.

    Args:
        num_heads: Number of attention heads.
        window: How far a local query sees, to both sides: fewer than `window` positions
            away. (A published `attention_window` of 512 is 256 to each side, so 257.)
        head_dim: Dimension of each head; dim / num_heads when None.
        scale: Scale of the attention logits; 1 / sqrt(head_dim) when None.
        use_bias: Whether the projections add a bias.
        dropout: Share of the attention weights dropped in training, in [0, 1).
        kernel_initializer: Initializer of the projections' kernels.
        seed: Seed of the dropout; None draws one.

    Call:
        x: [batch, length, dim] floats. Padding that Keras knows of is honoured.
        global_attention_mask: [batch, length] booleans, True for global positions, any
            number of them; none are global when left out.
        return_weights: Whether to return the attention weights too. They take the
            square of the length.

    Returns:
        output: [batch, length, dim] floats.
        weights: [batch, head, length, length] floats, if asked for.

    Raises:
        ValueError: sizes that do not divide, or a shape that does not fit.
        TypeError: a mask that is not boolean.

    Example:
        >>> layer = LongformerAttention(num_heads=2, window=3)
        >>> x = keras.random.normal((1, 100, 8))
        >>> first = ops.arange(100)[None] == 0
        >>> print(layer(x, global_attention_mask=first).shape)
        (1, 100, 8)

    Source: https://arxiv.org/abs/2004.05150, sections 3.1 and 3.2.
    """

    def __init__(
        self,
        num_heads: int,
        window: int,
        head_dim: int | None = None,
        scale: float | None = None,
        use_bias: bool = True,
        dropout: float = 0.0,
        kernel_initializer: Initializer = "glorot_uniform",
        seed: int | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.num_heads = check_size("num_heads", num_heads)
        self.window = check_size("window", window)
        self.head_dim = optional_size("head_dim", head_dim)
        self.scale = optional_number("scale", scale)
        self.use_bias = check_flag("use_bias", use_bias)
        self.dropout = check_rate("dropout", dropout)
        self.kernel_initializer = check_initializer(
            "kernel_initializer", kernel_initializer
        )
        self.seed = optional_size("seed", seed, minimum=0)
        self.supports_masking = True
        if dropout:
            self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, x_shape):
        dim = x_shape[-1]
        if self.head_dim is None and dim % self.num_heads:
            raise ValueError(
                f"num_heads must divide dim unless head_dim is given; got {dim} "
                f"features for {self.num_heads} heads"
            )
        self.width = self.head_dim or dim // self.num_heads
        merged = self.num_heads * self.width
        bias = self.use_bias
        self.query_projection = new_projection(self, "query", x_shape, merged, bias)
        self.key_projection = new_projection(self, "key", x_shape, merged, bias)
        self.value_projection = new_projection(self, "value", x_shape, merged, bias)
        self.global_query_projection = new_projection(
            self, "global_query", x_shape, merged, bias
        )
        self.global_key_projection = new_projection(
            self, "global_key", x_shape, merged, bias
        )
        self.global_value_projection = new_projection(
            self, "global_value", x_shape, merged, bias
        )
        merged_shape = (*x_shape[:-1], merged)
        self.output_projection = new_projection(self, "output", merged_shape, dim, bias)

    def call(self, x, global_attention_mask=None, return_weights=False, training=None):
        check_axes("x", x, "batch", "length", "dim")
        valid_mask = implicit_mask(x)
        (x,) = zero_padding(x, valid_mask=valid_mask)
        if valid_mask is None:
            valid_mask = ops.ones(ops.shape(x)[:2], "bool")
        heads = [self.query_projection, self.key_projection, self.value_projection]
        if global_attention_mask is not None:
            is_global = check_global_mask(global_attention_mask, x)
            is_global = ops.logical_and(is_global, valid_mask)
            heads += [
                self.global_query_projection,
                self.global_key_projection,
                self.global_value_projection,
            ]
        else:
            is_global = None
        heads = [self._split_heads(projection(x)) for projection in heads]
        seed = self.seed_generator.next() if training and self.dropout else None
        dropout = self.dropout if training else 0.0
        if return_weights:
            output, weights = self._attend_by_definition(
                heads, valid_mask, is_global, dropout, seed
            )
        else:
            output = self._attend(heads, valid_mask, is_global, dropout, seed)
        output = self.output_projection(self._merge_heads(output))
        return (output, weights) if return_weights else output

    def _attend(self, heads, valid_mask, is_global, dropout, seed):
        """The heads' attention, in memory linear in the length."""
        exact = logits_dtype(heads[0].dtype)
        kernel = WindowAndGlobals(self.window, valid_mask, is_global, dropout, seed)
        scale = self.width**-0.5 if self.scale is None else self.scale
        # Queries are scaled here, the local (0) and the global (3).
        prepared = [
            ops.cast(x, exact) * (ops.cast(scale, exact) if number % 3 == 0 else 1)
            for number, x in enumerate(heads)
        ]
        return ops.cast(kernel.attend(*prepared), heads[0].dtype)

    def _attend_by_definition(self, heads, valid_mask, is_global, dropout, seed):
        """The same pair by pair, and the weights [batch, head, length, length]."""
        place = ops.arange(ops.shape(valid_mask)[1])
        sees = ops.absolute(place[:, None] - place) < self.window
        sees = sees if is_global is None else sees | is_global[:, None, None, :]
        sees_all = valid_mask[:, None, None, :] & valid_mask[:, None, :, None]
        options: dict = {"scale": self.scale, "dropout": dropout, "seed": seed}
        query, key, value, *global_heads = heads
        output, weights = reference_attention(
            query, key, value, sees & sees_all, **options
        )
        if is_global is None:
            return output, weights
        query, key, value = global_heads
        rows, row_weights = reference_attention(query, key, value, sees_all, **options)
        is_row = is_global[:, None, :, None]
        return ops.where(is_row, rows, output), ops.where(is_row, row_weights, weights)

    def _split_heads(self, x):
        """[batch, length, head * head_dim] -> [batch, head, length, head_dim]"""
        batch, length, _ = ops.shape(x)
        x = ops.reshape(x, (batch, length, self.num_heads, self.width))
        return ops.transpose(x, (0, 2, 1, 3))

    def _merge_heads(self, x):
        """[batch, head, length, head_dim] -> [batch, length, head * head_dim]"""
        batch, _, length, _ = ops.shape(x)
        x = ops.transpose(x, (0, 2, 1, 3))
        return ops.reshape(x, (batch, length, self.num_heads * self.width))

    def compute_output_shape(self, x_shape, global_attention_mask_shape=None):
        return tuple(x_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "window": self.window,
            "head_dim": self.head_dim,
            "scale": self.scale,
            "use_bias": self.use_bias,
            "dropout": self.dropout,
            "kernel_initializer": serialize_initializer(self.kernel_initializer),
            "seed": self.seed,
        }


def check_global_mask(mask, x):
    """A mask of global positions as a boolean tensor [batch, length].

    Raises:
        ValueError: other axes or sizes.
        TypeError: it is not boolean.
    """
    mask = check_padding_mask("global_attention_mask", mask)
    sizes = {"batch": x.shape[0], "length": x.shape[1]}
    check_broadcasts("global_attention_mask", mask, sizes)
    return mask
