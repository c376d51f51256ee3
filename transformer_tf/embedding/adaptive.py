"""Adaptive embedding: frequent tokens have wide vectors, rare ones narrow."""

from collections.abc import Sequence

import keras
from keras import ops

from transformer_tf.annotations import Initializer
from transformer_tf.arguments import (
    check_cutoffs,
    check_flag,
    check_id,
    check_size,
    optional_size,
)
from transformer_tf.embedding.ids import check_ids
from transformer_tf.initializers import (
    check_initializer,
    initializer_for,
    serialize_initializer,
)
from transformer_tf.layer import Layer


@keras.saving.register_keras_serializable(package="transformer_tf")
class AdaptiveEmbedding(Layer):
    """Token vectors from one table a cluster of the vocabulary, each as wide as needed.

    The vocabulary is sorted by frequency and cut into clusters; cluster number n has
    vectors of embedding_dim / divisor ** n features, which are projected to `dim`.

    Args:
        vocabulary_size: Number of tokens.
        dim: Width of the output.
        cutoffs: The first id of each cluster but the first, increasing.
        embedding_dim: Width of the vectors of the first cluster; `dim` when None.
        divisor: How many times narrower each cluster is than the one before. With 1 all
            tokens are in one table, projected only if its width is not `dim`.
        scale: Whether the output is multiplied by sqrt(dim).
        padding_id: The id whose positions Keras shall know as padding; None for none.
        embeddings_initializer: Initializer of the tables and projections.

    Call:
        ids: [batch, length] integers in [0, vocabulary_size).

    Returns:
        [batch, length, dim] floats.

    Attributes:
        tables: A list of [tokens, width] weights.
        projections: A list of [dim, width] weights, empty where nothing is projected.

    Raises:
        ValueError: cutoffs that do not increase or are not ids, ids out of range, or a
            width that the divisor leaves nothing of.

    Example:
        >>> layer = AdaptiveEmbedding(100, dim=8, cutoffs=[20, 60], divisor=2)
        >>> print(layer(np.array([[1, 30, 99]])).shape)
        (1, 3, 8)
        >>> [tuple(table.shape) for table in layer.tables]
        [(20, 8), (40, 4), (40, 2)]

    Source: https://arxiv.org/abs/1809.10853, section 3.
    """

    def __init__(
        self,
        vocabulary_size: int,
        dim: int,
        cutoffs: Sequence[int],
        embedding_dim: int | None = None,
        divisor: int = 1,
        scale: bool = False,
        padding_id: int | None = None,
        embeddings_initializer: Initializer = "uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = check_size("vocabulary_size", vocabulary_size)
        self.dim = check_size("dim", dim)
        self.cutoffs = check_cutoffs("cutoffs", cutoffs, self.vocabulary_size)
        self.embedding_dim = optional_size("embedding_dim", embedding_dim)
        self.divisor = check_size("divisor", divisor)
        self.scale = check_flag("scale", scale)
        self.padding_id = check_id("padding_id", padding_id, self.vocabulary_size)
        self.embeddings_initializer = check_initializer(
            "embeddings_initializer", embeddings_initializer
        )
        self.supports_masking = True
        self.widths = cluster_widths(
            self.embedding_dim or self.dim, self.divisor, len(self.cutoffs) + 1
        )

    def build(self, ids_shape=None):
        is_one = self.divisor == 1
        ends = (self.vocabulary_size,) if is_one else (*self.cutoffs, None)
        self.starts = (0,) if is_one else (0, *self.cutoffs)
        self.tables, self.projections = [], []
        for number, (start, end) in enumerate(zip(self.starts, ends)):
            tokens = (end or self.vocabulary_size) - start
            shape = tokens, self.widths[number]
            self.tables.append(self._weight("table", number, shape))
            if not is_one or self.widths[0] != self.dim:
                shape = self.dim, self.widths[number]
                self.projections.append(self._weight("projection", number, shape))

    def _weight(self, kind, number, shape):
        name = f"{kind}_{number}"
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=initializer_for(self.embeddings_initializer, name),
        )

    def call(self, ids):
        ids = check_ids("ids", ids, self.vocabulary_size)
        output = 0.0
        for number, (start, table) in enumerate(zip(self.starts, self.tables)):
            size = table.shape[0]
            inside = ops.logical_and(ids >= start, ids < start + size)
            # Tokens of other clusters read the first row, and then nothing of it.
            x = ops.take(table, ops.where(inside, ids - start, 0), axis=0)
            if self.projections:
                x = ops.matmul(x, ops.transpose(self.projections[number]))
            output = output + ops.where(inside[..., None], x, ops.cast(0, x.dtype))
        output = ops.cast(output, self.compute_dtype)
        return output * ops.cast(self.dim**0.5, output.dtype) if self.scale else output

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
            "cutoffs": self.cutoffs,
            "embedding_dim": self.embedding_dim,
            "divisor": self.divisor,
            "scale": self.scale,
            "padding_id": self.padding_id,
            "embeddings_initializer": serialize_initializer(
                self.embeddings_initializer
            ),
        }


def cluster_widths(width, divisor, clusters):
    """How wide each cluster's vectors are.

    Raises:
        ValueError: The last would have no feature.
    """
    widths = [width // divisor**number for number in range(clusters)]
    if not widths[-1]:
        raise ValueError(
            f"{clusters} clusters divided by {divisor} leave nothing of {width} "
            f"features: {widths}"
        )
    return widths
