"""Position-wise feed-forward: the same two projections at every position."""

from typing import Any

import keras
from keras import ops

from transformer_tf import fast_form
from transformer_tf.annotations import Initializer
from transformer_tf.arguments import check_flag, check_rate, check_size
from transformer_tf.blocks.activation import activation_named, serialize_activation
from transformer_tf.blocks.finite import finite
from transformer_tf.initializers import check_initializer, serialize_initializer
from transformer_tf.layer import Layer
from transformer_tf.projection import Projection, new_projection, on_rows
from transformer_tf.shapes import check_axes


@keras.saving.register_keras_serializable(package="transformer_tf")
class FeedForward(Layer):
    """Position-wise feed-forward: up-projection, nonlinearity, down-projection.

    Args:
        hidden_dim: Hidden dimension.
        activation: `relu`, `gelu`, `gelu_tanh` or another of Keras' names.
        use_bias: Whether both projections add a bias.
        dropout: Share of the hidden features dropped in training, in [0, 1).
        kernel_initializer: Kernel initializer.

    Call:
        x: [batch, length, dim] floats.

    Returns:
        [batch, length, dim] floats.

    Raises:
        ValueError: `hidden_dim` is not positive, no such activation, or a dropout
            outside [0, 1).

    Example:
        >>> layer = FeedForward(hidden_dim=32, activation="gelu")
        >>> print(layer(ops.ones((2, 7, 8))).shape)
        (2, 7, 8)
        >>> layer.count_params()  # 8 * 32 + 32 up, 32 * 8 + 8 down
        552

    Source: https://arxiv.org/abs/1706.03762, section 3.3.
    """

    def __init__(
        self,
        hidden_dim: int,
        activation: Any = "relu",
        use_bias: bool = True,
        dropout: float = 0.0,
        kernel_initializer: Initializer = "glorot_uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.hidden_dim = check_size("hidden_dim", hidden_dim)
        self.activation = activation
        self.activate = activation_named(activation)
        self.use_bias = check_flag("use_bias", use_bias)
        self.dropout = check_rate("dropout", dropout)
        self.kernel_initializer = check_initializer(
            "kernel_initializer", kernel_initializer
        )
        self.dropping = keras.layers.Dropout(self.dropout, dtype=self.dtype_policy)
        self.supports_masking = True

    def build(self, x_shape):
        wide_shape = (*x_shape[:-1], self.hidden_dim)
        self.up_projection = new_projection(
            self, "up_projection", x_shape, self.hidden_dim, self.use_bias
        )
        self.down_projection = new_projection(
            self, "down_projection", wide_shape, x_shape[-1], self.use_bias
        )

    def call(self, x, training=None):
        check_axes("x", x, "batch", "length", "dim")
        hidden = self.expand(x)  # [batch, length, hidden_dim]
        return self.down_projection(self.dropping(hidden, training=training))

    def expand(self, x):
        """[batch, length, dim] -> [batch, length, hidden_dim]"""

        def compute(x):
            return finite(self.activate(self.up_projection(x)))

        # Keras' activations do the same on any axes; a function need not.
        named = isinstance(self.activation, str)
        plain = type(self.up_projection) is Projection
        return on_rows(compute, x) if named and plain else compute(x)

    def prepare(self):
        """What `step` reads; {} where a part is more than it is here."""
        return self._prepare(up=self.up_projection, down=self.down_projection)

    def _prepare(self, **projections):
        dtype, dropout = self.compute_dtype, type(self.dropping)
        plain = all(fast_form.is_plain(p, dtype) for p in projections.values())
        if not plain or dropout is not keras.layers.Dropout:
            return {}
        return {n: fast_form.prepare_dense(p) for n, p in projections.items()}

    def step(self, x, prepared):
        """`call` without dropout, on what `prepare` returned."""
        x = ops.cast(x, self.compute_dtype)
        hidden = fast_form.project(x, prepared["up"])
        if "gate" in prepared:
            hidden = self.activate(fast_form.project(x, prepared["gate"])) * hidden
        else:
            hidden = self.activate(hidden)
        return fast_form.project(finite(hidden), prepared["down"])

    def compute_output_shape(self, x_shape):
        return tuple(x_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "hidden_dim": self.hidden_dim,
            "activation": serialize_activation(self.activation),
            "use_bias": self.use_bias,
            "dropout": self.dropout,
            "kernel_initializer": serialize_initializer(self.kernel_initializer),
        }
