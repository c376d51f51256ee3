"""Replaced token head: which tokens another model has put in."""

from typing import Any

import keras
from keras import ops

from transformer_tf.annotations import Initializer
from transformer_tf.blocks.activation import activation_named, serialize_activation
from transformer_tf.initializers import check_initializer, serialize_initializer
from transformer_tf.layer import Layer
from transformer_tf.projection import new_projection


@keras.saving.register_keras_serializable(package="transformer_tf")
class ReplacedTokenHead(Layer):
    """Gives each token one score: positive where it was replaced.

    Args:
        activation: Of a transformation before the scores.
        kernel_initializer: Kernel initializer.

    Call:
        x: [batch, length, dim] floats.

    Returns:
        [batch, length] floats: logits. Padding stays marked as such.

    Raises:
        ValueError: no such activation.

    Example:
        >>> print(ReplacedTokenHead()(keras.random.normal((2, 7, 8))).shape)
        (2, 7)

    Source: https://arxiv.org/abs/2003.10555, section 2.
    """

    def __init__(
        self,
        activation: Any = "gelu",
        kernel_initializer: Initializer = "glorot_uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.activate = activation_named(activation)
        self.activation = activation
        self.kernel_initializer = check_initializer(
            "kernel_initializer", kernel_initializer
        )
        self.supports_masking = True

    def build(self, x_shape):
        self.transform = new_projection(self, "transform", x_shape, x_shape[-1])
        self.projection = new_projection(self, "projection", x_shape, 1)

    def call(self, x):
        scores = self.projection(self.activate(self.transform(x)))
        return ops.squeeze(scores, axis=-1)

    def compute_output_shape(self, x_shape):
        return tuple(x_shape[:-1])

    def get_config(self):
        return {
            **super().get_config(),
            "activation": serialize_activation(self.activation),
            "kernel_initializer": serialize_initializer(self.kernel_initializer),
        }
