"""What encoder and decoder blocks share: their arguments and the residual stream."""

import keras
from keras import ops

from transformer_tf.arguments import (
    check_choice,
    check_flag,
    check_key_value_heads,
    check_positive,
    check_rate,
    check_size,
    optional_number,
    optional_positive,
    optional_size,
)
from transformer_tf.attention import MultiHeadAttention
from transformer_tf.blocks.activation import activation_named, serialize_activation
from transformer_tf.blocks.feed_forward import FeedForward
from transformer_tf.blocks.finite import finite
from transformer_tf.blocks.gated_feed_forward import GatedFeedForward
from transformer_tf.blocks.normalization import KINDS, make_normalization
from transformer_tf.initializers import (
    check_initializer,
    initializer_for,
    serialize_initializer,
)
from transformer_tf.layer import Layer


class Block(Layer):
    """Sublayers around a residual stream, each with its normalisation and dropout.

    Encoder and decoder blocks say which sublayers there are and in which order; their
    docstrings explain the arguments.
    """

    def __init__(
        self,
        num_heads,
        hidden_dim,
        *,
        activation="gelu",
        gated=False,
        norm="layer",
        norm_first=False,
        epsilon=1e-6,
        dropout=0.0,
        attention_dropout=0.0,
        activation_dropout=0.0,
        head_dim=None,
        num_key_value_heads=None,
        scale=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        window=None,
        soft_cap=None,
        query_key_norm=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        activation_named(activation)  # refuses an unknown one
        self.num_heads = check_size("num_heads", num_heads)
        self.hidden_dim = check_size("hidden_dim", hidden_dim)
        self.activation = activation
        self.gated = check_flag("gated", gated)
        self.norm = check_choice("norm", norm, tuple(KINDS))
        self.norm_first = check_flag("norm_first", norm_first)
        self.epsilon = check_positive("epsilon", epsilon)
        self.dropout = check_rate("dropout", dropout)
        self.attention_dropout = check_rate("attention_dropout", attention_dropout)
        self.activation_dropout = check_rate("activation_dropout", activation_dropout)
        self.head_dim = optional_size("head_dim", head_dim)
        self.num_key_value_heads = check_key_value_heads(
            num_key_value_heads, self.num_heads
        )
        self.scale = optional_number("scale", scale)
        self.use_bias = check_flag("use_bias", use_bias)
        self.kernel_initializer = check_initializer(
            "kernel_initializer", kernel_initializer
        )
        self.window = optional_size("window", window)
        self.soft_cap = optional_positive("soft_cap", soft_cap)
        self.query_key_norm = check_flag("query_key_norm", query_key_norm)
        self.dropping = keras.layers.Dropout(self.dropout, dtype=self.dtype_policy)
        self.supports_masking = True

    def _attention(self, name):
        return MultiHeadAttention(
            self.num_heads,
            head_dim=self.head_dim,
            num_key_value_heads=self.num_key_value_heads,
            scale=self.scale,
            use_bias=self.use_bias,
            dropout=self.attention_dropout,
            kernel_initializer=initializer_for(self.kernel_initializer, name),
            soft_cap=self.soft_cap,
            query_key_norm=self.query_key_norm,
            epsilon=self.epsilon,
            dtype=self.dtype_policy,
            name=name,
        )

    def _feed_forward(self):
        kind = GatedFeedForward if self.gated else FeedForward
        return kind(
            self.hidden_dim,
            activation=self.activation,
            use_bias=self.use_bias,
            dropout=self.activation_dropout,
            kernel_initializer=initializer_for(self.kernel_initializer, "feed_forward"),
            dtype=self.dtype_policy,
            name="feed_forward",
        )

    def _normalization(self, name):
        return make_normalization(self.norm, self.epsilon, self.dtype_policy, name)

    def before(self, x, norm):
        """What a sublayer reads: normalised where the norm comes first."""
        return norm(x) if self.norm_first else x

    def after(self, x, change, norm, training):
        """Adds a sublayer's change to the residual stream, which keeps its dtype."""
        change = self.dropping(change, training=training)
        x = finite(x + ops.cast(change, x.dtype))
        return x if self.norm_first else ops.cast(norm(x), x.dtype)

    def compute_output_shape(self, x_shape):
        return tuple(x_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "hidden_dim": self.hidden_dim,
            "activation": serialize_activation(self.activation),
            "gated": self.gated,
            "norm": self.norm,
            "norm_first": self.norm_first,
            "epsilon": self.epsilon,
            "dropout": self.dropout,
            "attention_dropout": self.attention_dropout,
            "activation_dropout": self.activation_dropout,
            "head_dim": self.head_dim,
            "num_key_value_heads": self.num_key_value_heads,
            "scale": self.scale,
            "use_bias": self.use_bias,
            "kernel_initializer": serialize_initializer(self.kernel_initializer),
            "window": self.window,
            "soft_cap": self.soft_cap,
            "query_key_norm": self.query_key_norm,
        }
