"""Learned positions: each position has a vector of its own, found by training."""

import keras
from keras import ops

from transformer_tf.annotations import Initializer
from transformer_tf.arguments import check_size
from transformer_tf.embedding.ids import check_ids
from transformer_tf.initializers import (
    check_initializer,
    initializer_for,
    serialize_initializer,
)
from transformer_tf.layer import Layer
from transformer_tf.shapes import check_axes, check_positions, exceeds


@keras.saving.register_keras_serializable(package="transformer_tf")
class LearnedPositions(Layer):
    """Adds to each position the vector that training found for it.

    Args:
        max_length: Number of positions.
        offset: Rows of the table skipped before position 0 (BART and RoBERTa have 2).
        embeddings_initializer: Initializer of the table.

    Call:
        x: [batch, length, dim] floats.
        positions: [length] or [batch, length] integers in [0, max_length); 0, 1, 2...
            when left out. A negative position (padding) reads the row of position 0.

    Returns:
        [batch, length, dim] floats.

    Raises:
        ValueError: the sequence is longer than `max_length`; a position beyond it,
            where values are known. (A graph raises InvalidArgumentError; XLA does not
            check.)

    Example:
        >>> layer = LearnedPositions(max_length=10)
        >>> output = layer(ops.zeros((2, 7, 4)))
        >>> print(output.shape, np.allclose(output[0], output[1]))
        (2, 7, 4) True

    Source: https://arxiv.org/abs/1705.03122, section 3.1.
    """

    def __init__(
        self,
        max_length: int,
        offset: int = 0,
        embeddings_initializer: Initializer = "uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.max_length = check_size("max_length", max_length)
        self.offset = check_size("offset", offset, minimum=0)
        self.embeddings_initializer = check_initializer(
            "embeddings_initializer", embeddings_initializer
        )
        self.supports_masking = True

    def build(self, x_shape, positions_shape=None):
        self.table = self.add_weight(
            name="table",
            shape=(self.max_length + self.offset, x_shape[-1]),
            initializer=initializer_for(self.embeddings_initializer),
        )

    def call(self, x, positions=None):
        check_axes("x", x, "batch", "length", "dim")
        check_positions(positions, x.shape[1])
        length = ops.shape(x)[1]
        if exceeds(length, self.max_length):
            raise ValueError(
                f"the sequence has {length} positions, the table only "
                f"{self.max_length}; shorten it or make max_length larger"
            )
        if positions is None:
            positions = ops.arange(length)
        positions = ops.maximum(positions, 0)
        positions = check_ids("positions", positions, self.max_length)
        vectors = ops.take(self.table, positions + self.offset, axis=0)
        return x + ops.cast(vectors, x.dtype)

    def compute_output_shape(self, x_shape, positions_shape=None):
        return tuple(x_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "max_length": self.max_length,
            "offset": self.offset,
            "embeddings_initializer": serialize_initializer(
                self.embeddings_initializer
            ),
        }
