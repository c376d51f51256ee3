"""Token classification head: a label for each token."""

import keras


@keras.saving.register_keras_serializable(package="transformer_tf")
class TokenClassificationHead(keras.layers.Layer):
    """Scores every class for each token on its own.

    Args:
        num_classes: How many classes there are.
        dropout: Share of features dropped in training, in [0, 1).
        kernel_initializer: How the projection starts.

    Call:
        x: [batch, length, dim] floats.

    Returns:
        [batch, length, class] floats: logits. Padding stays marked as such.

    Raises:
        ValueError: an argument outside its range.

    Source: https://arxiv.org/abs/1810.04805, section 5.3.
    """

    def __init__(
        self, num_classes, dropout=0.0, kernel_initializer="glorot_uniform", **kwargs
    ):
        super().__init__(**kwargs)
        if num_classes < 1:
            raise ValueError(f"num_classes must be at least 1; got {num_classes}")
        self.num_classes = num_classes
        self.dropout = dropout
        self.kernel_initializer = kernel_initializer
        self.dropping = keras.layers.Dropout(dropout, dtype=self.dtype_policy)
        self.supports_masking = True

    def build(self, x_shape):
        self.projection = keras.layers.Dense(
            self.num_classes,
            kernel_initializer=keras.initializers.get(self.kernel_initializer),
            dtype=self.dtype_policy,
            name="projection",
        )
        self.projection.build(x_shape)

    def call(self, x, training=None):
        return self.projection(self.dropping(x, training=training))

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "dropout": self.dropout,
            "kernel_initializer": self.kernel_initializer,
        }
