"""Multi-head attention: several small attentions side by side."""

import keras
from keras import ops

from transformer_tf import fast_form
from transformer_tf.arguments import (
    check_flag,
    check_key_value_heads,
    check_rate,
    check_size,
    optional_number,
    optional_size,
)
from transformer_tf.attention.attention_mask import AttentionMask
from transformer_tf.attention.cache import (
    KeyValueCache,
    ProjectedMemory,
    visible_positions,
)
from transformer_tf.attention.cached import NEVER, attend_to_cache, cache_offsets
from transformer_tf.attention.implicit_mask import implicit_mask
from transformer_tf.attention.roads import attended
from transformer_tf.initializers import (
    check_initializer,
    initializer_for,
    serialize_initializer,
)
from transformer_tf.layer import Layer
from transformer_tf.shapes import check_axes, check_positions, differ


@keras.saving.register_keras_serializable(package="transformer_tf")
class MultiHeadAttention(Layer):
    """Lets each position gather, once per head, what it looks for in a sequence.

    Queries, keys and values are projected, split into heads, attended with, merged and
    projected back. Long sequences take the blockwise road, which gives the same numbers
    in less memory; nobody needs to ask for it.

    Args:
        num_heads: How many heads look.
        head_dim: Width of one head; dim / num_heads when None.
        num_key_value_heads: How many heads are looked at; it divides `num_heads`, and
            neighbouring heads share one. None gives every head its own.
        scale: Factor of the scores; 1 / sqrt(head_dim) when None (T5 has 1).
        use_bias: Whether the four projections add a bias.
        dropout: Share of the attention weights dropped in training, in [0, 1).
        kernel_initializer: How the projections start.
        seed: Of the dropout; None draws one.

    Call:
        query: [batch, query, dim] floats.
        key: [batch, key, key_dim] floats, or a `ProjectedMemory`; the queries
            themselves (self-attention) when left out.
        value: [batch, key, value_dim] floats; the keys when left out.
        attention_mask: Booleans [query, key], [batch, query, key] or [batch, head,
            query, key], True where looking is allowed, or an `AttentionMask`. Padding
            that Keras knows of is honoured as well. A query that may look nowhere
            gathers zeros.
        position_bias: Floats that broadcast to [batch, head, query, key], or a
            `RelativePositionBias` or `LinearPositionBias` layer.
        rotary: A `RotaryPositions` layer that turns queries and keys (self-attention
            only).
        positions: [query] or [batch, query] integers; 0, 1, 2... (with a cache: going
            on from it) when left out. With a cache -1 marks padding.
        cache: A `KeyValueCache` (self-attention only): the tokens are added to it, and
            each looks at itself and at what came before.
        return_weights: Whether to return the attention weights too.

    Returns:
        output: [batch, query, dim] floats.
        weights: [batch, head, query, key] floats, if asked for.
        cache: The cache with the new tokens in it, if one was given.

    Raises:
        ValueError: sizes that do not divide, a shape that does not fit, or options that
            contradict each other.
        TypeError: a mask that is not boolean.

    Source: https://arxiv.org/abs/1706.03762, section 3.2.2; shared keys and values:
    https://arxiv.org/abs/2305.13245.
    """

    def __init__(
        self,
        num_heads,
        head_dim=None,
        num_key_value_heads=None,
        scale=None,
        use_bias=True,
        dropout=0.0,
        kernel_initializer="glorot_uniform",
        seed=None,
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
        queries, keys = self.num_heads * self.width, self.key_heads * self.width
        self.query_projection = self._projection("query", query_shape, queries)
        self.key_projection = self._projection("key", key_shape, keys)
        self.value_projection = self._projection("value", value_shape, keys)
        merged_shape = (*query_shape[:-1], queries)
        self.output_projection = self._projection("output", merged_shape, dim)

    def _projection(self, name, input_shape, units):
        layer = keras.layers.Dense(
            units,
            use_bias=self.use_bias,
            kernel_initializer=initializer_for(self.kernel_initializer, name),
            dtype=self.dtype_policy,
            name=name,
        )
        layer.build(input_shape)
        return layer

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
        self._check_call(query, key, value, rotary, positions, cache)
        length = ops.shape(query)[1]
        q = self.split_heads(self.query_projection(query), self.num_heads)
        k, v, valid_mask = self._keys(query if key is None else key, value)
        mask = AttentionMask.of(attention_mask)
        if valid_mask is not None:
            mask = mask & AttentionMask(key_padding=valid_mask)
        if positions is None and cache is not None:
            positions = cache.next_positions(length, valid_mask)
        if rotary is not None:
            q, k = rotary.turned(q, positions), rotary.turned(k, positions)
        key_positions = positions if key is None else None
        if cache is not None:
            cache = cache.append(k, v, visible_positions(positions, valid_mask))
            k, v = ops.swapaxes(cache.key, -1, -2), cache.value
            key_positions = cache.positions
            seen = AttentionMask(causal=True, key_padding=key_positions >= 0)
            mask = AttentionMask.of(attention_mask) & seen
        output, weights = attended(
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
        )
        output = self.output_projection(self.merge_heads(output))
        asked_for = (return_weights, weights), (cache is not None, cache)
        extras = tuple(extra for wanted, extra in asked_for if wanted)
        return (output, *extras) if extras else output

    def project(self, memory, value=None):
        """The keys and values of a sequence, ready for many queries.

        Args:
            memory: [batch, memory, key_dim] floats, or what this method returned.
            value: [batch, memory, value_dim] floats; the memory itself when left out.

        Returns:
            A `ProjectedMemory`, which `call` takes in place of `key`. The padding that
            Keras knows of goes with it.
        """
        if isinstance(memory, ProjectedMemory):
            return memory
        if not self.built:
            raise ValueError(f"build {self.name} before its projections are used")
        key, value, valid_mask = self._keys(memory, value)
        return ProjectedMemory(ops.swapaxes(key, -1, -2), value, valid_mask)

    def _keys(self, memory, value=None):
        """Keys and values [batch, key_head, key, head_dim], and which are valid."""
        if isinstance(memory, ProjectedMemory):
            return ops.swapaxes(memory.key, -1, -2), memory.value, memory.valid_mask
        value = memory if value is None else value
        return (
            self.split_heads(self.key_projection(memory), self.key_heads),
            self.split_heads(self.value_projection(value), self.key_heads),
            implicit_mask(memory),
        )

    def empty_cache(self, batch_size, capacity):
        """A cache for this layer with `capacity` free slots a row."""
        return KeyValueCache.empty(
            batch_size,
            self.key_heads,
            capacity,
            self.width,
            self.key_projection.compute_dtype,
            self.value_projection.compute_dtype,
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
            offsets = ops.where(memory.valid_mask, 0.0, NEVER)[:, None, None, :]
        memory = {"key": memory.key, "value": memory.value, "offsets": offsets}
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
        # [batch, new, all heads * head_dim] -> [batch, all heads, new, head_dim]
        x = self.split_heads(x, self.num_heads + 2 * self.key_heads)
        heads = [self.num_heads, self.num_heads + self.key_heads]
        query, key, value = ops.split(x, heads, axis=1)
        if rotary is not None:
            query = rotary.turned(query, positions)
            key = rotary.turned(key, positions)
        cache = cache.append(key, value, visible_positions(positions, valid_mask))
        offsets = cache_offsets(cache, attention_mask, position_bias, positions)
        x = attend_to_cache(query, cache.key, cache.value, offsets, self.scale)
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
        query = self.split_heads(x, self.num_heads)
        attended = prepared["key"], prepared["value"], prepared["offsets"]
        x = attend_to_cache(query, *attended, self.scale)
        return fast_form.project(x, prepared["output"])

    def split_heads(self, x, heads):
        """[batch, length, head * head_dim] -> [batch, head, length, head_dim]"""
        batch, length, _ = ops.shape(x)
        x = ops.reshape(x, (batch, length, heads, self.width))
        return ops.transpose(x, (0, 2, 1, 3))

    def merge_heads(self, x):
        """[batch, head, length, head_dim] -> [batch, length, head * head_dim]"""
        batch, _, length, _ = ops.shape(x)
        x = ops.transpose(x, (0, 2, 1, 3))
        return ops.reshape(x, (batch, length, self.num_heads * self.width))

    def compute_output_shape(self, query_shape, key_shape=None, value_shape=None):
        return tuple(query_shape)

    def _check_call(self, query, key, value, rotary, positions, cache):
        check_axes("query", query, "batch", "query", "dim")
        check_positions(positions, query.shape[1])
        if key is None:
            if value is not None:
                raise ValueError("a value needs its key; got a value alone")
            return
        if not isinstance(key, ProjectedMemory):
            check_axes("key", key, "batch", "key", "key_dim")
            if value is not None:
                check_axes("value", value, "batch", "key", "value_dim")
                if differ(key.shape[1], value.shape[1]):
                    raise ValueError(
                        f"each key needs one value; got {key.shape[1]} keys and "
                        f"{value.shape[1]} values"
                    )
        if cache is not None:
            raise ValueError(
                "a cache is for self-attention; to look at a finished sequence again "
                "and again pass key=layer.project(sequence)"
            )
        if rotary is not None:
            raise ValueError("rotary positions are for self-attention; got a key too")

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
        }
