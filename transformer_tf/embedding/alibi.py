"""Linear position bias (ALiBi): a key's score falls with its distance."""

import math

import keras
import numpy as np
from keras import ops

from transformer_tf.arguments import check_size
from transformer_tf.embedding.distance import distance_ahead, pair_axes
from transformer_tf.layer import Layer


@keras.saving.register_keras_serializable(package="transformer_tf")
class ALiBi(Layer):
    """Subtracts the distance of the key from each score, times a slope for each head.

    There is nothing to learn, and no length the slopes were made for.

    Args:
        num_heads: Number of heads.

    Call:
        query_positions: [query] or [batch, query] integers.
        key_positions: [key] or [batch, key] integers.

    Returns:
        [batch or 1, head, query, key] floats: minus slope times distance.

    Raises:
        ValueError: `num_heads` is not positive.

    Example:
        >>> positions = np.arange(4)
        >>> bias = ALiBi(num_heads=8)(positions, positions)  # [1, head, query, key]
        >>> print(np.array(bias[0, 0, -1]))  # the last query: farthest key first
        [-1.5 -1.  -0.5 -0. ]

    Source: https://arxiv.org/abs/2108.12409, section 3; head counts that are no power
    of two as in the authors' code.
    """

    def __init__(self, num_heads: int, **kwargs):
        super().__init__(**kwargs)
        self.num_heads = check_size("num_heads", num_heads)
        self.table = None

    def build(self, query_positions_shape=None, key_positions_shape=None):
        """Slopes are fixed: there is no weight to create."""

    def call(self, query_positions, key_positions):
        bias = self.evaluate(self.table, query_positions, key_positions)
        return ops.cast(bias, self.compute_dtype)

    def evaluate(self, table, query_positions, key_positions):
        """The bias as a function of positions; see `Call`. Always float32."""
        ahead = distance_ahead(query_positions, key_positions)
        distance = ops.expand_dims(ops.cast(ops.absolute(ahead), "float32"), 1)
        slopes = np.reshape(self.slopes(), (1, -1, 1, 1)).astype("float32")
        return -distance * ops.convert_to_tensor(slopes)

    def slopes(self):
        """[head] floats: halving steps from 2^(-8 / heads) down to 2^-8."""
        power = 2 ** math.floor(math.log2(self.num_heads))
        slopes = [2 ** (-8 * (i + 1) / power) for i in range(power)]
        between = [2 ** (-4 * (i + 1) / power) for i in range(0, 2 * power, 2)]
        return np.array(slopes + between[: self.num_heads - power])

    def compute_output_shape(self, query_positions_shape, key_positions_shape):
        batch, query, key = pair_axes(query_positions_shape, key_positions_shape)
        return batch, self.num_heads, query, key

    def get_config(self):
        return {**super().get_config(), "num_heads": self.num_heads}
