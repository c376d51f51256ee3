"""Sequence classification head: one label for a whole text."""

from typing import Any

import keras

from transformer_tf.annotations import Initializer
from transformer_tf.arguments import (
    check_choice,
    check_flag,
    check_rate,
    check_size,
)
from transformer_tf.attention.implicit_mask import implicit_mask
from transformer_tf.blocks.activation import optional_activation, serialize_activation
from transformer_tf.heads.pooling import POOLINGS, Summary
from transformer_tf.initializers import check_initializer, serialize_initializer
from transformer_tf.layer import Layer
from transformer_tf.projection import new_projection


@keras.saving.register_keras_serializable(package="transformer_tf")
class SequenceClassificationHead(Layer):
    """Scores every class for the sequence as a whole.

    Args:
        num_classes: Number of classes; 1 for a regression.
        pooling: Which vector stands for the sequence: that of the `first` real token
            (BERT's [CLS]), of the `last` (GPT-2), or the `mean` of the real ones.
        activation: Of a transformation before the scores; None leaves it out.
        dropout: Share of features dropped in training, in [0, 1).
        kernel_initializer: Kernel initializer.
        use_bias: Whether the scores have a bias.

    Call:
        x: [batch, length, dim] floats.
        padding_mask: [batch, length] booleans, True for real tokens; what Keras knows
            of when left out.

    Returns:
        [batch, class] floats: logits.

    Raises:
        ValueError: an argument outside its range.

    Example:
        >>> x = keras.random.normal((2, 7, 8))
        >>> head = SequenceClassificationHead(num_classes=3, pooling="mean")
        >>> padding_mask = np.array([[True] * 7, [True] * 4 + [False] * 3])
        >>> print(head(x, padding_mask=padding_mask).shape)
        (2, 3)

    Source: https://arxiv.org/abs/1810.04805, section 4.1.
    """

    def __init__(
        self,
        num_classes: int,
        pooling: str = "first",
        activation: Any = "tanh",
        dropout: float = 0.0,
        kernel_initializer: Initializer = "glorot_uniform",
        use_bias: bool = True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        optional_activation(activation)  # refuses an unknown one
        self.num_classes = check_size("num_classes", num_classes)
        self.pooling = check_choice("pooling", pooling, POOLINGS)
        self.activation = activation
        self.dropout = check_rate("dropout", dropout)
        self.kernel_initializer = check_initializer(
            "kernel_initializer", kernel_initializer
        )
        self.use_bias = check_flag("use_bias", use_bias)
        self.summary = Summary(
            self.pooling,
            activation,
            self.dropout,
            self.kernel_initializer,
            dtype=self.dtype_policy,
        )
        self.supports_masking = True

    def build(self, x_shape, padding_mask_shape=None):
        self.summary.build(x_shape)
        pooled_shape = (x_shape[0], x_shape[-1])
        self.projection = new_projection(
            self, "projection", pooled_shape, self.num_classes, self.use_bias
        )

    def call(self, x, padding_mask=None, training=None):
        real = implicit_mask(x) if padding_mask is None else padding_mask
        return self.projection(self.summary(x, real=real, training=training))

    def compute_output_shape(self, x_shape, padding_mask_shape=None):
        return x_shape[0], self.num_classes

    def compute_mask(self, x, previous_mask=None):
        """There is no axis left to mask."""
        return None

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "pooling": self.pooling,
            "activation": serialize_activation(self.activation),
            "dropout": self.dropout,
            "kernel_initializer": serialize_initializer(self.kernel_initializer),
            "use_bias": self.use_bias,
        }
