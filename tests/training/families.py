"""A small model of every family, whose sizes eight devices divide."""

import keras
import numpy as np

import transformer_tf as t

VOCABULARY, BATCH, LENGTH = 32, 4, 6
SIZES = {
    "vocabulary_size": VOCABULARY,
    "dim": 16,
    "num_layers": 1,
    "num_heads": 4,
    "hidden_dim": 24,
    "dropout": 0.0,
    "attention_dropout": 0.0,
    "initializer_range": 0.2,
}
FAMILIES = {
    "albert": (t.MaskedLM, t.albert_config, {"embedding_dim": 4}),
    "bart": (t.Seq2SeqLM, t.bart_config, {}),
    "bert": (t.MaskedLM, t.bert_config, {}),
    "gpt2": (t.CausalLM, t.gpt2_config, {}),
    "led": (t.Seq2SeqLM, t.led_config, {"window": 3, "max_decoder_length": 16}),
    "llama": (t.CausalLM, t.llama_config, {}),
    "longformer": (t.MaskedLM, t.longformer_config, {"window": 3}),
    "t5": (t.Seq2SeqLM, t.t5_config, {"activation_dropout": 0.0}),
    "transformer_xl": (
        t.CausalLM,
        t.transformer_xl_config,
        {"memory_length": 5, "cutoffs": None},
    ),
}


def config_of(name):
    _, config, more = FAMILIES[name]
    limit = {} if name in ("t5", "transformer_xl") else {"max_length": 16}
    return config(**SIZES, **limit, **more)


def new_model(name, seed=0):
    keras.utils.set_random_seed(seed)
    model = FAMILIES[name][0](config_of(name))
    model.build()
    return model


def inputs_of(name):
    """What the model is called with: a dict of arrays."""
    draw = np.random.default_rng(1)

    def ids():
        return draw.integers(1, VOCABULARY, (BATCH, LENGTH)).astype("int32")

    if FAMILIES[name][0] is t.Seq2SeqLM:
        return {"source_ids": ids(), "target_ids": ids()}
    return {"ids": ids()}
