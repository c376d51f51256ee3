"""Token embedding: a vector for each token on the way in, a score on the way out."""

import keras
from keras import ops

from transformer_tf.annotations import Initializer
from transformer_tf.arguments import check_flag, check_id, check_size
from transformer_tf.embedding.ids import check_ids
from transformer_tf.initializers import (
    check_initializer,
    initializer_for,
    serialize_initializer,
)
from transformer_tf.layer import Layer


@keras.saving.register_keras_serializable(package="transformer_tf")
class TokenEmbedding(Layer):
    """Gives each token its vector, and can score a vector against every token.

    The way back uses the same table (tied) or one of its own.

    Args:
        vocabulary_size: Number of tokens.
        dim: Width of a token's vector.
        tied: Whether `logits` reads the table of the way in.
        scale: Whether vectors are multiplied by sqrt(dim) on the way in.
        padding_id: The id whose positions Keras shall know as padding; None for none.
        embeddings_initializer: Initializer of the table.

    Call:
        ids: [batch, length] integers in [0, vocabulary_size). (Any axes will do.)

    Returns:
        [batch, length, dim] floats.

    Raises:
        ValueError: sizes that are not positive; ids out of range, where their values
            are known. (A graph raises InvalidArgumentError; XLA does not check.)
        TypeError: ids that are not integers.

    Example:
        >>> layer = TokenEmbedding(vocabulary_size=100, dim=8)
        >>> vectors = layer(np.array([[5, 17, 2]]))
        >>> print(vectors.shape, layer.logits(vectors).shape)
        (1, 3, 8) (1, 3, 100)

    Source: tied tables https://arxiv.org/abs/1608.05859; the scale
    https://arxiv.org/abs/1706.03762, section 3.4.
    """

    def __init__(
        self,
        vocabulary_size: int,
        dim: int,
        tied: bool = True,
        scale: bool = False,
        padding_id: int | None = None,
        embeddings_initializer: Initializer = "uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = check_size("vocabulary_size", vocabulary_size)
        self.dim = check_size("dim", dim)
        self.tied = check_flag("tied", tied)
        self.scale = check_flag("scale", scale)
        self.padding_id = check_id("padding_id", padding_id, self.vocabulary_size)
        self.embeddings_initializer = check_initializer(
            "embeddings_initializer", embeddings_initializer
        )
        self.supports_masking = True

    def build(self, input_shape=None):
        self.table = self.add_weight(
            name="table",
            shape=(self.vocabulary_size, self.dim),
            initializer=initializer_for(self.embeddings_initializer),
        )
        if not self.tied:
            self.output_table = self.add_weight(
                name="output_table",
                shape=(self.vocabulary_size, self.dim),
                initializer=initializer_for(
                    self.embeddings_initializer, "output_table"
                ),
            )

    def call(self, ids):
        ids = check_ids("ids", ids, self.vocabulary_size)
        vectors = ops.take(self.table, ids, axis=0)
        if self.scale:
            vectors = vectors * ops.cast(self.dim**0.5, vectors.dtype)
        return ops.cast(vectors, self.compute_dtype)

    def logits(self, x):
        """Scores each position against every token.

        Args:
            x: [batch, length, dim] floats.

        Returns:
            [batch, length, vocabulary] floats.
        """
        if not self.built:
            self.build()
        table = self.table if self.tied else self.output_table
        table = ops.cast(table, x.dtype)
        return ops.matmul(x, ops.transpose(table))  # [dim, vocabulary]

    def compute_output_shape(self, ids_shape):
        return (*ids_shape, self.dim)

    def compute_mask(self, ids, previous_mask=None):
        if self.padding_id is None:
            return previous_mask
        real = ops.not_equal(ids, self.padding_id)
        return real if previous_mask is None else ops.logical_and(real, previous_mask)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "dim": self.dim,
            "tied": self.tied,
            "scale": self.scale,
            "padding_id": self.padding_id,
            "embeddings_initializer": serialize_initializer(
                self.embeddings_initializer
            ),
        }
