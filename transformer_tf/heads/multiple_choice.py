"""Multiple choice head: which of several texts fits best."""

from typing import Any

import keras
from keras import ops

from transformer_tf.annotations import Initializer
from transformer_tf.arguments import check_choice, check_rate
from transformer_tf.blocks.activation import optional_activation, serialize_activation
from transformer_tf.heads.pooling import POOLINGS, Summary
from transformer_tf.initializers import check_initializer, serialize_initializer
from transformer_tf.layer import Layer
from transformer_tf.projection import new_projection


@keras.saving.register_keras_serializable(package="transformer_tf")
class MultipleChoiceHead(Layer):
    """Gives each choice one score; a softmax over the choices picks among them.

    Args:
        pooling: Which vector stands for a choice: that of the `first` real token, of
            the `last`, or the `mean` of the real ones.
        activation: Of a transformation before the score; None leaves it out.
        dropout: Share of features dropped in training, in [0, 1).
        kernel_initializer: Kernel initializer.

    Call:
        x: [batch, choice, length, dim] floats.
        padding_mask: [batch, choice, length] booleans, True for real tokens.

    Returns:
        [batch, choice] floats: logits.

    Raises:
        ValueError: an argument outside its range, or `x` with other axes.

    Example:
        >>> x = keras.random.normal((2, 4, 7, 8))  # 4 choices
        >>> print(MultipleChoiceHead()(x).shape)
        (2, 4)

    Source: https://arxiv.org/abs/1810.04805, section 4.4.
    """

    def __init__(
        self,
        pooling: str = "first",
        activation: Any = "tanh",
        dropout: float = 0.0,
        kernel_initializer: Initializer = "glorot_uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        optional_activation(activation)  # refuses an unknown one
        self.pooling = check_choice("pooling", pooling, POOLINGS)
        self.activation = activation
        self.dropout = check_rate("dropout", dropout)
        self.kernel_initializer = check_initializer(
            "kernel_initializer", kernel_initializer
        )
        self.summary = Summary(
            self.pooling,
            activation,
            self.dropout,
            self.kernel_initializer,
            dtype=self.dtype_policy,
        )

    def build(self, x_shape, padding_mask_shape=None):
        if len(x_shape) != 4:
            raise ValueError(
                f"x must be [batch, choice, length, dim]; got shape {tuple(x_shape)}"
            )
        self.summary.build((None, None, x_shape[-1]))
        pooled_shape = (None, x_shape[-1])
        self.projection = new_projection(self, "projection", pooled_shape, 1)

    def call(self, x, padding_mask=None, training=None):
        _, choices, length, dim = ops.shape(x)
        if padding_mask is not None:
            padding_mask = ops.reshape(padding_mask, (-1, length))
        x = ops.reshape(x, (-1, length, dim))
        summary = self.summary(x, real=padding_mask, training=training)
        return ops.reshape(self.projection(summary), (-1, choices))

    def compute_output_shape(self, x_shape, padding_mask_shape=None):
        return tuple(x_shape[:2])

    def get_config(self):
        return {
            **super().get_config(),
            "pooling": self.pooling,
            "activation": serialize_activation(self.activation),
            "dropout": self.dropout,
            "kernel_initializer": serialize_initializer(self.kernel_initializer),
        }
