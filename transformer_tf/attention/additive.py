"""Additive attention: a small network scores each query against each key."""

import keras
from keras import ops

from transformer_tf.annotations import Initializer
from transformer_tf.arguments import check_size
from transformer_tf.attention.scaled_dot_product import without_hidden
from transformer_tf.attention.softmax import softmax_over_keys
from transformer_tf.initializers import (
    check_initializer,
    initializer_for,
    serialize_initializer,
)
from transformer_tf.layer import Layer
from transformer_tf.logits import MASKED_LOGIT, logits_dtype
from transformer_tf.shapes import check_axes, differ


@keras.saving.register_keras_serializable(package="transformer_tf")
class AdditiveAttention(Layer):
    """Attends with scores from a small network in place of a dot product.

    The score of a pair is v . tanh(query W_query + key W_key + bias): query and key
    meet in a hidden layer instead of a dot product, so their sizes may differ.

    Args:
        units: Width of the hidden layer in which query and key meet.
        kernel_initializer: Initializer of the two projections and the score vector.

    Call:
        query: [batch, query, query_dim] floats.
        key: [batch, key, key_dim] floats.
        value: [batch, key, value_dim] floats; the keys themselves when left out.
        attention_mask: [batch, query, key] booleans (or what broadcasts to it), True
            where attention is allowed. A fully masked row outputs zeros.
        key_mask: [batch, key] booleans, True for tokens. Keras fills it in from the
            keys' propagated mask.

    Returns:
        output: [batch, query, value_dim] floats.
        weights: [batch, query, key] floats in [0, 1]; rows sum to 1 (or to 0).

    Raises:
        ValueError: `units` is not positive, or shapes do not fit together.

    Example:
        >>> query = keras.random.normal((2, 3, 8))
        >>> key = keras.random.normal((2, 5, 6))  # of another width
        >>> output, weights = AdditiveAttention(units=10)(query, key)
        >>> print(output.shape, weights.shape)
        (2, 3, 6) (2, 3, 5)

    Source: https://arxiv.org/abs/1409.0473, appendix A.1.2.
    """

    def __init__(
        self, units: int, kernel_initializer: Initializer = "glorot_uniform", **kwargs
    ):
        super().__init__(**kwargs)
        self.units = check_size("units", units)
        self.kernel_initializer = check_initializer(
            "kernel_initializer", kernel_initializer
        )
        self.supports_masking = True

    def build(self, query_shape, key_shape, value_shape=None):
        def kernel(name, *shape):
            initializer = initializer_for(self.kernel_initializer, name)
            return self.add_weight(name=name, shape=shape, initializer=initializer)

        self.query_kernel = kernel("query_kernel", query_shape[-1], self.units)
        self.key_kernel = kernel("key_kernel", key_shape[-1], self.units)
        self.bias = self.add_weight(
            name="bias", shape=(self.units,), initializer="zeros"
        )
        self.score_vector = kernel("score_vector", self.units, 1)

    def call(self, query, key, value=None, attention_mask=None, key_mask=None):
        value = key if value is None else value
        self._check_call(query, key, value)
        if key_mask is not None:
            # [batch, key] -> [batch, 1, key]
            real = ops.expand_dims(key_mask, 1)
            attention_mask = real if attention_mask is None else attention_mask & real
        if attention_mask is not None:
            key, value = without_hidden(attention_mask, key, value)
        # [batch, query, 1, units] + [batch, 1, key, units] -> one hidden layer a pair
        hidden = ops.tanh(
            ops.expand_dims(ops.matmul(query, self.query_kernel), 2)
            + ops.expand_dims(ops.matmul(key, self.key_kernel), 1)
            + self.bias
        )
        # [batch, query, key, units] -> [batch, query, key]
        scores = ops.squeeze(ops.matmul(hidden, self.score_vector), -1)
        # The softmax in float32 at least: float16 has no room for MASKED_LOGIT.
        exact = logits_dtype(self.compute_dtype)
        scores = ops.cast(scores, exact)
        if attention_mask is not None:
            scores = ops.where(attention_mask, scores, ops.cast(MASKED_LOGIT, exact))
        weights = softmax_over_keys(scores)
        if attention_mask is not None:
            # Only a fully masked row still has weight on masked keys.
            weights = ops.where(attention_mask, weights, ops.cast(0, exact))
        weights = ops.cast(weights, self.compute_dtype)
        return ops.matmul(weights, value), weights

    def _check_call(self, query, key, value):
        check_axes("query", query, "batch", "query", "query_dim")
        check_axes("key", key, "batch", "key", "key_dim")
        check_axes("value", value, "batch", "key", "value_dim")
        if differ(key.shape[1], value.shape[1]):
            raise ValueError(
                f"each key needs one value; got {key.shape[1]} keys and "
                f"{value.shape[1]} values"
            )

    def compute_output_shape(self, query_shape, key_shape, value_shape=None):
        value_dim = (value_shape or key_shape)[-1]
        return (*query_shape[:-1], value_dim), (*query_shape[:-1], key_shape[1])

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "kernel_initializer": serialize_initializer(self.kernel_initializer),
        }
