"""Decoder block: causal self-attention, cross-attention, feed-forward."""

import keras
from keras import ops

from transformer_tf import fast_form
from transformer_tf.arguments import check_flag
from transformer_tf.attention import AttentionMask, MultiHeadAttention
from transformer_tf.attention.cache import repeat_rows
from transformer_tf.attention.implicit_mask import carry_mask, implicit_mask
from transformer_tf.attention.pairs import refuse_ambiguous
from transformer_tf.blocks.block import Block


@keras.saving.register_keras_serializable(package="transformer_tf")
class DecoderBlock(Block):
    """Causal self-attention, cross-attention if wanted, and a feed-forward layer.

    Args:
        num_heads: Number of query heads.
        hidden_dim: Hidden dimension of the feed-forward layer.
        use_cross_attention: Whether it also attends to a memory (an encoder's output).
        window: Sliding window: number of positions attended to, itself included; all
            when None.
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
        soft_cap: Soft cap of the attention logits, as in `MultiHeadAttention`.
        query_key_norm: Whether queries and keys are normalised, head by head.

    Call:
        x: [batch, length, dim] floats.
        memory: [batch, memory, memory_dim] floats, or what `project` made of them;
            only with `use_cross_attention`.
        attention_mask: Which query may attend to which key, beside causality, as
            `MultiHeadAttention` takes it. A propagated padding mask applies as well.
        cross_attention_mask: The same for the memory.
        position_bias: Of the self-attention, as `MultiHeadAttention` takes it.
        rotary: A `RotaryPositions` layer, for the self-attention.
        positions: [length] or [batch, length] integers; 0, 1, 2... (with a cache: going
            on from it) when left out. With a cache -1 marks padding.
        cache: A `KeyValueCache`, to read a sequence piece by piece.
        return_weights: Whether to return the attention weights too.

    Returns:
        output: [batch, length, dim] floats.
        weights: [batch, head, length, key] floats, if asked for; with cross-attention
            followed by memory weights, [batch, head, length, memory].
        cache: The cache with the new tokens in it, if one was given.

    Raises:
        ValueError: sizes that do not divide, an argument outside its range, a memory
            without `use_cross_attention` or the other way round.

    Example:
        >>> block = DecoderBlock(num_heads=4, hidden_dim=32, use_cross_attention=True)
        >>> x = keras.random.normal((2, 7, 16))
        >>> memory = keras.random.normal((2, 9, 16))  # an encoder's output
        >>> print(block(x, memory).shape)
        (2, 7, 16)

    Source: https://arxiv.org/abs/1706.03762, section 3.1; without memory
    https://arxiv.org/abs/1801.10198, section 4.2.3.
    """

    def __init__(
        self,
        num_heads: int,
        hidden_dim: int,
        *,
        use_cross_attention: bool = False,
        **kwargs,
    ):
        super().__init__(num_heads, hidden_dim, **kwargs)
        self.use_cross_attention = check_flag(
            "use_cross_attention", use_cross_attention
        )
        self.looking_back = AttentionMask(causal=True, window=self.window)

    def build(self, x_shape, memory_shape=None):
        self.attention = self._attention("attention")
        self.attention.build(x_shape)
        self.attention_norm = self._normalization("attention_norm")
        self.attention_norm.build(x_shape)
        if self.use_cross_attention:
            if memory_shape is None:
                raise ValueError("with use_cross_attention the block needs a memory")
            self.cross_attention = self._attention("cross_attention")
            self.cross_attention.build(x_shape, memory_shape)
            self.cross_attention_norm = self._normalization("cross_attention_norm")
            self.cross_attention_norm.build(x_shape)
        self.feed_forward = self._feed_forward()
        self.feed_forward.build(x_shape)
        self.feed_forward_norm = self._normalization("feed_forward_norm")
        self.feed_forward_norm.build(x_shape)

    def call(
        self,
        x,
        memory=None,
        attention_mask=None,
        cross_attention_mask=None,
        position_bias=None,
        rotary=None,
        positions=None,
        cache=None,
        return_weights=False,
        training=None,
    ):
        if (memory is not None) != self.use_cross_attention:
            raise ValueError(
                "a memory goes with use_cross_attention=True, and only with it; got "
                f"use_cross_attention={self.use_cross_attention} and "
                f"{'no' if memory is None else 'a'} memory"
            )
        refuse_ambiguous(attention_mask, x)
        # In order: the change, then the weights and the cache, where there are any.
        change, *extras = _as_list(
            self.attention(
                self.before(x, self.attention_norm),
                attention_mask=self.looking_back & attention_mask,
                position_bias=position_bias,
                rotary=rotary,
                positions=positions,
                cache=cache,
                return_weights=return_weights,
                training=training,
            ),
            return_weights or cache is not None,
        )
        x = self.after(x, change, self.attention_norm, training)
        if self.use_cross_attention:
            change, *weights = _as_list(
                self.cross_attention(
                    self.before(x, self.cross_attention_norm),
                    key=memory,
                    attention_mask=cross_attention_mask,
                    return_weights=return_weights,
                    training=training,
                ),
                return_weights,
            )
            extras[1:1] = weights
            x = self.after(x, change, self.cross_attention_norm, training)
        change = self.feed_forward(
            self.before(x, self.feed_forward_norm), training=training
        )
        x = self.after(x, change, self.feed_forward_norm, training)
        return (x, *extras) if extras else x

    def project(self, memory):
        """The memory's keys and values, computed once for every step to come."""
        return self.cross_attention.project(memory)

    def empty_cache(self, batch_size, capacity):
        """A cache for this block with `capacity` free slots per row."""
        return self.attention.empty_cache(batch_size, capacity)

    def prepare(self, memory=None, memory_mask=None, copies=1):
        """What `step` reads alike at every step.

        Args:
            memory: [batch, memory, memory_dim] floats, with `use_cross_attention`.
            memory_mask: [batch, memory] booleans, True for real positions.
            copies: Number of neighbouring rows that attend to one memory.

        Returns:
            A dict with what each sublayer prepares, {} for one without a fast form.
        """
        prepared = {
            "attention": fast_form.prepare(self.attention),
            "feed_forward": fast_form.prepare(self.feed_forward),
        }
        if self.use_cross_attention:
            attention = self.cross_attention
            if type(attention) is MultiHeadAttention:
                memory = attention.project(memory)._replace(valid_mask=memory_mask)
                memory = memory.repeat(copies)
            else:
                memory = repeat_rows(memory, copies)
            prepared["memory"] = memory
            prepared["memory_mask"] = repeat_rows(memory_mask, copies)
            prepared["cross_attention"] = fast_form.prepare(attention, memory)
        return prepared

    def step(
        self,
        x,
        prepared,
        cache,
        positions,
        attention_mask=None,
        position_bias=None,
        rotary=None,
    ):
        """Reads some more tokens: `call` with a cache, on what `prepare` returned.

        A sublayer without a fast form is called.

        Args:
            x: [batch, new, dim] floats.
            prepared: What `prepare` returned.
            cache, positions, attention_mask, position_bias, rotary: As in `call`.

        Returns:
            output: [batch, new, dim] floats.
            cache: The cache with the new tokens in it.
        """
        x = carry_mask(ops.cast(x, self.compute_dtype), implicit_mask(x))
        normalized = self.before(x, self.attention_norm)
        given = {
            "cache": cache,
            "positions": positions,
            "attention_mask": self.looking_back & attention_mask,
            "position_bias": position_bias,
            "rotary": rotary,
        }
        if prepared["attention"]:
            change, cache = self.attention.step(
                normalized, prepared["attention"], **given
            )
        else:
            change, cache = self.attention(normalized, **given)
        x = self.after(x, change, self.attention_norm, False)
        if self.use_cross_attention:
            normalized = self.before(x, self.cross_attention_norm)
            if prepared["cross_attention"]:
                change = self.cross_attention.step_across(
                    normalized, prepared["cross_attention"]
                )
            else:
                # [batch, memory] -> [batch, 1, memory]: the same for every query
                mask = ops.expand_dims(prepared["memory_mask"], 1)
                change = self.cross_attention(
                    normalized, key=prepared["memory"], attention_mask=mask
                )
            x = self.after(x, change, self.cross_attention_norm, False)
        normalized = self.before(x, self.feed_forward_norm)
        if prepared["feed_forward"]:
            change = self.feed_forward.step(normalized, prepared["feed_forward"])
        else:
            change = self.feed_forward(normalized)
        return self.after(x, change, self.feed_forward_norm, False), cache

    def compute_output_shape(self, x_shape, memory_shape=None):
        return tuple(x_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "use_cross_attention": self.use_cross_attention,
        }


def _as_list(results, several):
    """What a layer returned, as a list, whether it was one tensor or several."""
    return list(results) if several else [results]
