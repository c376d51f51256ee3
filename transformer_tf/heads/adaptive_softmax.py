"""Adaptive softmax: frequent tokens are scored at once, rare ones by their cluster."""

from collections.abc import Sequence

import keras
from keras import ops

from transformer_tf.annotations import Initializer
from transformer_tf.arguments import (
    check_cutoffs,
    check_flag,
    check_size,
    optional_size,
)
from transformer_tf.embedding.adaptive import cluster_widths
from transformer_tf.initializers import (
    check_initializer,
    initializer_for,
    serialize_initializer,
)
from transformer_tf.layer import Layer
from transformer_tf.logits import logits_dtype


@keras.saving.register_keras_serializable(package="transformer_tf")
class AdaptiveSoftmaxHead(Layer):
    """The logarithm of every token's probability of being the next one.

    A first softmax is over the tokens of the first cluster and an entry for each other
    cluster; the probability of a rare token is that of its cluster times its own
    within it, by a softmax of narrower vectors.

    Args:
        vocabulary_size: Number of tokens.
        cutoffs: As in `AdaptiveEmbedding`.
        embedding_dim: As in `AdaptiveEmbedding`; the width of x when None.
        divisor: As in `AdaptiveEmbedding`.
        tied_projections: Whether the clusters but the first use the projections of the
            embedding, where the call hands them over.
        kernel_initializer: Initializer of the head's own weights.

    Call:
        x: [batch, length, dim] floats.
        tables: The list of an `AdaptiveEmbedding`, to tie the two; the head has tables
            of its own when left out of the first call.
        projections: Its other list, likewise.

    Returns:
        [batch, length, vocabulary] floats: log-probabilities, which are logits too: a
        softmax gives the same again.

    Raises:
        ValueError: cutoffs that do not increase or are not ids; tables that do not fit.

    Example:
        >>> head = AdaptiveSoftmaxHead(vocabulary_size=100, cutoffs=[20, 60])
        >>> log_probabilities = head(keras.random.normal((2, 7, 8)))
        >>> print(log_probabilities.shape)
        (2, 7, 100)
        >>> total = ops.sum(ops.exp(log_probabilities), axis=-1)
        >>> print(np.allclose(total, 1, atol=1e-5))
        True

    Source: https://arxiv.org/abs/1609.04309, section 4; tied
    https://arxiv.org/abs/1809.10853, section 3.
    """

    def __init__(
        self,
        vocabulary_size: int,
        cutoffs: Sequence[int],
        embedding_dim: int | None = None,
        divisor: int = 1,
        tied_projections: bool = True,
        kernel_initializer: Initializer = "glorot_uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = check_size("vocabulary_size", vocabulary_size)
        self.cutoffs = check_cutoffs("cutoffs", cutoffs, self.vocabulary_size)
        self.embedding_dim = optional_size("embedding_dim", embedding_dim)
        self.divisor = check_size("divisor", divisor)
        self.tied_projections = check_flag("tied_projections", tied_projections)
        self.kernel_initializer = check_initializer(
            "kernel_initializer", kernel_initializer
        )
        self.supports_masking = True

    def build(self, x_shape, tables_shape=None, projections_shape=None):
        dim, clusters = x_shape[-1], len(self.cutoffs) + 1
        ends = (0, *self.cutoffs, self.vocabulary_size)
        sizes = [end - start for start, end in zip(ends, ends[1:])]
        widths = cluster_widths(self.embedding_dim or dim, self.divisor, clusters)
        shapes = [(self.vocabulary_size, widths[0])]
        if self.divisor > 1:
            shapes = list(zip(sizes, widths))
        self.tables, self.projections = [], []
        if tables_shape is None:
            self.tables = [self._weight(f"table_{n}", s) for n, s in enumerate(shapes)]
        elif [tuple(shape) for shape in tables_shape] != shapes:
            raise ValueError(f"tables must have shapes {shapes}; got {tables_shape}")
        if self.divisor > 1 or widths[0] != dim:
            tied = self.tied_projections and projections_shape is not None
            for number, width in enumerate(widths[: 1 if tied else clusters]):
                weight = self._weight(f"projection_{number}", (dim, width))
                self.projections.append(weight)
        self.cluster_table = self._weight("cluster_table", (clusters - 1, widths[0]))
        self.cluster_bias = self.add_weight(
            name="cluster_bias", shape=(clusters - 1,), initializer="zeros"
        )
        bias_sizes = sizes if self.divisor > 1 else [self.vocabulary_size]
        self.biases = [
            self.add_weight(name=f"bias_{number}", shape=(size,), initializer="zeros")
            for number, size in enumerate(bias_sizes)
        ]

    def _weight(self, name, shape):
        initializer = initializer_for(self.kernel_initializer, name)
        return self.add_weight(name=name, shape=shape, initializer=initializer)

    def call(self, x, tables=None, projections=None):
        if tables is None and not self.tables:
            raise ValueError(
                f"{self.name} was built with the tables of an embedding; pass them"
            )
        x = ops.cast(x, logits_dtype(x.dtype))
        tables = self.tables or tables
        vectors, bias = self._cluster(0, tables)
        vectors = ops.concatenate([vectors, ops.cast(self.cluster_table, x.dtype)])
        bias = ops.concatenate([bias, ops.cast(self.cluster_bias, x.dtype)])
        frequent = self._log_softmax(0, x, vectors, bias, projections)
        first = self.cutoffs[0]
        parts = [frequent[..., :first]]
        for number in range(1, len(self.cutoffs) + 1):
            vectors, bias = self._cluster(number, tables)
            inside = self._log_softmax(number, x, vectors, bias, projections)
            of_cluster = frequent[..., first + number - 1 : first + number]
            parts.append(of_cluster + inside)
        return ops.cast(ops.concatenate(parts, axis=-1), self.compute_dtype)

    def _cluster(self, number, tables):
        """The vectors [tokens, width] and biases [tokens] of a cluster."""
        if self.divisor > 1:
            return tables[number], self.biases[number]
        ends = (0, *self.cutoffs, self.vocabulary_size)
        inside = slice(ends[number], ends[number + 1])
        return tables[0][inside], self.biases[0][inside]

    def _log_softmax(self, number, x, vectors, bias, projections):
        if self.projections:
            own = self.projections
            if number >= len(own):
                # With a single table there is a single projection to be tied to.
                projection = projections[min(number, len(projections) - 1)]
            else:
                projection = own[number]
            x = ops.matmul(x, ops.cast(projection, x.dtype))
        logits = ops.matmul(x, ops.transpose(ops.cast(vectors, x.dtype)))
        return ops.log_softmax(logits + ops.cast(bias, x.dtype), axis=-1)

    def compute_output_shape(self, x_shape, tables_shape=None, projections_shape=None):
        return (*x_shape[:-1], self.vocabulary_size)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "cutoffs": self.cutoffs,
            "embedding_dim": self.embedding_dim,
            "divisor": self.divisor,
            "tied_projections": self.tied_projections,
            "kernel_initializer": serialize_initializer(self.kernel_initializer),
        }
