"""The encoder of unit 05's capstone: blocks on top of each other, made of pieces."""

import keras
from keras import ops

from course.pieces.block import Block
from course.pieces.library import library as mine


class Encoder(keras.layers.Layer):
    """Reads a whole sentence: words and places below, blocks above, a norm on top.

    Args:
        vocabulary_size: How many different words there are.
        dim: The size of a word vector.
        num_heads, hidden_dim: Of every block.
        num_layers: How many blocks stand on top of each other.
        dropout: The share of the embedded numbers that is dropped in training.

    Call:
        ids: [batch, length] integers.
        real: [batch, length] booleans: True for words, False for padding.
        training: Whether numbers are dropped.

    Returns:
        [batch, length, dim] floats.
    """

    def __init__(
        self,
        vocabulary_size,
        dim,
        num_heads,
        hidden_dim,
        num_layers,
        dropout=0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size, self.dim = vocabulary_size, dim
        self.num_heads, self.hidden_dim = num_heads, hidden_dim
        self.num_layers = num_layers
        self.dropping = keras.layers.Dropout(dropout, dtype=self.dtype_policy)

    def new_block(self, number):
        """A block with weights of its own; `number` only gives it a name."""
        name = f"block_{number}"
        settings = {"dtype": self.dtype_policy, "name": name}
        block = Block(self.num_heads, self.hidden_dim, **settings)
        block.build((None, None, self.dim))
        return block

    def build(self, ids_shape, real_shape=None):
        start = keras.initializers.RandomNormal(stddev=self.dim**-0.5)
        shape = (self.vocabulary_size, self.dim)
        self.table = self.add_weight(name="table", shape=shape, initializer=start)
        self.scale = self.add_weight(
            name="scale", shape=(self.dim,), initializer="ones"
        )
        self.offset = self.add_weight(
            name="offset", shape=(self.dim,), initializer="zeros"
        )
        self.blocks = [self.new_block(number) for number in range(self.num_layers)]

    def call(self, ids, real, training=False):
        table, scale, offset = map(
            ops.convert_to_tensor, (self.table, self.scale, self.offset)
        )
        pattern = mine.sinusoidal_positions(ids.shape[1], self.dim)
        pattern = ops.cast(pattern, table.dtype)
        x = mine.embed(ids, table, pattern)
        x = self.dropping(x, training=training)
        for block in self.blocks:
            x = block(x, real)
        return mine.layer_norm(x, scale, offset)
