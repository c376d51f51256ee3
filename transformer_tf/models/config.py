"""The one description from which every model is stacked."""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import keras

from transformer_tf.arguments import (
    check_choice,
    check_cutoffs,
    check_flag,
    check_id,
    check_key_value_heads,
    check_positive,
    check_rate,
    check_size,
    optional_number,
    optional_positive,
    optional_size,
)
from transformer_tf.blocks.activation import activation_named, serialize_activation
from transformer_tf.embedding.rotary_scaling import check_scaling
from transformer_tf.spelling import CONSTRUCTOR_NAMES, refuse_foreign_names

POSITIONS = ("learned", "sinusoidal", "rotary", "relative", "linear", None)
NORMS = ("layer", "rms")


def _check_activation(name, value):
    if name == "activation" or value is not None:
        activation_named(value)  # refuses an unknown one
    return value


def _check_not_negative(name, value):
    return check_size(name, value, minimum=0)


# The fields by what they may hold.
CHECKS = (
    (("vocabulary_size", "dim", "num_layers", "num_heads"), check_size),
    (("num_buckets", "max_distance"), check_size),
    (("hidden_dim", "num_decoder_layers", "max_length"), optional_size),
    (("max_decoder_length",), optional_size),
    (("memory_length",), functools.partial(optional_size, minimum=0)),
    (("cutoff_divisor",), check_size),
    (("embedding_dim", "head_dim", "num_key_value_heads"), optional_size),
    (("attention_soft_cap",), optional_positive),
    (("query_key_norm", "prefix_lm"), check_flag),
    (("position_offset", "num_token_types"), _check_not_negative),
    (("embedding_norm", "embedding_scale", "shared_layers", "gated"), check_flag),
    (("norm_first", "use_bias", "tied", "logit_bias"), check_flag),
    (("positions_skip_padding", "rematerialize"), check_flag),
    (("global_attention", "zero_memory", "shared_position_biases"), check_flag),
    (("dropout", "attention_dropout", "activation_dropout"), check_rate),
    (("epsilon", "initializer_range", "rotary_base"), check_positive),
    (("attention_scale", "logit_scale"), optional_number),
    (("positions",), functools.partial(check_choice, choices=POSITIONS)),
    (("norm",), functools.partial(check_choice, choices=NORMS)),
    (("activation", "logit_transform"), _check_activation),
)


@keras.saving.register_keras_serializable(package="transformer_tf")
@dataclasses.dataclass(frozen=True)
class TransformerConfig:
    """Sizes and choices; the families of Transformers are values of this class.

    Args:
        vocabulary_size: Number of tokens.
        dim: Model dimension (d_model), the width of the residual stream.
        num_layers: Blocks in the encoder, or in the decoder where that stands alone.
        num_heads: Number of query heads.
        hidden_dim: Hidden dimension of the feed-forward layers; 4 * dim when None.
        num_decoder_layers: Blocks in the decoder of an encoder-decoder; `num_layers`
            when None.
        max_length: The longest sequence; needed for learned positions, None for no
            limit.
        max_decoder_length: The longest target of an encoder-decoder (LED);
            `max_length` when None.
        positions: `learned`, `sinusoidal`, `rotary`, `relative` (T5's bias), `linear`
            (ALiBi) or None.
        position_offset: Rows skipped in the table of learned positions.
        rotary_base: Base of the rotary wavelengths.
        rotary_scaling: What `RotaryPositions` takes as `scaling`.
        rotary_dim: How many features of a head are rotated, the first ones; all when
            None.
        num_buckets: Buckets of the relative bias.
        max_distance: The distance from which on the relative bias is the same.
        num_token_types: Number of token types (segments); 0 for none.
        embedding_dim: Width of the token vectors where it differs from `dim` (ALBERT);
            they are then projected. With `cutoffs` the width in the first cluster.
        embedding_norm: Whether the sum of the embeddings is normalised.
        embedding_scale: Whether token vectors are multiplied by sqrt(dim).
        shared_layers: Whether one block is used `num_layers` times (ALBERT).
        activation: Nonlinearity of the feed-forward layers.
        gated: Whether the feed-forward layers are gated.
        norm: `layer` or `rms`.
        norm_first: Whether sublayers read normalised input; the stack then ends with a
            normalisation.
        epsilon: Added to the variance in every normalisation.
        dropout: Share of embeddings and of sublayers' outputs dropped in training.
        attention_dropout: The same for attention weights.
        activation_dropout: The same for the hidden features of feed-forward layers.
        head_dim: Dimension of each head; dim / num_heads when None.
        num_key_value_heads: Number of key-value heads; `num_heads` when None.
        attention_scale: Scale of the attention logits; 1 / sqrt(head_dim) when None.
        use_bias: Whether projections add a bias.
        attention_soft_cap: Scaled scores become cap * tanh(scores / cap); None for no
            cap (Gemma 2 has 50).
        query_key_norm: Whether queries and keys are normalised, head by head.
        window: Sliding window: number of positions a decoder attends to, itself
            included, or an encoder on each side; all when None. A list or tuple has
            one entry, a number or None, for each layer.
        global_attention: Whether an encoder has Longformer's attention: each layer a
            `window`, and global positions beside it, which a call names in its
            `global_attention_mask`. A decoder that reads the encoder sees all.
        memory_length: How many positions of the segments before a `TransformerXL`
            remembers, in each layer; None for a model without such a memory. Distances
            beyond `max_distance` are then alike to it.
        zero_memory: Whether a text begins behind a memory of zeros, which is attended
            to, as published checkpoints were trained; else behind nothing (the paper).
        shared_position_biases: Whether all layers of a `TransformerXL` share their
            content and position biases.
        cutoffs: Where the vocabulary, sorted by frequency, is cut into clusters for an
            adaptive embedding and softmax; None for one table.
        cutoff_divisor: How many times narrower the vectors of each cluster are than
            those of the one before.
        prefix_lm: Whether a decoder reads prompts in both directions: every position
            sees the first ones, `prefix_length` of them (a prefix language model).
        tied: Whether language-model heads score against the embedding's table, or
            against one of their own.
        logit_scale: What hidden states are multiplied by before they are scored (T5:
            dim ** -0.5, where tied).
        logit_bias: Whether language-model heads add a bias for each token.
        logit_transform: Activation of a transformation before a `CausalLM` scores
            tokens, as masked language models have it (BERT as a decoder); None for no
            transformation.
        padding_id: The id of padding, which is not attended to unless a padding mask
            says otherwise; None for none.
        positions_skip_padding: Whether positions count real tokens only (RoBERTa,
            Longformer); else padding takes a position, except before the first token.
        separator_id: The id that ends the first of two texts. With `global_attention`
            it tells which tokens are a question.
        start_id: The id that a decoder starts from in an encoder-decoder.
        rematerialize: Whether training keeps only what enters each block and computes
            the rest again for the gradient (gradient checkpointing): less memory for
            about a third more computation, the same numbers.
        initializer_range: Standard deviation of the initial weights.

    Raises:
        ValueError: sizes that are not positive, rates outside [0, 1), ids outside the
            vocabulary, or choices that do not go together.
        TypeError: a value of another kind (True for a number, a fraction for a size),
            or a name of another library's.

    Example:
        >>> config = TransformerConfig(
        ...     vocabulary_size=100, dim=16, num_layers=2, num_heads=4,
        ...     positions="rotary", norm="rms",
        ... )
        >>> config.with_changes(num_heads=2).num_heads
        2
        >>> print(Decoder(config)(np.array([[5, 3, 2]])).shape)
        (1, 3, 16)
    """

    vocabulary_size: int
    dim: int
    num_layers: int
    num_heads: int
    hidden_dim: int | None = None
    num_decoder_layers: int | None = None
    max_length: int | None = None
    max_decoder_length: int | None = None
    positions: str | None = "learned"
    position_offset: int = 0
    rotary_base: float = 10_000
    rotary_scaling: Any = None
    rotary_dim: int | None = None
    num_buckets: int = 32
    max_distance: int = 128
    num_token_types: int = 0
    embedding_dim: int | None = None
    embedding_norm: bool = False
    embedding_scale: bool = False
    shared_layers: bool = False
    activation: str | Callable | dict = "gelu"
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
    attention_soft_cap: float | None = None
    query_key_norm: bool = False
    window: int | tuple | list | None = None
    global_attention: bool = False
    memory_length: int | None = None
    zero_memory: bool = False
    shared_position_biases: bool = False
    cutoffs: tuple | list | None = None
    cutoff_divisor: int = 1
    prefix_lm: bool = False
    tied: bool = True
    logit_scale: float | None = None
    logit_bias: bool = False
    logit_transform: str | Callable | dict | None = None
    padding_id: int | None = None
    positions_skip_padding: bool = False
    separator_id: int | None = None
    start_id: int = 0
    rematerialize: bool = False
    initializer_range: float = 0.02

    def __new__(cls, *args, **fields):
        # Before Python says which of our own fields are missing.
        known = {field.name for field in dataclasses.fields(cls)}
        refuse_foreign_names(cls.__name__, fields, known, CONSTRUCTOR_NAMES)
        return super().__new__(cls)

    def __post_init__(self):
        for field in dataclasses.fields(self):
            # Frozen for everybody else: NumPy's numbers become plain ones, for JSON.
            object.__setattr__(self, field.name, self._check(field.name))
        if self.positions == "learned" and self.max_length is None:
            raise ValueError("learned positions need max_length, the table's length")
        if self.head_dim is None and self.dim % self.num_heads:
            raise ValueError(
                f"num_heads must divide dim unless head_dim is given; got {self.dim} "
                f"features for {self.num_heads} heads"
            )
        check_key_value_heads(self.num_key_value_heads, self.num_heads)
        self._check_windows()
        self._check_global_attention()
        self._check_memory()
        width = self.head_dim or self.dim // self.num_heads
        if self.rotary_dim is not None and (
            self.rotary_dim % 2 or self.rotary_dim > width
        ):
            raise ValueError(
                "rotary_dim must be even and no larger than the width of a head; got "
                f"{self.rotary_dim} of {width} features"
            )
        if self.rotary_scaling is not None:
            check_scaling(self.rotary_scaling, self.max_length)

    def _check(self, name):
        """The field's value, as its kind demands it."""
        value = getattr(self, name)
        for names, check in CHECKS:
            if name in names:
                return check(name, value)
        if name == "window":
            return _check_window(value)
        if name == "cutoffs" and value is not None:
            return tuple(check_cutoffs(name, value, self.vocabulary_size))
        if name == "rotary_dim":
            return optional_size(name, value, minimum=2)
        if name == "start_id" and value is None:
            raise TypeError("start_id must be a whole number; got None")
        if name in ("padding_id", "separator_id", "start_id"):
            return check_id(name, value, self.vocabulary_size)
        return value

    def _check_windows(self):
        """One window for each layer, of either stack, where there are several."""
        if not isinstance(self.window, tuple):
            return
        depths = {self.num_layers, self.num_decoder_layers or self.num_layers}
        if self.global_attention:
            depths = {self.num_layers}  # windows are the encoder's
        if depths != {len(self.window)}:
            raise ValueError(
                "window must have one entry for each layer; got "
                f"{len(self.window)} for {sorted(depths)} layers"
            )
        if self.shared_layers and len(set(self.window)) > 1:
            raise ValueError("layers that share their weights share their window")

    def _check_global_attention(self):
        if not self.global_attention:
            return
        windows = self.window if isinstance(self.window, tuple) else (self.window,)
        if None in windows:
            raise ValueError(
                "global_attention needs a window for every layer; got "
                f"window={self.window}"
            )
        if self.positions not in ("learned", "sinusoidal", None):
            raise ValueError(
                "global_attention goes with positions that are added to the embedding; "
                f"got positions={self.positions!r}"
            )

    def _check_memory(self):
        if self.memory_length is not None and self.positions is not None:
            raise ValueError(
                "a model with memory_length knows distances alone: it needs positions="
                f"None; got {self.positions!r}"
            )

    def window_of_layer(self, number):
        """How far the layer of this number sees; None for any distance."""
        return self.window[number] if isinstance(self.window, tuple) else self.window

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
            "soft_cap": self.attention_soft_cap,
            "query_key_norm": self.query_key_norm,
        }

    def get_config(self):
        return {
            **dataclasses.asdict(self),
            "activation": serialize_activation(self.activation),
            "logit_transform": serialize_activation(self.logit_transform),
        }

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def _check_window(value):
    """A size, None, or a tuple of them."""
    if isinstance(value, (list, tuple)):
        return tuple(optional_size("window", one) for one in value)
    return optional_size("window", value)
