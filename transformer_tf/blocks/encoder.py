"""Encoder block: self-attention, then a position-wise feed-forward layer."""

import keras

from transformer_tf.attention import AttentionMask
from transformer_tf.attention.pairs import refuse_ambiguous
from transformer_tf.blocks.block import Block


@keras.saving.register_keras_serializable(package="transformer_tf")
class EncoderBlock(Block):
    """Self-attention and a feed-forward layer, each with a residual connection.

    Args:
        num_heads: Number of query heads.
        hidden_dim: Hidden dimension of the feed-forward layer.
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
        num_key_value_heads: Number of key-value heads; `num_heads` when None.
        scale: Scale of the attention logits; 1 / sqrt(head_dim) when None.
        use_bias: Whether projections add a bias.
        kernel_initializer: Kernel initializer.
        window: Sliding window: each position attends to those fewer than `window`
            positions away, on both sides; all when None.
        soft_cap: Soft cap of the attention logits, as in `MultiHeadAttention`.
        query_key_norm: Whether queries and keys are normalised, head by head.

    Call:
        x: [batch, length, dim] floats.
        attention_mask: Which query may attend to which key, as `MultiHeadAttention`
            takes it. A propagated padding mask applies as well.
        position_bias: As `MultiHeadAttention` takes it.
        rotary: A `RotaryPositions` layer.
        positions: [length] or [batch, length] integers; 0, 1, 2... when left out.
        return_weights: Whether to return the attention weights too.

    Returns:
        output: [batch, length, dim] floats.
        weights: [batch, head, length, length] floats, if asked for.

    Raises:
        ValueError: sizes that do not divide, or an argument outside its range.

    Example:
        >>> block = EncoderBlock(num_heads=4, hidden_dim=32)
        >>> x = keras.random.normal((2, 7, 16))
        >>> output, weights = block(x, return_weights=True)
        >>> print(output.shape, weights.shape)
        (2, 7, 16) (2, 4, 7, 7)

    Source: https://arxiv.org/abs/1706.03762, section 3.1; norm first
    https://arxiv.org/abs/2002.04745; RMSNorm https://arxiv.org/abs/1910.07467.
    """

    def build(self, x_shape):
        self.attention = self._attention("attention")
        self.attention.build(x_shape)
        self.attention_norm = self._normalization("attention_norm")
        self.attention_norm.build(x_shape)
        self.feed_forward = self._feed_forward()
        self.feed_forward.build(x_shape)
        self.feed_forward_norm = self._normalization("feed_forward_norm")
        self.feed_forward_norm.build(x_shape)

    def call(
        self,
        x,
        attention_mask=None,
        position_bias=None,
        rotary=None,
        positions=None,
        return_weights=False,
        training=None,
    ):
        refuse_ambiguous(attention_mask, x)
        change = self.attention(
            self.before(x, self.attention_norm),
            attention_mask=AttentionMask(window=self.window) & attention_mask,
            position_bias=position_bias,
            rotary=rotary,
            positions=positions,
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
