"""What a stack reads: tokens, positions and token types added up."""

import keras
from keras import ops

from transformer_tf.blocks.normalization import make_normalization
from transformer_tf.embedding import (
    AdaptiveEmbedding,
    LearnedPositions,
    SinusoidalPositions,
    TokenEmbedding,
)
from transformer_tf.embedding.ids import check_padding_mask
from transformer_tf.keras_internals import get_keras_mask, set_keras_mask
from transformer_tf.layer import Layer
from transformer_tf.models.padding import token_positions
from transformer_tf.projection import Projection
from transformer_tf.shapes import check_axes, exceeds


class InputEmbedding(Layer):
    """Adds up what is known of each position before any attention.

    Args:
        config: A `TransformerConfig`.
        tokens: A `TokenEmbedding` to share; None makes one.

    Call:
        ids: [batch, length] integers; or
        embeddings: [batch, length, embedding_dim or dim] floats, in place of the token
            vectors that ids stand for (a scale of the config is theirs to apply).
        padding_mask: [batch, length] booleans, True for real tokens; when left out,
            what `padding_id` tells. The output carries it to every layer that follows.
        token_types: [batch, length] integers; all 0 when left out.
        positions: [length] or [batch, length] integers; as `token_positions` counts
            when left out.

    Returns:
        [batch, length, dim] floats.
    """

    def __init__(self, config, tokens=None, **kwargs):
        super().__init__(**kwargs)
        self.config = config
        self.tokens = tokens or token_embedding(config, self.dtype_policy)
        self.supports_masking = True

    def build(self, ids_shape=None):
        config = self.config
        width = read_width(config)
        shape = (None, None, width)
        if not self.tokens.built:
            self.tokens.build()
        if config.positions == "learned":
            self.position_layer: keras.layers.Layer | None = LearnedPositions(
                config.max_length,
                config.position_offset,
                config.initializer(),
                dtype=self.dtype_policy,
                name="positions",
            )
            self.position_layer.build(shape)
        elif config.positions == "sinusoidal":
            self.position_layer = SinusoidalPositions(
                dtype=self.dtype_policy, name="positions"
            )
            self.position_layer.build(shape)
        else:
            self.position_layer = None
        if config.num_token_types:
            self.type_embedding = TokenEmbedding(
                config.num_token_types,
                width,
                embeddings_initializer=config.initializer(),
                dtype=self.dtype_policy,
                name="token_types",
            )
            self.type_embedding.build()
        if config.embedding_norm:
            self.norm = normalization(config, self.dtype_policy, "norm")
            self.norm.build(shape)
        self.dropping = keras.layers.Dropout(config.dropout, dtype=self.dtype_policy)
        if config.embedding_dim and config.cutoffs is None:
            self.projection = Projection(
                config.dim,
                kernel_initializer=keras.initializers.get(config.initializer()),
                dtype=self.dtype_policy,
                name="projection",
            )
            self.projection.build(shape)

    def call(
        self,
        ids=None,
        padding_mask=None,
        token_types=None,
        positions=None,
        embeddings=None,
        training=None,
    ):
        self._check_call(ids, embeddings, token_types)
        if padding_mask is not None:
            padding_mask = check_padding_mask("padding_mask", padding_mask)
        x = self.tokens(ids) if embeddings is None else embeddings
        valid_mask = get_keras_mask(x) if padding_mask is None else padding_mask
        if embeddings is not None:
            x = ops.cast(x, self.compute_dtype)
        if self.position_layer is not None:
            if positions is None and valid_mask is not None:
                skip = self.config.positions_skip_padding
                positions = token_positions(valid_mask, skip)
            x = self.position_layer(x, positions=positions)
        if self.config.num_token_types:
            types = token_types
            if types is None:
                types = ops.zeros(ops.shape(x)[:2], "int32")
            x = x + self.type_embedding(types)
        if self.config.embedding_norm:
            x = self.norm(x)
        x = self.dropping(x, training=training)
        if hasattr(self, "projection"):
            x = self.projection(x)
        if valid_mask is not None:
            set_keras_mask(x, valid_mask)
        return x

    def compute_mask(self, ids, previous_mask=None):
        """Set in `call`, where the explicit mask is known too."""
        return None

    def _check_call(self, ids, embeddings, token_types):
        if (ids is None) == (embeddings is None):
            raise ValueError(
                "a model reads ids, or embeddings in their place; got "
                f"{'neither' if ids is None else 'both'}"
            )
        if ids is None:
            check_axes("embeddings", embeddings, "batch", "length", "dim")
            width = read_width(self.config)
            if embeddings.shape[-1] != width:
                raise ValueError(
                    f"embeddings must have {width} features; got {embeddings.shape[-1]}"
                )
            ids = embeddings[..., 0]
        if len(ids.shape) != 2:
            raise ValueError(f"ids must be [batch, length]; got {tuple(ids.shape)}")
        if ids.shape[1] == 0:
            raise ValueError("a sequence needs at least one token; got length 0")
        most = self.config.max_length
        if exceeds(ids.shape[1], most):
            raise ValueError(
                f"the sequence has {ids.shape[1]} tokens, more than max_length={most}"
            )
        if token_types is not None and not self.config.num_token_types:
            raise ValueError(
                "token_types were given, but the config has num_token_types=0"
            )


def read_width(config):
    """Width of the token vectors as they are read."""
    return config.dim if config.cutoffs else config.embedding_dim or config.dim


def token_embedding(config, dtype=None):
    """The token table of a stack, or of two that share it."""
    if config.cutoffs is not None:
        return AdaptiveEmbedding(
            config.vocabulary_size,
            config.dim,
            list(config.cutoffs),
            embedding_dim=config.embedding_dim,
            divisor=config.cutoff_divisor,
            scale=config.embedding_scale,
            padding_id=config.padding_id,
            embeddings_initializer=config.initializer(),
            dtype=dtype,
            name="tokens",
        )
    return TokenEmbedding(
        config.vocabulary_size,
        config.embedding_dim or config.dim,
        scale=config.embedding_scale,
        padding_id=config.padding_id,
        embeddings_initializer=config.initializer(),
        dtype=dtype,
        name="tokens",
    )


def normalization(config, dtype, name):
    """The normalisation that the config names."""
    return make_normalization(config.norm, config.epsilon, dtype, name)
