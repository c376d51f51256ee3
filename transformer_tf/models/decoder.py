"""Decoder: a stack in which each position knows what came before it."""

import keras
from keras import ops

from transformer_tf import fast_form
from transformer_tf.arguments import check_flag
from transformer_tf.attention.cache import repeat_rows
from transformer_tf.attention.implicit_mask import carry_mask, implicit_mask
from transformer_tf.blocks import DecoderBlock
from transformer_tf.embedding import TokenEmbedding
from transformer_tf.models.config import TransformerConfig
from transformer_tf.models.decoder_cache import DecoderCache
from transformer_tf.models.padding import valid_target
from transformer_tf.models.stack import Stack, with_details
from transformer_tf.models.visibility import combine_masks, positions_in


@keras.saving.register_keras_serializable(package="transformer_tf")
class Decoder(Stack):
    """Turns each token into a vector that knows the tokens up to it.

    Args:
        config: A `TransformerConfig`, such as `gpt2_config()`.
        tokens: A `TokenEmbedding` to share with another stack; None makes one.
        use_cross_attention: Whether every block also attends to a memory (an encoder's
            output), which has `config.dim` features.

    Call:
        ids: [batch, length] integers in [0, vocabulary_size).
        memory: [batch, memory, dim] floats, or what `project` made of them; only with
            `use_cross_attention`. A propagated padding mask applies.
        padding_mask: [batch, length] booleans, True for real tokens. When left out all
            are real, but for the config's `padding_id`; with `use_cross_attention` the
            first token, a start token, is real in any case.
        memory_padding_mask: [batch, memory] booleans, the same for the memory.
        token_types: [batch, length] integers in [0, num_token_types).
        positions: [length] or [batch, length] integers; when left out, counted from
            the first real token. With
            a cache they must be given (`cache.next_positions(length)`), -1 for padding
            before a text.
        attention_mask: [batch, query, key] or [batch, head, query, key] booleans, True
            where attention is allowed, beside causality.
        segments: [batch, length] integers: positions attend to their own segment alone,
            so that texts packed in one row do not see each other; positions count in
            each segment. Not with a cache.
        prefix_length: [batch] integers, for a config with `prefix_lm`: how many first
            positions every position sees. With a cache the first tokens read are it.
        memory_segments: [batch, memory] integers: with `segments`, each attends to the
            memory of its own number.
        embeddings: [batch, length, dim] floats, in place of ids: what the first layers
            read instead of token vectors.
        cache: A `DecoderCache`, from `empty_cache` or an earlier call, to read a
            sequence piece by piece.
        return_hidden_states: Whether to return every layer's hidden states too.
        return_weights: Whether to return every layer's attention weights too.

    Returns:
        output: [batch, length, dim] floats; with a cache the pair (output, cache).
            Where more was asked for, `output` is a dict with `output`,
        hidden_states: a list of num_layers + 1 times [batch, length, dim],
        weights: a list of num_layers times [batch, head, length, key],
        memory_weights: the same for the memory, with cross-attention.

    Raises:
        ValueError: ids that are not [batch, length], too long, or out of range; a
            memory without `use_cross_attention` or the other way round; a cache without
            positions.
        TypeError: a padding mask that is not boolean, ids that are not integers.

    Example:
        >>> sizes = {"dim": 16, "num_layers": 2, "num_heads": 4}
        >>> model = Decoder(gpt2_config(vocabulary_size=100, max_length=32, **sizes))
        >>> ids = np.array([[5, 17, 2, 9]])
        >>> cache = model.empty_cache(batch_size=1, capacity=8)
        >>> output, cache = model(ids, cache=cache, positions=cache.next_positions(4))
        >>> print(np.allclose(output, model(ids), atol=1e-5))
        True

    Source: https://arxiv.org/abs/1801.10198, section 4.2.3; with a memory
    https://arxiv.org/abs/1706.03762, section 3.1.
    """

    bidirectional = False

    def __init__(
        self,
        config: TransformerConfig,
        tokens: TokenEmbedding | None = None,
        use_cross_attention: bool = False,
        **kwargs,
    ):
        self.use_cross_attention = check_flag(
            "use_cross_attention", use_cross_attention
        )
        super().__init__(config, tokens, **kwargs)
        if config.positions_skip_padding:
            raise ValueError(
                "positions_skip_padding=True is for encoders; a decoder counts the "
                "positions of its text"
            )
        if config.global_attention and not use_cross_attention:
            raise ValueError(
                "global_attention=True is for encoders; got a decoder alone"
            )

    def embedding_config(self):
        longest = self.config.max_decoder_length
        if self.use_cross_attention and longest is not None:
            return self.config.with_changes(max_length=longest)
        return self.config

    def depth(self):
        if self.use_cross_attention:
            return self.config.num_decoder_layers or self.config.num_layers
        return self.config.num_layers

    @property
    def required_inputs(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("ids", "memory") if self.use_cross_attention else ("ids",)

    def block(self, policy, name):
        window = None  # with global attention it is the encoder's
        if not self.config.global_attention:
            window = self.config.window_of_layer(len(self.blocks))
        return DecoderBlock(
            **self.config.block_arguments(),
            use_cross_attention=self.use_cross_attention,
            window=window,
            dtype=policy,
            name=name,
        )

    def block_shapes(self):
        shape = (None, None, self.config.dim)
        return [shape, shape] if self.use_cross_attention else [shape]

    def call(
        self,
        ids=None,
        memory=None,
        padding_mask=None,
        memory_padding_mask=None,
        token_types=None,
        positions=None,
        attention_mask=None,
        segments=None,
        prefix_length=None,
        memory_segments=None,
        embeddings=None,
        cache=None,
        return_hidden_states=False,
        return_weights=False,
        training=None,
    ):
        self._check_call(memory, cache, positions, segments, prefix_length)
        if ids is not None:
            padding_mask = self._valid_mask(ids, padding_mask, positions)
        if cache is not None and prefix_length is None:
            prefix_length = self._prefix(positions, cache)
        mask = combine_masks(attention_mask, segments, prefix_length)
        x = self.embedding(
            ids,
            padding_mask=padding_mask,
            token_types=token_types,
            positions=positions_in(
                segments, positions, embeddings if ids is None else ids
            ),
            embeddings=embeddings,
            training=training,
        )
        if memory_padding_mask is not None:
            # [batch, memory] -> [batch, 1, memory]: the same for every query
            memory_padding_mask = ops.expand_dims(memory_padding_mask, 1)
        if memory_segments is not None:
            pair = combine_masks(segments=(segments, memory_segments))
            memory_padding_mask = pair & memory_padding_mask
        blocks = self.blocks_in_order
        memories = memory if isinstance(memory, list) else [memory] * len(blocks)
        hidden_states, weights, caches = [x], [], []
        memory_weights: list = []
        for number, (block, memory) in enumerate(zip(blocks, memories)):
            results = self.run(
                block,
                x,
                training,
                memory=memory,
                attention_mask=mask,
                cross_attention_mask=memory_padding_mask,
                position_bias=self.position_bias,
                rotary=self.rotary,
                positions=positions,
                cache=None if cache is None else cache.layer(number),
                return_weights=return_weights,
            )
            x, *extras = results if return_weights or cache is not None else [results]
            if cache is not None:
                caches.append(extras.pop())
            if return_weights:
                weights.append(extras[0])
                memory_weights += extras[1:]
            hidden_states.append(x)
        output = with_details(
            self.apply_final_norm(x),
            hidden_states if return_hidden_states else None,
            weights if return_weights else None,
            memory_weights if return_weights and self.use_cross_attention else None,
        )
        return output if cache is None else (output, DecoderCache.of(caches))

    def project(self, memory):
        """The memory's keys and values for every block, computed once for all steps.

        Args:
            memory: [batch, memory, dim] floats.

        Returns:
            A list that `call` takes in place of the memory.
        """
        return [block.project(memory) for block in self.blocks_in_order]

    def empty_cache(self, batch_size, capacity):
        """A `DecoderCache` of `capacity` free slots per row."""
        if not self.built:
            self.build()
        caches = [
            block.empty_cache(batch_size, capacity) for block in self.blocks_in_order
        ]
        return DecoderCache.of(caches)

    def prepare(self, memory=None, copies=1):
        """What `step` reads alike at every step: weights, arranged for speed.

        Args:
            memory: [batch, memory, dim] floats, with the padding that Keras knows of.
            copies: Number of neighbouring rows that attend to one memory.

        Returns:
            A dict of tensors for batch * copies rows.
        """
        if not self.built:
            self.build()
        prepared: dict = {}
        given: tuple = ()
        if memory is not None:
            valid_mask = implicit_mask(memory)
            if valid_mask is None:
                valid_mask = ops.ones(ops.shape(memory)[:2], "bool")
            given = memory, valid_mask, copies
            prepared["memory"] = repeat_rows(memory, copies)
            prepared["memory_mask"] = repeat_rows(valid_mask, copies)
        if fast_form.has_fast_form(self):
            prepared["blocks"] = [
                fast_form.prepare(b, *given) for b in self.blocks_in_order
            ]
        return prepared

    def step(self, ids, positions, cache, prepared, padding_mask=None):
        """Reads some more tokens: `call` with a cache, on what `prepare` returned.

        A block without a fast form is called; a subclass of `Decoder` as a whole.

        Args:
            ids: [batch, new] integers.
            positions: [batch, new] integers, -1 for padding before a text.
            cache: A `DecoderCache`.
            prepared: What `prepare` returned.
            padding_mask: As in `call`.

        Returns:
            output: [batch, new, dim] floats.
            cache: The cache with the new tokens in it.
        """
        memory, memory_mask = prepared.get("memory"), prepared.get("memory_mask")
        if "blocks" not in prepared:
            return self(
                ids,
                memory=memory,
                padding_mask=padding_mask,
                memory_padding_mask=memory_mask,
                positions=positions,
                cache=cache,
            )
        if memory_mask is not None:
            memory_mask = ops.expand_dims(memory_mask, 1)  # the same for every query
        padding_mask = self._valid_mask(ids, padding_mask, positions)
        x = self.embedding(ids, padding_mask=padding_mask, positions=positions)
        mask = combine_masks(prefix=self._prefix(positions, cache))
        valid_mask, caches = implicit_mask(x), []
        for number, (block, fast) in enumerate(
            zip(self.blocks_in_order, prepared["blocks"])
        ):
            x = carry_mask(x, valid_mask)
            given = {
                "cache": cache.layer(number),
                "attention_mask": mask,
                "positions": positions,
                "position_bias": self.position_bias,
                "rotary": self.rotary,
            }
            if fast:
                x, layer_cache = block.step(x, fast, **given)
            else:
                x, layer_cache = block(
                    x, memory=memory, cross_attention_mask=memory_mask, **given
                )
            caches.append(layer_cache)
        return self.apply_final_norm(x), DecoderCache.of(caches)

    def _valid_mask(self, ids, padding_mask, positions):
        """The padding mask; without one a decoder's start is real whatever its id."""
        padding_id = self.config.padding_id
        if padding_mask is None and self.use_cross_attention and padding_id is not None:
            return valid_target(ids, padding_id, positions)
        return padding_mask

    def _prefix(self, positions, cache):
        """[batch] integers: how many tokens a prefix language model read first."""
        if not self.config.prefix_lm:
            return None
        end = ops.max(ops.cast(positions, "int32"), axis=-1) + 1
        end = ops.broadcast_to(end, ops.shape(cache.positions)[:1])
        return ops.where(cache.index == 0, end, 0)

    def _check_call(self, memory, cache, positions, segments, prefix_length):
        if prefix_length is not None and not self.config.prefix_lm:
            raise ValueError(
                "a prefix_length needs prefix_lm=True in the config, so that "
                "generation reads its prompts the same way"
            )
        if cache is not None and segments is not None:
            raise ValueError("segments are for whole rows; with a cache read one text")
        if (memory is not None) != self.use_cross_attention:
            raise ValueError(
                "a memory goes with use_cross_attention=True, and only with it; got "
                f"use_cross_attention={self.use_cross_attention} and "
                f"{'no' if memory is None else 'a'} memory"
            )
        if cache is not None and positions is None:
            raise ValueError(
                "with a cache the positions of the new tokens are needed: "
                "positions=cache.next_positions(length)"
            )

    def compute_output_shape(self, ids_shape, memory_shape=None):
        return super().compute_output_shape(ids_shape)

    def get_config(self):
        return {**super().get_config(), "use_cross_attention": self.use_cross_attention}
