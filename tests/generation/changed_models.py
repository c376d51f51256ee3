"""Models that users changed, each in another way, for one table of tests."""

import warnings

import keras
import numpy as np
from keras import ops

from transformer_tf import (
    CausalLM,
    CausalLMHead,
    Decoder,
    DecoderBlock,
    MultiHeadAttention,
    Seq2SeqLM,
    bart_config,
    gpt2_config,
    llama_config,
    t5_config,
)
from transformer_tf.training import Rematerialized

VOCABULARY = 31
SMALL = {
    "vocabulary_size": VOCABULARY,
    "dim": 24,
    "num_layers": 2,
    "num_heads": 3,
    "hidden_dim": 20,
    "initializer_range": 0.3,
}
WINDOWED = {"num_key_value_heads": 1, "window": 5}
FAMILIES = {
    "gpt2": (CausalLM, gpt2_config(**SMALL, max_length=64)),
    "llama": (CausalLM, llama_config(**SMALL, max_length=64, **WINDOWED)),
    "alibi": (
        CausalLM,
        gpt2_config(**SMALL, max_length=64, positions="linear", tied=False),
    ),
    "sinusoidal": (
        CausalLM,
        gpt2_config(
            **SMALL,
            max_length=64,
            positions="sinusoidal",
            shared_layers=True,
            norm_first=False,
        ),
    ),
    "t5": (Seq2SeqLM, t5_config(**SMALL, start_id=1)),
    "t5_untied": (Seq2SeqLM, t5_config(**SMALL, gated=True, tied=False)),
    "bart": (Seq2SeqLM, bart_config(**SMALL, max_length=64)),
}


def uneven(logits):
    """Other likeliest tokens than before."""
    factor = ops.arange(VOCABULARY) % 5 + 1
    return logits * ops.cast(factor, logits.dtype)


@keras.saving.register_keras_serializable("changed")
class DoubledBlock(DecoderBlock):
    def call(self, x, **options):
        result = super().call(x, **options)
        if isinstance(result, tuple):
            return 2 * result[0], *result[1:]
        return 2 * result


class QueryKeyNorm(MultiHeadAttention):
    def split_heads(self, x, heads, *width):
        x = super().split_heads(x, heads, *width)
        return x / (ops.norm(x, axis=-1, keepdims=True) + 1e-3)


@keras.saving.register_keras_serializable("changed")
class NormedBlock(DecoderBlock):
    """A block with other attention."""

    def build(self, x_shape, memory_shape=None):
        super().build(x_shape, memory_shape)
        self.attention = self.changed(self.attention, x_shape, x_shape)
        if self.use_cross_attention:
            attention = self.cross_attention
            self.cross_attention = self.changed(attention, x_shape, memory_shape)

    def changed(self, attention, *shapes):
        layer = QueryKeyNorm.from_config(attention.get_config())
        layer.build(*shapes)
        return layer


def decoder_of(kind, wrap=lambda block: block):
    """A `Decoder` whose blocks are of this kind."""

    class ChangedDecoder(Decoder):
        def block(self, policy, name):
            return wrap(
                kind(
                    **self.config.block_arguments(),
                    use_cross_attention=self.use_cross_attention,
                    window=self.config.window,
                    dtype=policy,
                    name=name,
                )
            )

    return ChangedDecoder


class UnevenHead(CausalLMHead):
    def call(self, x, table=None):
        return uneven(super().call(x, table))


class UnevenLogits:
    def logits(self, x):
        return uneven(super().logits(x))


class UnevenCall:
    def call(self, inputs, training=None):
        return uneven(super().call(inputs, training=training))


def finished(model):
    """Builds it, and gives every weight noise: biases would start at zero."""
    model.build()
    generator = np.random.default_rng(2)
    for weight in model.weights:
        if "float" in weight.dtype:
            weight.assign(weight + generator.normal(size=weight.shape, scale=0.1))
    return model


def plain(kind, config, **options):
    return finished(kind(config, **options))


def with_lora(kind, config):
    model = plain(kind, config)
    generator = np.random.default_rng(1)
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Dense):
            layer.enable_lora(2)
            shape = layer.lora_kernel_b.shape
            layer.lora_kernel_b.assign(generator.normal(size=shape, scale=0.3))
    return model


def quantized(mode):
    def model_of(kind, config):
        model = plain(kind, config)
        with warnings.catch_warnings():  # Keras names every layer that it leaves as is
            warnings.simplefilter("ignore")
            model.quantize(mode)
        return model

    return model_of


def subclassed(mixin):
    def model_of(kind, config):
        return plain(type("Changed", (mixin, kind), {}), config)

    return model_of


def with_blocks(block, wrap=lambda block: block):
    def model_of(kind, config):
        decoder = decoder_of(block, wrap)
        if kind is CausalLM:
            return plain(kind, decoder(config))
        model = kind(config)
        tokens = model.body.encoder.embedding.tokens
        model.body.decoder = decoder(config, tokens, use_cross_attention=True)
        return finished(model)

    return model_of


def with_head(kind, config):
    model = kind(config)
    model.head = UnevenHead(
        VOCABULARY, scale=config.logit_scale, use_bias=config.logit_bias
    )
    return finished(model)


def replaced_call(kind, config):
    """A method exchanged on one instance."""
    model = plain(kind, config)
    attention = model.decoder.blocks[0].attention
    call = attention.call

    def doubled(*arguments, **options):
        result = call(*arguments, **options)
        if isinstance(result, tuple):
            return 2 * result[0], *result[1:]
        return 2 * result

    attention.call = doubled
    return model


def rematerialized(kind, config):
    return plain(kind, config.with_changes(rematerialize=True))


def one_projection_in_float32(kind, config):
    model = plain(kind, config, dtype="mixed_bfloat16")
    model.decoder.blocks[0].attention.key_projection.dtype_policy = "float32"
    model.decoder.blocks[-1].feed_forward_norm.dtype_policy = "float32"
    return model


def attention_in_bfloat16(kind, config):
    model = plain(kind, config)
    attention = model.decoder.blocks[0].attention
    attention.dtype_policy = "mixed_bfloat16"
    attention.query_projection.dtype_policy = "mixed_bfloat16"
    return model


def body_in_bfloat16(kind, config):
    return plain(kind, kind.body_class(config, dtype="mixed_bfloat16"))


CHANGES = {
    "plain": plain,
    "lora": with_lora,
    "int8": quantized("int8"),
    "int4": quantized("int4"),
    "float8": quantized("float8"),
    "block": with_blocks(DoubledBlock),
    "attention": with_blocks(NormedBlock),
    "wrapped": with_blocks(DecoderBlock, Rematerialized),
    "head": with_head,
    "logits": subclassed(UnevenLogits),
    "call": subclassed(UnevenCall),
    "instance": replaced_call,
    "rematerialized": rematerialized,
    "projection": one_projection_in_float32,
    "bfloat16": attention_in_bfloat16,
    "body": body_in_bfloat16,
}
