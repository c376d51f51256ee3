"""Pooling: one vector for a whole sequence."""

import keras
from keras import ops

from transformer_tf.attention.implicit_mask import zero_padding
from transformer_tf.blocks.activation import optional_activation
from transformer_tf.initializers import initializer_for
from transformer_tf.layer import Layer
from transformer_tf.projection import Projection

POOLINGS = ("first", "last", "mean")


def pool(x, pooling, real=None):
    """The vector that stands for the sequence.

    Args:
        x: [batch, length, dim] floats.
        pooling: `first` or `last` real position, or the `mean` of the real ones.
        real: [batch, length] booleans; None where all are real.

    Returns:
        [batch, dim] floats.
    """
    if real is None:
        ends = {"first": lambda: x[:, 0], "last": lambda: x[:, -1]}
        return ends.get(pooling, lambda: ops.mean(x, axis=1))()
    weights = ops.cast(real, "float32")
    if pooling == "mean":
        # A sequence without a single real token has the mean 0.
        total = ops.maximum(ops.sum(weights, axis=1, keepdims=True), 1.0)
        weights = ops.cast(weights / total, x.dtype)
        (x,) = zero_padding(x, valid_mask=real)
        return ops.sum(x * weights[:, :, None], axis=1)
    # Of integers: among floats Keras' argmax looks at the bits, to tell 0.0 from -0.0,
    # for which neither ONNX nor LiteRT has an operation.
    is_real = ops.cast(real, "int32")
    if pooling == "first":
        place = ops.argmax(is_real, axis=1)
    else:
        place = ops.shape(x)[1] - 1 - ops.argmax(ops.flip(is_real, axis=1), axis=1)
    return ops.squeeze(ops.take_along_axis(x, place[:, None, None], axis=1), axis=1)


class Summary(Layer):
    """Pools a sequence, transforms the vector if asked to, and drops features.

    The heads for whole sequences put a projection behind it; their docstrings explain
    the arguments.
    """

    def __init__(self, pooling, activation, dropout, kernel_initializer, **kwargs):
        super().__init__(**kwargs)
        self.pooling = pooling
        self.activation = activation
        self.kernel_initializer = kernel_initializer
        self.dropping = keras.layers.Dropout(dropout, dtype=self.dtype_policy)
        self.supports_masking = True

    def build(self, x_shape):
        if self.activation is not None:
            self.transform = Projection(
                x_shape[-1],
                activation=optional_activation(self.activation),
                kernel_initializer=initializer_for(
                    self.kernel_initializer, "transform"
                ),
                dtype=self.dtype_policy,
                name="transform",
            )
            self.transform.build((x_shape[0], x_shape[-1]))

    def call(self, x, real=None, training=None):
        x = pool(x, self.pooling, real)
        if self.activation is not None:
            x = self.transform(x)
        return self.dropping(x, training=training)

    def compute_mask(self, x, previous_mask=None):
        """There is no axis left to mask."""
        return None
