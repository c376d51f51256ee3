"""Operations: exactly those of the products that a model executes."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import transformer_tf as t
from tests.cost.models import (
    BATCH,
    FOLDERS,
    LENGTH,
    TARGET,
    call,
    inputs_of,
    load,
    sizes_of,
)
from tests.cost.products import executed_flops, map_in_python
from tests.cost.test_parameters import USUAL
from tests.models.every_model import SMALL
from transformer_tf.cost import estimate_cost, read_architecture
from transformer_tf.generation import compiled

GENERATING = ("GPT2LMHeadModel", "LlamaForCausalLM", "T5ForConditionalGeneration")
MORE_GENERATING = (
    *("TransfoXLLMHeadModel", "BartForConditionalGeneration", "CTRLLMHeadModel"),
    *("OpenAIGPTLMHeadModel", "MarianMTModel", "MBartForConditionalGeneration"),
    *("LEDForConditionalGeneration", "BertLMHeadModel"),
)


@pytest.fixture(autouse=True)
def plain_map(monkeypatch):
    monkeypatch.setattr(keras.ops, "map", map_in_python)


def uncompiled(program, model, arguments, jit_compile):
    """A program of generation as it is written, step by step."""
    return lambda given: program(keras.tree.map_structure(tf.convert_to_tensor, given))


def step(model, inputs):
    """A forward and a backward pass."""
    with tf.GradientTape() as tape:
        outputs = keras.tree.flatten(call(model, inputs, training=True))
        loss = sum(tf.reduce_sum(tf.cast(x, "float32") ** 2) for x in outputs)
    tape.gradient(loss, [v.value for v in model.trainable_variables])


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in USUAL else pytest.mark.full)
        for name in sorted(FOLDERS)
    ],
)
def test_a_published_model(name):
    model, architecture = load(name), read_architecture(FOLDERS[name])
    cost = estimate_cost(architecture, **sizes_of(architecture))
    inputs = inputs_of(architecture)
    call(model, inputs)
    executed = executed_flops(lambda: call(model, inputs))
    assert cost.total_forward_flops == executed
    executed = executed_flops(lambda: step(model, inputs))
    assert cost.training_flops == executed


LONG = {
    "causal": (t.CausalLM, t.gpt2_config, {}),
    "causal_window": (t.CausalLM, t.llama_config, {"window": 70}),
    "causal_half": (t.CausalLM, t.gpt2_config, {"dtype": "bfloat16"}),
    "masked": (t.MaskedLM, t.bert_config, {}),
    "seq2seq": (t.Seq2SeqLM, t.t5_config, {}),
    "windows": (t.MaskedLM, t.longformer_config, {"window": 40}),
}


@pytest.mark.parametrize("length", [pytest.param(300), pytest.param(600)])
@pytest.mark.parametrize("name", LONG)
def test_a_long_text_whose_attention_is_computed_in_blocks(name, length):
    kind, config, changes = LONG[name]
    changes = dict(changes)
    dtype = changes.pop("dtype", "float32")
    config = config(
        **{**SMALL, "max_length": 700, "activation_dropout": 0.0, **changes}
    )
    model = kind(config, dtype=dtype)
    ids = np.full((2, length), 5)
    inputs = {"ids": ids}
    if kind is t.Seq2SeqLM:
        inputs = {"source_ids": ids, "target_ids": ids[:, : length - 9]}
    target = length - 9 if kind is t.Seq2SeqLM else None
    cost = estimate_cost(
        config,
        kind=kind.__name__,
        batch_size=2,
        length=length,
        target_length=target,
        dtype=dtype,
    )
    model(inputs)
    assert cost.total_forward_flops == executed_flops(lambda: model(inputs))
    assert cost.training_flops == executed_flops(lambda: step(model, inputs))


@pytest.mark.parametrize("name", ["causal", "seq2seq"])
def test_rematerialized(name):
    kind, config, _ = LONG[name]
    config = config(**{**SMALL, "num_layers": 2, "rematerialize": True})
    model, ids = kind(config), np.full((2, 9), 5)
    inputs = {"source_ids": ids, "target_ids": ids} if name == "seq2seq" else ids
    cost = estimate_cost(config, kind=kind.__name__, batch_size=2, length=9)
    model(inputs)
    assert cost.rematerialized_flops == executed_flops(lambda: step(model, inputs))
    assert cost.rematerialized_flops > cost.training_flops


@pytest.mark.parametrize(
    "name",
    [*GENERATING, *(pytest.param(n, marks=pytest.mark.full) for n in MORE_GENERATING)],
)
def test_generation(name, monkeypatch):
    monkeypatch.setattr(compiled, "_compile", uncompiled)
    model, architecture = load(name), read_architecture(FOLDERS[name])
    new_tokens = 4
    sizes = {"batch_size": BATCH, "length": LENGTH - 5}
    if architecture.config.global_attention:
        sizes["global_positions"] = 1
    cost = estimate_cost(architecture, new_tokens=new_tokens, **sizes)
    ids = inputs_of(architecture, length=LENGTH - 5, target=TARGET)
    ids = ids.get("source_ids", ids.get("ids"))
    prompt = 1 if architecture.reads_source else LENGTH - 5
    buckets = t.Buckets((BATCH,), tuple(sorted({prompt, LENGTH - 5})), (new_tokens,))

    def write(count):
        model.generate(
            ids,
            max_new_tokens=count,
            buckets=buckets,
            stop_ids=(),
            jit_compile=False,
        )

    executed = executed_flops(lambda: write(new_tokens))
    assert cost.generation_flops == executed
    fewer = executed_flops(lambda: write(new_tokens - 1))
    assert cost.token_flops == executed - fewer
