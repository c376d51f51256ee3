"""A body that is small enough to look through, for the exercises of unit 10."""

import keras
from keras import ops


class SmallBody(keras.layers.Layer):
    """Word vectors, normalised with running statistics, dropped out, and mixed once.

    It has all that may move in a body: a table and a kernel that learn, statistics that
    follow what passes through in training, and dropout.

    Args:
        vocabulary_size: The number of tokens.
        dim: Width of a vector.
        dropout: The share of numbers dropped in training.

    Call:
        ids: [batch, length] integers.
        training: Whether statistics follow and numbers are dropped.

    Returns:
        [batch, length, dim] floats.
    """

    def __init__(self, vocabulary_size, dim, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary_size, self.dim = vocabulary_size, dim
        self.norm = keras.layers.BatchNormalization(
            name="norm", momentum=0.5, dtype=self.dtype_policy
        )
        self.dropping = keras.layers.Dropout(dropout, dtype=self.dtype_policy)

    def build(self, ids_shape):
        shape = (self.vocabulary_size, self.dim)
        self.table = self.add_weight(name="table", shape=shape, initializer="normal")
        self.kernel = self.add_weight(name="kernel", shape=(self.dim, self.dim))
        self.norm.build((None, None, self.dim))

    def call(self, ids, training=False):
        x = ops.take(ops.convert_to_tensor(self.table), ids, axis=0)
        x = self.norm(x, training=training)
        x = self.dropping(x, training=training)
        return ops.tanh(ops.matmul(x, ops.convert_to_tensor(self.kernel)))
