"""Token classification head: a label for each token."""

import keras

from transformer_tf.annotations import Initializer
from transformer_tf.arguments import check_rate, check_size
from transformer_tf.initializers import (
    check_initializer,
    initializer_for,
    serialize_initializer,
)
from transformer_tf.layer import Layer
from transformer_tf.projection import Projection


@keras.saving.register_keras_serializable(package="transformer_tf")
class TokenClassificationHead(Layer):
    """Scores every class for each token on its own.

    Args:
        num_classes: Number of classes.
        dropout: Share of features dropped in training, in [0, 1).
        kernel_initializer: Kernel initializer.

    Call:
        x: [batch, length, dim] floats.

    Returns:
        [batch, length, class] floats: logits. Padding stays marked as such.

    Raises:
        ValueError: an argument outside its range.

    Example:
        >>> head = TokenClassificationHead(num_classes=5)
        >>> print(head(keras.random.normal((2, 7, 8))).shape)
        (2, 7, 5)

    Source: https://arxiv.org/abs/1810.04805, section 5.3.
    """

    def __init__(
        self,
        num_classes: int,
        dropout: float = 0.0,
        kernel_initializer: Initializer = "glorot_uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.num_classes = check_size("num_classes", num_classes)
        self.dropout = check_rate("dropout", dropout)
        self.kernel_initializer = check_initializer(
            "kernel_initializer", kernel_initializer
        )
        self.dropping = keras.layers.Dropout(self.dropout, dtype=self.dtype_policy)
        self.supports_masking = True

    def build(self, x_shape):
        self.projection = Projection(
            self.num_classes,
            kernel_initializer=initializer_for(self.kernel_initializer),
            dtype=self.dtype_policy,
            name="projection",
        )
        self.projection.build(x_shape)

    def call(self, x, training=None):
        return self.projection(self.dropping(x, training=training))

    def compute_output_shape(self, x_shape):
        return (*x_shape[:-1], self.num_classes)

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "dropout": self.dropout,
            "kernel_initializer": serialize_initializer(self.kernel_initializer),
        }
