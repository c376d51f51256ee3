"""Transformer-XL: a decoder that reads a text segment by segment, with a memory."""

from typing import Any

import keras
from keras import ops

from transformer_tf.arguments import check_flag
from transformer_tf.blocks.transformer_xl import TransformerXLBlock
from transformer_tf.keras_internals import get_keras_mask, set_keras_mask
from transformer_tf.models.config import TransformerConfig
from transformer_tf.models.decoder import Decoder
from transformer_tf.models.segment_memory import SegmentMemory
from transformer_tf.models.stack import with_details


@keras.saving.register_keras_serializable(package="transformer_tf")
class TransformerXL(Decoder):
    """Turns each token into a vector that knows the tokens and segments before it.

    Args:
        config: A `TransformerConfig` with `memory_length`, such as
            `transformer_xl_config()`.
        tokens: An embedding of tokens to share with another stack; None makes one.

    Call:
        ids: [batch, length] integers in [0, vocabulary_size).
        padding_mask: [batch, length] booleans, True for real tokens; all are real when
            left out, but for the config's `padding_id`.
        embeddings: [batch, length, dim] floats, in place of ids.
        cache: A `SegmentMemory`, from `empty_cache` or an earlier call.
        return_hidden_states: Whether to return every layer's hidden states too.
        return_weights: Whether to return every layer's attention weights too.

    Returns:
        output: [batch, length, dim] floats; with a cache the pair (output, cache).
            Where more was asked for, `output` is a dict, as in `Decoder`.

    Raises:
        ValueError: a config without memory_length, or what only a `Decoder` takes.
        TypeError: a padding mask that is not boolean, ids that are not integers.

    Example:
        >>> sizes = {"dim": 8, "num_layers": 2, "num_heads": 2, "cutoffs": None}
        >>> config = transformer_xl_config(vocabulary_size=50, memory_length=6, **sizes)
        >>> model, ids = TransformerXL(config), np.array([[5, 3, 2, 9, 4, 7]])
        >>> output, memory = model(ids[:, :3], cache=model.empty_cache(1))
        >>> rest, memory = model(ids[:, 3:], cache=memory)  # attends to the first
        >>> print(rest.shape)
        (1, 3, 8)

    Source: https://arxiv.org/abs/1901.02860, section 3.
    """

    ends_with_norm = False

    def __init__(
        self,
        config: TransformerConfig,
        tokens: Any = None,
        use_cross_attention: bool = False,
        **kwargs,
    ):
        if check_flag("use_cross_attention", use_cross_attention):
            raise ValueError("Transformer-XL reads no source: no cross-attention")
        super().__init__(config, tokens, **kwargs)

    def compute_output_shape(self, ids_shape):  # type: ignore[override]
        return super().compute_output_shape(ids_shape)

    def check_memory(self, config):
        if config.memory_length is None:
            raise ValueError("a TransformerXL needs memory_length in its config")

    def block(self, policy, name):
        config = self.config
        return TransformerXLBlock(
            **config.block_arguments(),
            max_distance=config.max_distance,
            own_biases=not config.shared_position_biases,
            window=config.window_of_layer(len(self.blocks)),
            dtype=policy,
            name=name,
        )

    def build(self, ids_shape=None):
        super().build(ids_shape)
        config, self.biases = self.config, None
        if config.shared_position_biases:
            width = config.head_dim or config.dim // config.num_heads
            self.biases = [
                self.add_weight(
                    name=name,
                    shape=(config.num_heads, width),
                    initializer=keras.initializers.get(config.initializer()),
                )
                for name in ("content_bias", "position_bias")
            ]

    def call(  # type: ignore[override]
        self,
        ids=None,
        padding_mask=None,
        embeddings=None,
        cache=None,
        return_hidden_states=False,
        return_weights=False,
        training=None,
        **others,
    ):
        given = sorted(name for name, value in others.items() if value is not None)
        if given:
            raise ValueError(
                f"Transformer-XL takes no {', '.join(given)}: distances and the memory "
                "tell who sees whom"
            )
        x = self.embedding(
            ids, padding_mask=padding_mask, embeddings=embeddings, training=training
        )
        mask = get_keras_mask(x)
        valid_mask = ops.ones(ops.shape(x)[:2], "bool") if mask is None else mask
        memory = cache
        if memory is None and self.config.zero_memory:
            memory = self.empty_cache(ops.shape(x)[0])
        visible = self._visible(memory, valid_mask)
        biases = None if self.biases is None else tuple(self.biases)
        hidden_states, weights, read = [x], [], []
        for number, block in enumerate(self.blocks_in_order):
            # Padding is zeros in every layer, as what stands before a text is.
            x = ops.where(valid_mask[..., None], x, ops.cast(0, x.dtype))
            read.append(x)
            x = self.run(
                block,
                x,
                training,
                memory=None if memory is None else memory.states[number],
                attention_mask=visible[:, None],
                biases=biases,
                return_weights=return_weights,
            )
            if return_weights:
                x, block_weights = x
                weights.append(block_weights)
            hidden_states.append(x)
        if mask is not None:
            set_keras_mask(x, mask)
        output = with_details(
            self.apply_final_norm(x),
            hidden_states if return_hidden_states else None,
            weights if return_weights else None,
        )
        return output if cache is None else (output, cache.update(read, valid_mask))

    def _visible(self, memory, valid_mask):
        """Which positions of memory and segment may be seen: [batch, memory + length].

        With `zero_memory` the places before the first token are seen, as far as the
        memory reaches, though zeros are all that stands there.
        """
        if memory is None:
            return valid_mask
        visible = ops.concatenate([memory.valid_mask, valid_mask], axis=1)
        if not self.config.zero_memory:
            return visible
        first = ops.argmax(ops.cast(visible, "int32"), axis=1)[:, None]
        place = ops.arange(ops.shape(visible)[1])[None]
        ahead = ops.cast(first, place.dtype) - place
        is_zero = ops.logical_and(ahead > 0, ahead <= self.config.memory_length)
        return ops.logical_or(visible, is_zero)

    def empty_cache(self, batch_size, capacity=None):
        """A `SegmentMemory` of nothing, as long as the config says."""
        config = self.config
        return SegmentMemory.empty(
            batch_size,
            config.memory_length,
            self.depth(),
            config.dim,
            self.compute_dtype,
        )

    def prepare(self, memory=None, copies=1):
        """Nothing: every step is a call."""
        if not self.built:
            self.build()
        return {}

    def step(self, ids, positions, cache, prepared, padding_mask=None):
        """Reads some more tokens, as `call` with a memory does.

        Args:
            ids: [batch, new] integers.
            positions: Not needed: distances are all that counts.
            cache: A `SegmentMemory`.
            prepared: What `prepare` returned.
            padding_mask: As in `call`.

        Returns:
            output: [batch, new, dim] floats.
            cache: The memory with the new tokens in it.
        """
        return self(ids, padding_mask=padding_mask, cache=cache)
