"""Gated feed-forward: one projection decides how much of another passes."""

from typing import Any

import keras
from keras import ops

from transformer_tf.annotations import Initializer
from transformer_tf.blocks.feed_forward import FeedForward
from transformer_tf.blocks.finite import finite
from transformer_tf.projection import new_projection


@keras.saving.register_keras_serializable(package="transformer_tf")
class GatedFeedForward(FeedForward):
    """Position-wise feed-forward whose hidden features are multiplied by a gate.

    The activation names the variant: `sigmoid` is GLU, `gelu` (or `gelu_tanh`) GEGLU,
    `silu` SwiGLU.

    Args:
        hidden_dim: Hidden dimension.
        activation: Nonlinearity of the gate.
        use_bias: Whether the three projections add a bias.
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
        >>> layer = GatedFeedForward(hidden_dim=32)  # SwiGLU
        >>> print(layer(ops.ones((2, 7, 8))).shape)
        (2, 7, 8)
        >>> layer.count_params()  # three kernels of 8 * 32
        768

    Source: https://arxiv.org/abs/2002.05202, section 2.
    """

    def __init__(
        self,
        hidden_dim: int,
        activation: Any = "silu",
        use_bias: bool = False,
        dropout: float = 0.0,
        kernel_initializer: Initializer = "glorot_uniform",
        **kwargs,
    ):
        super().__init__(
            hidden_dim, activation, use_bias, dropout, kernel_initializer, **kwargs
        )

    def build(self, x_shape):
        super().build(x_shape)
        self.gate_projection = new_projection(
            self, "gate_projection", x_shape, self.hidden_dim, self.use_bias
        )

    def expand(self, x):
        """[batch, length, dim] -> [batch, length, hidden_dim]"""
        gate = self.activate(self.gate_projection(x))
        return finite(ops.multiply(gate, self.up_projection(x)))

    def prepare(self):
        """What `step` reads; {} where a part is more than it is here."""
        return self._prepare(
            gate=self.gate_projection, up=self.up_projection, down=self.down_projection
        )
