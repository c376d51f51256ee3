"""Transformer-XL's block: relative attention over a segment and its memory."""

import keras

from transformer_tf.arguments import check_flag, optional_size
from transformer_tf.attention.relative import RelativeAttention
from transformer_tf.blocks.encoder import EncoderBlock
from transformer_tf.initializers import initializer_for


@keras.saving.register_keras_serializable(package="transformer_tf")
class TransformerXLBlock(EncoderBlock):
    """Causal relative attention and a feed-forward layer on a residual stream.

    Args:
        num_heads: Number of attention heads.
        hidden_dim: Width inside the feed-forward layer.
        max_distance: Keys further back count as being so far; None for no limit.
        own_biases: Whether the content and position biases are the block's; else the
            call hands them over.
        window: Keys fewer than `window` positions back are seen; all when None.
        activation: Of the feed-forward layer: `relu`, `gelu`, `gelu_tanh`, `silu`...
        gated: Whether the feed-forward layer is gated (`silu` makes it SwiGLU).
        norm: `layer` (LayerNorm) or `rms` (RMSNorm).
        norm_first: Whether each sublayer reads normalised input (pre-norm) or its sum
            with the input is normalised (post-norm, the paper's).
        epsilon: Of the normalisation.
        dropout: Share of each sublayer's output dropped in training, in [0, 1).
        attention_dropout: The same for attention weights.
        activation_dropout: The same for the feed-forward layer's hidden features.
        head_dim: Width of one head; dim / num_heads when None.
        scale: Scale of the attention logits; 1 / sqrt(head_dim) when None.
        use_bias: Whether the feed-forward layer adds biases (attention never does).
        kernel_initializer: Initializer of the projections.
        num_key_value_heads, soft_cap, query_key_norm: None and False; the other blocks'
            attention has them, this one has not.

    Call:
        x: [batch, length, dim] floats.
        memory: [batch, memory, dim] floats: what this block read of the segment before.
        attention_mask: As `RelativeAttention` takes it.
        biases: As `RelativeAttention` takes them.
        return_weights: Whether to return the attention weights too.

    Returns:
        output: [batch, length, dim] floats.
        weights: [batch, head, length, memory + length] floats, if asked for.

    Raises:
        ValueError: sizes that do not divide, or an argument of attention that this
            block does not have.

    Example:
        >>> block = TransformerXLBlock(num_heads=2, hidden_dim=32)
        >>> x, memory = keras.random.normal((2, 1, 4, 8))
        >>> output, weights = block(x, memory=memory, return_weights=True)
        >>> print(output.shape, weights.shape)
        (1, 4, 8) (1, 2, 4, 8)

    Source: https://arxiv.org/abs/1901.02860, section 3.3.
    """

    def __init__(
        self,
        num_heads: int,
        hidden_dim: int,
        *,
        max_distance: int | None = None,
        own_biases: bool = True,
        **kwargs,
    ):
        super().__init__(num_heads, hidden_dim, **kwargs)
        self.max_distance = optional_size("max_distance", max_distance)
        self.own_biases = check_flag("own_biases", own_biases)
        for name in ("num_key_value_heads", "soft_cap", "query_key_norm"):
            if getattr(self, name):
                raise ValueError(
                    f"relative attention has no {name}; got {getattr(self, name)!r}"
                )

    def build(self, x_shape, memory_shape=None):
        super().build(x_shape)

    def _attention(self, name):
        return RelativeAttention(
            self.num_heads,
            head_dim=self.head_dim,
            max_distance=self.max_distance,
            window=self.window,
            scale=self.scale,
            own_biases=self.own_biases,
            dropout=self.attention_dropout,
            kernel_initializer=initializer_for(self.kernel_initializer, name),
            dtype=self.dtype_policy,
            name=name,
        )

    def call(  # type: ignore[override]
        self,
        x,
        memory=None,
        attention_mask=None,
        biases=None,
        return_weights=False,
        training=None,
    ):
        if memory is not None:
            memory = self.before(memory, self.attention_norm)
        change = self.attention(
            self.before(x, self.attention_norm),
            memory=memory,
            attention_mask=attention_mask,
            biases=biases,
            return_weights=return_weights,
            training=training,
        )
        change, *weights = change if return_weights else (change,)
        x = self.after(x, change, self.attention_norm, training)
        change = self.feed_forward(
            self.before(x, self.feed_forward_norm), training=training
        )
        x = self.after(x, change, self.feed_forward_norm, training)
        return (x, *weights) if return_weights else x

    def compute_output_shape(self, x_shape, memory_shape=None):
        return tuple(x_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "max_distance": self.max_distance,
            "own_biases": self.own_biases,
        }
