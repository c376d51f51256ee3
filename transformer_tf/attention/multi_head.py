"""Multi-head attention: several attentions in parallel, each in a subspace."""

import keras
from keras import ops

from transformer_tf import fast_form
from transformer_tf.annotations import Initializer
from transformer_tf.arguments import (
    check_flag,
    check_key_value_heads,
    check_positive,
    check_rate,
    check_size,
    optional_number,
    optional_positive,
    optional_size,
)
from transformer_tf.attention.attention_mask import AttentionMask
from transformer_tf.attention.cache import (
    KeyValueCache,
    ProjectedMemory,
    visible_positions,
)
from transformer_tf.attention.cached import attend_to_cache, cache_mask, cache_offsets
from transformer_tf.attention.call_checks import check_call
from transformer_tf.attention.dispatch import dot_product_attention
from transformer_tf.attention.implicit_mask import implicit_mask, zero_padding
from transformer_tf.attention.pairs import refuse_ambiguous
from transformer_tf.initializers import check_initializer, serialize_initializer
from transformer_tf.layer import Layer
from transformer_tf.logits import MASKED_LOGIT
from transformer_tf.projection import new_projection


@keras.saving.register_keras_serializable(package="transformer_tf")
class MultiHeadAttention(Layer):
    """Attends with several heads in parallel, each with projections of its own.

    Queries, keys and values are projected and split into heads; the heads' outputs are
    merged and projected back. For long sequences the memory-efficient path, which gives
    the same numbers, is selected automatically.

    Args:
        num_heads: Number of query heads.
        head_dim: Dimension of each head; dim / num_heads when None.
        num_key_value_heads: Number of key-value heads, a divisor of `num_heads`:
            neighbouring query heads share one (grouped-query attention; 1 is
            multi-query attention). None gives each query head its own.
        value_dim: Dimension of each head's values; head_dim when None.
        scale: Scale of the attention logits; 1 / sqrt(head_dim) when None (T5 has 1).
        soft_cap: Scaled logits become soft_cap * tanh(logits / soft_cap), so that none
            exceeds it (Gemma 2); None for no cap.
        query_key_norm: Whether queries and keys are normalised in each head (an RMS
            norm with a learned scale, before rotary positions).
        epsilon: Added to the variance in that normalisation.
        use_bias: Whether the four projections add a bias.
        dropout: Share of the attention weights dropped in training, in [0, 1).
        kernel_initializer: Kernel initializer of the four projections.
        seed: Seed of the dropout; None draws one.

    Call:
        query: [batch, query, dim] floats.
        key: [batch, key, key_dim] floats, or a `ProjectedMemory`; the queries
            themselves (self-attention) when left out.
        value: [batch, key, value_dim] floats; the keys when left out.
        attention_mask: Booleans [query, key], [batch, query, key] or [batch, head,
            query, key], True where attention is allowed, or an `AttentionMask`. A
            propagated padding mask applies as well. A fully masked row outputs zeros.
        position_bias: Floats that broadcast to [batch, head, query, key], or a
            `RelativePositionBias` or `ALiBi` layer.
        rotary: A `RotaryPositions` layer that rotates the queries and keys.
        positions: [query] or [batch, query] integers; 0, 1, 2... (with a cache: those
            that follow it) when left out. With a cache -1 marks padding.
        cache: A `KeyValueCache` (self-attention only): the tokens are appended to
            it, and each attends to itself and to what came before.
        return_weights: Whether to return the attention weights too.

    Returns:
        output: [batch, query, dim] floats.
        weights: [batch, head, query, key] floats, if asked for.
        cache: The cache with the new tokens in it, if one was given.

    Raises:
        ValueError: sizes that do not divide, shapes or options that do not fit.
        TypeError: a mask that is not boolean.

    Example:
        >>> layer, x = MultiHeadAttention(num_heads=4), keras.random.normal((2, 7, 8))
        >>> output, weights = layer(x, return_weights=True)
        >>> print(output.shape, weights.shape)
        (2, 7, 8) (2, 4, 7, 7)

    Source: https://arxiv.org/abs/1706.03762, section 3.2.2; shared keys and values:
    https://arxiv.org/abs/2305.13245; soft caps: https://arxiv.org/abs/2408.00118,
    section 2; norms of queries and keys: https://arxiv.org/abs/2302.05442, section 2.2.
    """

    def __init__(
        self,
        num_heads: int,
        head_dim: int | None = None,
        num_key_value_heads: int | None = None,
        scale: float | None = None,
        use_bias: bool = True,
        dropout: float = 0.0,
        kernel_initializer: Initializer = "glorot_uniform",
        seed: int | None = None,
        value_dim: int | None = None,
        soft_cap: float | None = None,
        query_key_norm: bool = False,
        epsilon: float = 1e-6,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.num_heads = check_size("num_heads", num_heads)
        self.head_dim = optional_size("head_dim", head_dim)
        self.num_key_value_heads = check_key_value_heads(
            num_key_value_heads, self.num_heads
        )
        self.scale = optional_number("scale", scale)
        self.use_bias = check_flag("use_bias", use_bias)
        self.dropout = check_rate("dropout", dropout)
        self.kernel_initializer = check_initializer(
            "kernel_initializer", kernel_initializer
        )
        self.seed = optional_size("seed", seed, minimum=0)
        self.value_dim = optional_size("value_dim", value_dim)
        self.soft_cap = optional_positive("soft_cap", soft_cap)
        self.query_key_norm = check_flag("query_key_norm", query_key_norm)
        self.epsilon = check_positive("epsilon", epsilon)
        self.supports_masking = True
        if dropout:
            self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, query_shape, key_shape=None, value_shape=None):
        dim = query_shape[-1]
        if self.head_dim is None and dim % self.num_heads:
            raise ValueError(
                f"num_heads must divide dim unless head_dim is given; got {dim} "
                f"features for {self.num_heads} heads"
            )
        self.width = self.head_dim or dim // self.num_heads
        self.key_heads = self.num_key_value_heads or self.num_heads
        if key_shape is None or isinstance(key_shape[0], (tuple, list)):
            key_shape = query_shape
        value_shape = value_shape or key_shape
        self.value_width = self.value_dim or self.width
        queries, keys = self.num_heads * self.width, self.key_heads * self.width
        values = self.key_heads * self.value_width
        bias = self.use_bias
        self.query_projection = new_projection(
            self, "query", query_shape, queries, bias
        )
        self.key_projection = new_projection(self, "key", key_shape, keys, bias)
        self.value_projection = new_projection(self, "value", value_shape, values, bias)
        merged_shape = (*query_shape[:-1], self.num_heads * self.value_width)
        self.output_projection = new_projection(self, "output", merged_shape, dim, bias)
        if self.query_key_norm:
            self.query_norm = self._norm("query_norm")
            self.key_norm = self._norm("key_norm")

    def _norm(self, name):
        """The normalisation of every head: one scale for each of its features."""
        norm = keras.layers.RMSNormalization(
            epsilon=self.epsilon, dtype=self.dtype_policy, name=name
        )
        norm.build((None, None, None, self.width))
        return norm

    def call(
        self,
        query,
        key=None,
        value=None,
        attention_mask=None,
        position_bias=None,
        rotary=None,
        positions=None,
        cache=None,
        return_weights=False,
        training=None,
    ):
        check_call(query, key, value, rotary, positions, cache)
        refuse_ambiguous(attention_mask, query)
        q = self._split_queries(self.query_projection(query))
        k, v, valid_mask = self._keys(query if key is None else key, value)
        if positions is None and cache is not None:
            positions = cache.next_positions(ops.shape(query)[1], valid_mask)
        if rotary is not None:
            q, k = rotary.rotate(q, positions), rotary.rotate(k, positions)
        key_positions = positions if key is None else None
        mask = AttentionMask.of(attention_mask)
        if cache is not None:
            cache = cache.append(k, v, visible_positions(positions, valid_mask))
            k, v = cache.by_head()
            key_positions, mask = cache.positions, mask & cache_mask(cache)
        elif valid_mask is not None:
            mask = mask & AttentionMask(key_padding=valid_mask)
        output, weights = dot_product_attention(
            q,
            k,
            v,
            mask,
            position_bias,
            positions,
            key_positions,
            scale=self.scale,
            dropout=self.dropout if training else 0.0,
            seed=self.seed_generator.next() if training and self.dropout else None,
            return_weights=return_weights,
            soft_cap=self.soft_cap,
            training=bool(training),
        )
        output = self.output_projection(self.merge_heads(output))
        asked_for = (return_weights, weights), (cache is not None, cache)
        extras = tuple(extra for wanted, extra in asked_for if wanted)
        return (output, *extras) if extras else output

    def project(self, memory, value=None):
        """Projects the keys and values of a sequence, to be attended to many times.

        Args:
            memory: [batch, memory, key_dim] floats, or what this method returned.
            value: [batch, memory, value_dim] floats; the memory when left out.

        Returns:
            A `ProjectedMemory`, which `call` takes in place of `key`. A propagated
            padding mask goes with it.
        """
        if isinstance(memory, ProjectedMemory):
            return memory
        self.check_built()
        key, value, valid_mask = self._keys(memory, value)
        return ProjectedMemory(ops.swapaxes(key, -1, -2), value, valid_mask)

    def _split_queries(self, x):
        """[batch, length, head * head_dim] -> [batch, head, length, head_dim]"""
        x = self.split_heads(x, self.num_heads, self.width)
        return self.query_norm(x) if self.query_key_norm else x

    def _split_keys(self, x):
        """[batch, key, key_head * head_dim] -> [batch, key_head, key, head_dim]"""
        x = self.split_heads(x, self.key_heads, self.width)
        return self.key_norm(x) if self.query_key_norm else x

    def _split_values(self, x):
        """[batch, key, key_head * value_dim] -> [batch, key_head, key, value_dim]"""
        return self.split_heads(x, self.key_heads, self.value_width)

    def _keys(self, memory, value=None):
        """Keys and values [batch, key_head, key, head_dim], and which are valid."""
        if isinstance(memory, ProjectedMemory):
            return ops.swapaxes(memory.key, -1, -2), memory.value, memory.valid_mask
        value, valid_mask = memory if value is None else value, implicit_mask(memory)
        memory, value = zero_padding(memory, value, valid_mask=valid_mask)
        return (
            self._split_keys(self.key_projection(memory)),
            self._split_values(self.value_projection(value)),
            valid_mask,
        )

    def empty_cache(self, batch_size, capacity):
        """A cache for this layer with `capacity` free slots per row."""
        self.check_built()
        return KeyValueCache.empty(
            batch_size,
            self.key_heads,
            capacity,
            self.width,
            self.key_projection.compute_dtype,
            self.value_projection.compute_dtype,
            self.value_width,
        )

    def prepare(self, memory=None):
        """What `step` or `step_across` reads alike at every step.

        Args:
            memory: A `ProjectedMemory`, for cross-attention; None for self-attention.

        Returns:
            A dict of tensors, {} where a projection is more than a matrix and a bias.
        """
        query, key, value, output = projections = (
            self.query_projection,
            self.key_projection,
            self.value_projection,
            self.output_projection,
        )
        if not all(fast_form.is_plain(p, self.compute_dtype) for p in projections):
            return {}
        query, output = fast_form.prepare_dense(query), fast_form.prepare_dense(output)
        if memory is None:
            key, value = fast_form.prepare_dense(key), fast_form.prepare_dense(value)
            return {"joined": fast_form.join(query, key, value), "output": output}
        offsets = ops.zeros((1, 1, 1, 1), "float32")
        if memory.valid_mask is not None:
            offsets = ops.where(memory.valid_mask, 0.0, MASKED_LOGIT)[:, None, None, :]
        # [batch, head, ...] -> [batch * head, ...], as in a `KeyValueCache`
        key, value = (
            ops.reshape(x, (-1, *ops.shape(x)[2:])) for x in (memory.key, memory.value)
        )
        memory = {"key": key, "value": value, "offsets": offsets}
        return {"query": query, "output": output, **memory}

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
        """Self-attention of some more tokens: `call` with a cache, on what is prepared.

        Args:
            x: [batch, new, dim] floats.
            prepared: What `prepare` returned.
            cache, positions, attention_mask, position_bias, rotary: As `call` takes
                them.

        Returns:
            output: [batch, new, dim] floats.
            cache: The cache with the new tokens in it.
        """
        valid_mask = implicit_mask(x)
        x = fast_form.project(ops.cast(x, self.compute_dtype), prepared["joined"])
        widths = self.num_heads * self.width, self.key_heads * self.width
        query, key, value = ops.split(x, [widths[0], sum(widths)], axis=-1)
        key, value = zero_padding(key, value, valid_mask=valid_mask)
        query, key = self._split_queries(query), self._split_keys(key)
        value = self._split_values(value)
        if rotary is not None:
            query = rotary.rotate(query, positions)
            key = rotary.rotate(key, positions)
        cache = cache.append(key, value, visible_positions(positions, valid_mask))
        offsets = cache_offsets(cache, attention_mask, position_bias, positions)
        x = attend_to_cache(
            query, cache.key, cache.value, offsets, self.scale, self.soft_cap
        )
        return fast_form.project(x, prepared["output"]), cache

    def step_across(self, x, prepared):
        """Cross-attention of some more tokens to the memory that was prepared.

        Args:
            x: [batch, new, dim] floats.
            prepared: What `prepare(memory)` returned.

        Returns:
            [batch, new, dim] floats.
        """
        x = fast_form.project(ops.cast(x, self.compute_dtype), prepared["query"])
        memory = prepared["key"], prepared["value"], prepared["offsets"]
        x = attend_to_cache(self._split_queries(x), *memory, self.scale, self.soft_cap)
        return fast_form.project(x, prepared["output"])

    def split_heads(self, x, heads, width):
        """[batch, length, head * width] -> [batch, head, length, width]"""
        batch, length, _ = ops.shape(x)
        x = ops.reshape(x, (batch, length, heads, width))
        return ops.transpose(x, (0, 2, 1, 3))

    def merge_heads(self, x):
        """[batch, head, length, value_dim] -> [batch, length, head * value_dim]"""
        batch, _, length, _ = ops.shape(x)
        x = ops.transpose(x, (0, 2, 1, 3))
        return ops.reshape(x, (batch, length, self.num_heads * self.value_width))

    def compute_output_shape(self, query_shape, key_shape=None, value_shape=None):
        return tuple(query_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "head_dim": self.head_dim,
            "num_key_value_heads": self.num_key_value_heads,
            "scale": self.scale,
            "use_bias": self.use_bias,
            "dropout": self.dropout,
            "kernel_initializer": serialize_initializer(self.kernel_initializer),
            "seed": self.seed,
            "value_dim": self.value_dim,
            "soft_cap": self.soft_cap,
            "query_key_norm": self.query_key_norm,
            "epsilon": self.epsilon,
        }
