"""Question answering head: where in the text the answer begins and ends."""

import keras
from keras import ops

from transformer_tf.annotations import Initializer
from transformer_tf.attention.implicit_mask import implicit_mask
from transformer_tf.initializers import (
    check_initializer,
    initializer_for,
    serialize_initializer,
)
from transformer_tf.layer import Layer
from transformer_tf.projection import Projection


@keras.saving.register_keras_serializable(package="transformer_tf")
class QuestionAnsweringHead(Layer):
    """Scores each token as the first and as the last of the answer.

    Args:
        kernel_initializer: Kernel initializer.

    Call:
        x: [batch, length, dim] floats.
        padding_mask: [batch, length] booleans, True where an answer may begin or end;
            what Keras knows of padding when left out.

    Returns:
        start: [batch, length] floats: logits, about -1e4 where the mask forbids.
        end: [batch, length] floats, likewise.

    Example:
        >>> start, end = QuestionAnsweringHead()(keras.random.normal((2, 7, 8)))
        >>> print(start.shape, end.shape)
        (2, 7) (2, 7)

    Source: https://arxiv.org/abs/1810.04805, section 4.2.
    """

    def __init__(self, kernel_initializer: Initializer = "glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        self.kernel_initializer = check_initializer(
            "kernel_initializer", kernel_initializer
        )
        self.supports_masking = True

    def build(self, x_shape, padding_mask_shape=None):
        self.projection = Projection(
            2,
            kernel_initializer=initializer_for(self.kernel_initializer),
            dtype=self.dtype_policy,
            name="projection",
        )
        self.projection.build(x_shape)

    def call(self, x, padding_mask=None):
        real = implicit_mask(x) if padding_mask is None else padding_mask
        logits = self.projection(x)
        if real is not None:
            # Large enough to win no softmax, small enough for float16.
            forbidden = ops.cast(-1e4, logits.dtype)
            logits = ops.where(ops.expand_dims(real, -1), logits, forbidden)
        start, end = ops.unstack(logits, 2, axis=-1)
        return start, end

    def compute_output_shape(self, x_shape, padding_mask_shape=None):
        return tuple(x_shape[:2]), tuple(x_shape[:2])

    def compute_mask(self, x, previous_mask=None):
        """Forbidden positions have their logits already; a loss need not mask them."""
        return None

    def get_config(self):
        return {
            **super().get_config(),
            "kernel_initializer": serialize_initializer(self.kernel_initializer),
        }
