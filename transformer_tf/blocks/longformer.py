"""Longformer block: an encoder block for long texts."""

import keras

from transformer_tf.attention.longformer import LongformerAttention
from transformer_tf.blocks.encoder import EncoderBlock
from transformer_tf.initializers import initializer_for


@keras.saving.register_keras_serializable(package="transformer_tf")
class LongformerBlock(EncoderBlock):
    """An encoder block with Longformer's attention: a window, and global positions.

    Args:
        num_heads: Number of attention heads.
        hidden_dim: Hidden dimension of the feed-forward layer.
        window: Each local position attends to those fewer than `window` positions
            away, on both sides.
        activation: Nonlinearity of the feed-forward layer: `relu`, `gelu`, `silu`...
        gated: Whether the feed-forward layer is gated (`silu` makes it SwiGLU).
        norm: `layer` (LayerNorm) or `rms` (RMSNorm).
        norm_first: Whether each sublayer reads normalised input (pre-norm) or its sum
            with the input is normalised (post-norm, the paper's).
        epsilon: Added to the variance in the normalisations.
        dropout: Share of each sublayer's output dropped in training, in [0, 1).
        attention_dropout: The same for attention weights.
        activation_dropout: The same for the feed-forward layer's hidden features.
        head_dim: Dimension of each head; dim / num_heads when None.
        scale: Scale of the attention logits; 1 / sqrt(head_dim) when None.
        use_bias: Whether projections add a bias.
        kernel_initializer: Initializer of the projections' kernels.
        num_key_value_heads, soft_cap, query_key_norm: None and False; the other blocks'
            attention has them, this one has not.

    Call:
        x: [batch, length, dim] floats. Padding that Keras knows of is honoured.
        global_attention_mask: [batch, length] booleans, True for positions that see,
            and are seen by, every other; none when left out.
        return_weights: Whether to return the attention weights too.

    Returns:
        output: [batch, length, dim] floats.
        weights: [batch, head, length, length] floats, if asked for.

    Raises:
        ValueError: sizes that do not divide, no window, or an argument of attention
            that this block does not have.

    Example:
        >>> block = LongformerBlock(num_heads=2, hidden_dim=32, window=3)
        >>> x = keras.random.normal((1, 50, 8))
        >>> first = ops.arange(50)[None] == 0
        >>> print(block(x, global_attention_mask=first).shape)
        (1, 50, 8)

    Source: https://arxiv.org/abs/2004.05150, section 3.
    """

    def __init__(self, num_heads: int, hidden_dim: int, **kwargs):
        super().__init__(num_heads, hidden_dim, **kwargs)
        if self.window is None:
            raise ValueError("Longformer attention needs a window; got None")
        for name in ("num_key_value_heads", "soft_cap", "query_key_norm"):
            if getattr(self, name):
                raise ValueError(
                    f"Longformer attention has no {name}; got {getattr(self, name)!r}"
                )

    def _attention(self, name):
        return LongformerAttention(
            self.num_heads,
            self.window,
            head_dim=self.head_dim,
            scale=self.scale,
            use_bias=self.use_bias,
            dropout=self.attention_dropout,
            kernel_initializer=initializer_for(self.kernel_initializer, name),
            dtype=self.dtype_policy,
            name=name,
        )

    def call(  # type: ignore[override]
        self, x, global_attention_mask=None, return_weights=False, training=None
    ):
        change = self.attention(
            self.before(x, self.attention_norm),
            global_attention_mask=global_attention_mask,
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

    def compute_output_shape(self, x_shape, global_attention_mask_shape=None):
        return tuple(x_shape)
