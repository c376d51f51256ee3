"""The one description from which every model is stacked."""

import dataclasses
from typing import Any

import keras

POSITIONS = ("learned", "sinusoidal", "rotary", "relative", "linear", None)


@keras.saving.register_keras_serializable(package="transformer_tf")
@dataclasses.dataclass(frozen=True)
class TransformerConfig:
    """Sizes and choices; the families of Transformers are values of this class.

    Args:
        vocabulary_size: How many tokens there are.
        dim: Width of the residual road.
        num_layers: Blocks in the encoder, or in the decoder where that stands alone.
        num_heads: How many attention heads look.
        hidden_dim: Width inside the feed-forward layers; 4 * dim when None.
        num_decoder_layers: Blocks in the decoder of an encoder-decoder; `num_layers`
            when None.
        max_length: The longest sequence; needed for learned positions, None for no
            limit.
        positions: `learned`, `sinusoidal`, `rotary`, `relative` (T5's bias), `linear`
            (ALiBi) or None.
        position_offset: Rows skipped in the table of learned positions.
        rotary_base: Base of the rotary wavelengths.
        rotary_scaling: What `RotaryPositions` takes as `scaling`.
        num_buckets: Buckets of the relative bias.
        max_distance: The distance from which on the relative bias is the same.
        num_token_types: How many token types (segments) there are; 0 for none.
        embedding_dim: Width of the token vectors where it differs from `dim` (ALBERT);
            they are then projected.
        embedding_norm: Whether the sum of the embeddings is normalised.
        embedding_scale: Whether token vectors are multiplied by sqrt(dim).
        shared_layers: Whether one block is used `num_layers` times (ALBERT).
        activation: Of the feed-forward layers.
        gated: Whether the feed-forward layers are gated.
        norm: `layer` or `rms`.
        norm_first: Whether sublayers read normalised input; the stack then ends with a
            normalisation.
        epsilon: Of every normalisation.
        dropout: Share of embeddings and of sublayers' outputs dropped in training.
        attention_dropout: The same for attention weights.
        activation_dropout: The same for the hidden features of feed-forward layers.
        head_dim: Width of one head; dim / num_heads when None.
        num_key_value_heads: Heads that are looked at; `num_heads` when None.
        attention_scale: Factor of the scores; 1 / sqrt(head_dim) when None.
        use_bias: Whether projections add a bias.
        window: How many positions a decoder sees back; all when None.
        tied: Whether language-model heads score against the embedding's table, or
            against one of their own.
        logit_scale: What hidden states are multiplied by before they are scored (T5:
            dim ** -0.5, where tied).
        logit_bias: Whether language-model heads add a bias for each token.
        padding_id: The id that Keras shall know as padding; None for none.
        start_id: The id that a decoder starts from in an encoder-decoder.
        initializer_range: Standard deviation of the initial weights.

    Raises:
        ValueError: sizes that are not positive, or choices that do not go together.
    """

    vocabulary_size: int
    dim: int
    num_layers: int
    num_heads: int
    hidden_dim: int | None = None
    num_decoder_layers: int | None = None
    max_length: int | None = None
    positions: str | None = "learned"
    position_offset: int = 0
    rotary_base: float = 10_000
    rotary_scaling: Any = None
    num_buckets: int = 32
    max_distance: int = 128
    num_token_types: int = 0
    embedding_dim: int | None = None
    embedding_norm: bool = False
    embedding_scale: bool = False
    shared_layers: bool = False
    activation: str = "gelu"
    gated: bool = False
    norm: str = "layer"
    norm_first: bool = False
    epsilon: float = 1e-5
    dropout: float = 0.1
    attention_dropout: float = 0.0
    activation_dropout: float = 0.0
    head_dim: int | None = None
    num_key_value_heads: int | None = None
    attention_scale: float | None = None
    use_bias: bool = True
    window: int | None = None
    tied: bool = True
    logit_scale: float | None = None
    logit_bias: bool = False
    padding_id: int | None = None
    start_id: int = 0
    initializer_range: float = 0.02

    def __post_init__(self):
        for name in ("vocabulary_size", "dim", "num_layers", "num_heads"):
            _check_positive(name, getattr(self, name))
        for name in ("hidden_dim", "num_decoder_layers", "max_length", "embedding_dim"):
            if getattr(self, name) is not None:
                _check_positive(name, getattr(self, name))
        if self.positions not in POSITIONS:
            raise ValueError(
                f"positions must be one of {POSITIONS}; got {self.positions!r}"
            )
        if self.positions == "learned" and self.max_length is None:
            raise ValueError("learned positions need max_length, the table's length")
        if self.head_dim is None and self.dim % self.num_heads:
            raise ValueError(
                f"num_heads must divide dim unless head_dim is given; got {self.dim} "
                f"features for {self.num_heads} heads"
            )
        if not 0 <= self.start_id < self.vocabulary_size:
            raise ValueError(
                f"start_id must lie in [0, {self.vocabulary_size}); got {self.start_id}"
            )

    def with_changes(self, **changes):
        """The same description with some fields changed."""
        return dataclasses.replace(self, **changes)

    def initializer(self):
        """How weights start, in the form that layers keep in their config."""
        return {
            "class_name": "TruncatedNormal",
            "config": {"stddev": self.initializer_range},
        }

    def block_arguments(self):
        """The arguments of an encoder or decoder block."""
        return {
            "num_heads": self.num_heads,
            "hidden_dim": self.hidden_dim or 4 * self.dim,
            "activation": self.activation,
            "gated": self.gated,
            "norm": self.norm,
            "norm_first": self.norm_first,
            "epsilon": self.epsilon,
            "dropout": self.dropout,
            "attention_dropout": self.attention_dropout,
            "activation_dropout": self.activation_dropout,
            "head_dim": self.head_dim,
            "num_key_value_heads": self.num_key_value_heads,
            "scale": self.attention_scale,
            "use_bias": self.use_bias,
            "kernel_initializer": self.initializer(),
        }

    def get_config(self):
        return dataclasses.asdict(self)

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def _check_positive(name, value):
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be a whole number; got {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1; got {value}")
