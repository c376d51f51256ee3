"""Relative position bias: a learned summand of the scores for each distance."""

import keras
import numpy as np
from keras import ops

from transformer_tf.annotations import Initializer
from transformer_tf.arguments import check_flag, check_size
from transformer_tf.embedding.distance import distance_ahead, pair_axes
from transformer_tf.initializers import (
    check_initializer,
    initializer_for,
    serialize_initializer,
)
from transformer_tf.layer import Layer


@keras.saving.register_keras_serializable(package="transformer_tf")
class RelativePositionBias(Layer):
    """Learns, for each head, how much a key's distance adds to its score.

    Near distances have a bucket each; farther ones share buckets that grow with the
    distance. Pass the layer to every `MultiHeadAttention` of a stack as
    `position_bias`: they then share its one table.

    Args:
        num_heads: Number of heads.
        num_buckets: Number of buckets of distances.
        max_distance: From here on all distances are one bucket.
        bidirectional: Whether keys after the query have buckets too (an encoder); else
            all of them count as distance 0 (a decoder, which masks them).
        embeddings_initializer: Initializer of the table.

    Call:
        query_positions: [query] or [batch, query] integers.
        key_positions: [key] or [batch, key] integers.

    Returns:
        [batch or 1, head, query, key] floats.

    Raises:
        ValueError: too few buckets, or a `max_distance` that they already cover.

    Example:
        >>> bias = RelativePositionBias(num_heads=4)
        >>> print(bias(np.arange(6), np.arange(6)).shape)
        (1, 4, 6, 6)
        >>> x = keras.random.normal((2, 6, 8))
        >>> print(MultiHeadAttention(num_heads=4)(x, position_bias=bias).shape)
        (2, 6, 8)

    Source: https://arxiv.org/abs/1910.10683, section 2.1.
    """

    def __init__(
        self,
        num_heads: int,
        num_buckets: int = 32,
        max_distance: int = 128,
        bidirectional: bool = True,
        embeddings_initializer: Initializer = "uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.num_heads = check_size("num_heads", num_heads)
        self.num_buckets = check_size("num_buckets", num_buckets)
        self.max_distance = check_size("max_distance", max_distance)
        self.bidirectional = check_flag("bidirectional", bidirectional)
        self.embeddings_initializer = check_initializer(
            "embeddings_initializer", embeddings_initializer
        )
        self.bucket_of_distance = self._bucket_of_distance()
        self.build()

    def build(self, query_positions_shape=None, key_positions_shape=None):
        if not self.built:
            self.table = self.add_weight(
                name="table",
                shape=(self.num_buckets, self.num_heads),
                initializer=initializer_for(self.embeddings_initializer),
            )

    def call(self, query_positions, key_positions):
        bias = self.evaluate(self.table, query_positions, key_positions)
        return ops.cast(bias, self.compute_dtype)

    def evaluate(self, table, query_positions, key_positions):
        """The bias as a function of its table; see `Call`. Always float32."""
        distance = self._distance(query_positions, key_positions)
        by_distance = ops.take(
            ops.cast(table, "float32"), self.bucket_of_distance, axis=0
        )
        bias = ops.take(by_distance, distance, axis=0)
        return ops.transpose(bias, (0, 3, 1, 2))

    def table_gradient(self, gradient, query_positions, key_positions):
        """The gradient of the table, from that of the bias.

        Args:
            gradient: [batch, head, query, key] floats.
            query_positions: [query] or [batch, query] integers.
            key_positions: [key] or [batch, key] integers.

        Returns:
            [num_buckets, head] floats.
        """
        distance = self._distance(query_positions, key_positions)
        if distance.shape[0] == 1:
            gradient = ops.sum(gradient, axis=0, keepdims=True)
        # [batch or 1, head, query, key] -> [pairs, head]
        gradient = ops.reshape(
            ops.transpose(gradient, (0, 2, 3, 1)), (-1, self.num_heads)
        )
        by_distance = ops.segment_sum(
            gradient, ops.reshape(distance, (-1,)), len(self.bucket_of_distance)
        )
        return ops.segment_sum(by_distance, self.bucket_of_distance, self.num_buckets)

    def _distance(self, query_positions, key_positions):
        """[batch or 1, query, key] indices into `bucket_of_distance`."""
        far = self.max_distance
        ahead = distance_ahead(query_positions, key_positions)
        return ops.clip(ahead, -far, far) + far

    def _bucket_of_distance(self):
        """[2 * max_distance + 1]: the bucket of each distance, farthest back first."""
        buckets = self.num_buckets // 2 if self.bidirectional else self.num_buckets
        near = buckets // 2
        if near < 1 or self.max_distance <= near:
            raise ValueError(
                "num_buckets must leave a bucket for near and for far distances, and "
                f"max_distance must lie beyond the near ones; got {self.num_buckets} "
                f"and {self.max_distance}"
            )
        ahead = np.arange(-self.max_distance, self.max_distance + 1)
        distance = np.abs(ahead) if self.bidirectional else np.maximum(-ahead, 0)
        # In float32, as the checkpoints' own code: it decides where a bucket ends.
        growth = np.log(np.maximum(distance, 1).astype("float32") / np.float32(near))
        growth = growth / np.float32(np.log(self.max_distance / near))
        far = near + (growth * np.float32(buckets - near)).astype("int64")
        bucket = np.where(distance < near, distance, np.minimum(far, buckets - 1))
        if self.bidirectional:
            bucket = bucket + np.where(ahead > 0, buckets, 0)
        return bucket.astype("int32")

    def compute_output_shape(self, query_positions_shape, key_positions_shape):
        batch, query, key = pair_axes(query_positions_shape, key_positions_shape)
        return batch, self.num_heads, query, key

    def get_config(self):
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "num_buckets": self.num_buckets,
            "max_distance": self.max_distance,
            "bidirectional": self.bidirectional,
            "embeddings_initializer": serialize_initializer(
                self.embeddings_initializer
            ),
        }
