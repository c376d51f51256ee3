"""Memory: within 10 % of what compiled programs ask TensorFlow for."""

import json

import numpy as np
import pytest

import transformer_tf as t
from tests.cost.measured import measured_bytes
from tests.cost.shapes import Shape, make_shape
from transformer_tf.cost import Architecture, estimate_cost

# How many generated shapes are tried; of which the forward pass is planned with a gap
# of a tile: some of a single text, block by block.
GENERATED, WITH_GAPS = 50, (10, 43, 48)
BATCH, LENGTH, TARGET = 32, 64, 48
SIZES = {
    **{"vocabulary_size": 64, "dim": 64, "num_heads": 4, "num_layers": 2},
    **{"hidden_dim": 256, "max_length": 64, "dropout": 0.0, "attention_dropout": 0.0},
}
# A class, a family, and what differs from the sizes.
ROWS = {
    "gpt2": (t.CausalLM, t.gpt2_config, {}),
    "gpt2_wide": (t.CausalLM, t.gpt2_config, {"hidden_dim": 512}),
    "gpt2_relu": (t.CausalLM, t.gpt2_config, {"activation": "relu"}),
    "gpt2_vocabulary": (t.CausalLM, t.gpt2_config, {"vocabulary_size": 1024}),
    "gpt2_again": (t.CausalLM, t.gpt2_config, {"rematerialize": True, "num_layers": 4}),
    "bert": (t.MaskedLM, t.bert_config, {}),
    "bert_wide": (t.MaskedLM, t.bert_config, {"hidden_dim": 512}),
    "bert_heads": (t.MaskedLM, t.bert_config, {"num_heads": 8}),
    "bert_dropout": (
        t.MaskedLM,
        t.bert_config,
        {"dropout": 0.1, "attention_dropout": 0.1},
    ),
    "albert": (t.MaskedLM, t.albert_config, {"embedding_dim": 32}),
    "llama": (t.CausalLM, t.llama_config, {}),
    "llama_wide": (t.CausalLM, t.llama_config, {"hidden_dim": 512}),
    "llama_heads": (t.CausalLM, t.llama_config, {"num_heads": 8}),
    "llama_vocabulary": (t.CausalLM, t.llama_config, {"vocabulary_size": 1024}),
    "transformer_xl": (
        t.CausalLM,
        t.transformer_xl_config,
        {"memory_length": 32, "cutoffs": (20,)},
    ),
    "bart": (t.Seq2SeqLM, t.bart_config, {}),
    "t5": (t.Seq2SeqLM, t.t5_config, {"activation_dropout": 0.0}),
}
# Longer texts, whose attention is computed block by block.
ROWS |= {
    "gpt2_deep": (t.CausalLM, t.gpt2_config, {"max_length": 512, "num_layers": 5}),
    "t5_long": (
        t.Seq2SeqLM,
        t.t5_config,
        {"activation_dropout": 0.0, "max_length": 512},
    ),
    "longformer_block": (t.MaskedLM, t.longformer_config, {"window": 33}),
    "longformer": (t.MaskedLM, t.longformer_config, {"max_length": 1024, "window": 33}),
    "gpt2_long": (t.CausalLM, t.gpt2_config, {"max_length": 1024}),
    "gpt2_longer": (t.CausalLM, t.gpt2_config, {"max_length": 1024}),
    "bert_long": (t.MaskedLM, t.bert_config, {"max_length": 1024}),
}
# Few classes, a softmax by clusters, a memory of zeros, global positions, a source that
# is longer or shorter than the target; wide enough for each to count.
WIDE = {"dim": 128, "hidden_dim": 512, "max_length": 2048}
NARROW = {"hidden_dim": 128, "max_length": 2048}
XL = {**WIDE, "memory_length": 128}
LONG = {**WIDE, "window": 129}
ROWS |= {
    "bert_classes": (t.TokenClassifier, t.bert_config, {"num_classes": 5}),
    "xl_plain": (t.CausalLM, t.transformer_xl_config, {**XL, "cutoffs": None}),
    "xl_two": (
        t.CausalLM,
        t.transformer_xl_config,
        {**XL, "vocabulary_size": 1000, "cutoffs": (200,)},
    ),
    "xl_four": (
        t.CausalLM,
        t.transformer_xl_config,
        {**XL, "vocabulary_size": 3000, "cutoffs": (500, 1000, 2000)},
    ),
    "xl_zeros": (
        t.CausalLM,
        t.transformer_xl_config,
        {**XL, "cutoffs": None, "zero_memory": True},
    ),
    "longformer_seeing": (
        t.SequenceClassifier,
        t.longformer_config,
        {**LONG, "num_classes": 2},
    ),
    "longformer_short": (
        t.SequenceClassifier,
        t.longformer_config,
        {**LONG, "num_classes": 2},
    ),
    "led": (t.Seq2SeqLM, t.led_config, {**LONG, "max_decoder_length": 1024}),
    "bart_source": (t.Seq2SeqLM, t.bart_config, WIDE),
    "t5_source": (t.Seq2SeqLM, t.t5_config, {**WIDE, "activation_dropout": 0.0}),
    "t5_target": (t.Seq2SeqLM, t.t5_config, {**WIDE, "activation_dropout": 0.0}),
}
# A rule of its own each: keys and values cut out for each tile, a single text, first
# scores of both stacks, the places of gradients, an array for each layer ...
ROWS |= {
    "alibi_tiles": (
        t.CausalLM,
        t.gpt2_config,
        {**WIDE, "positions": "linear", "num_layers": 1, "num_heads": 1, **NARROW},
    ),
    "bert_alone": (t.MaskedLM, t.bert_config, {**WIDE, "num_layers": 1, **NARROW}),
    "xl_alone": (t.CausalLM, t.transformer_xl_config, {**XL, "cutoffs": None}),
    "t5_both": (
        t.Seq2SeqLM,
        t.t5_config,
        {**WIDE, "activation_dropout": 0.0, "num_layers": 1, "vocabulary_size": 1000},
    ),
    "bert_places": (
        t.MaskedLM,
        t.bert_config,
        {**WIDE, "max_length": 128, "vocabulary_size": 1000},
    ),
    "longformer_arrays": (
        t.SequenceClassifier,
        t.longformer_config,
        {**LONG, "num_layers": 4, "num_classes": 2},
    ),
    "led_block": (t.Seq2SeqLM, t.led_config, {**LONG, "vocabulary_size": 1000}),
    "llama_dropout": (
        t.CausalLM,
        t.llama_config,
        {"num_heads": 8, "max_length": 512, "dropout": 0.1, "attention_dropout": 0.1},
    ),
    "t5_dropout": (
        t.Seq2SeqLM,
        t.t5_config,
        {"hidden_dim": 512, "dropout": 0.1, "activation_dropout": 0.1},
    ),
    "longformer_again": (
        t.SequenceClassifier,
        t.longformer_config,
        {"max_length": 256, "window": 33, "num_classes": 2, "rematerialize": True},
    ),
    "gpt2_loops": (
        t.CausalLM,
        t.gpt2_config,
        {"max_length": 8192, "num_heads": 1, "num_layers": 1},
    ),
}
OFTEN = ("llama", "alibi_tiles", "bert_alone", "xl_alone", "t5", "bert_places")
SHAPES = {  # batch, length and, of the target, another length than TARGET
    **{"gpt2_long": (4, 512), "gpt2_longer": (2, 1024), "bert_long": (4, 512)},
    **{"gpt2_deep": (4, 512), "t5_long": (4, 512)},
    **{"xl_plain": (2, 1024), "xl_two": (16, 128), "xl_four": (32, 64)},
    **{"xl_zeros": (4, 256), "longformer_seeing": (1, 2048)},
    **{"longformer_short": (16, 128)},
    **{"bart_source": (4, 256), "t5_source": (4, 256)},
    **{"led": (1, 2048, 64), "t5_target": (4, 64, 512)},
    **{"longformer_block": (16, 64), "longformer": (4, 1024)},
    **{
        "alibi_tiles": (1, 2048),
        "bert_alone": (1, 512),
        "xl_alone": (1, 256),
        "t5_both": (4, 64, 256),
    },
    **{"bert_places": (1, 128), "longformer_arrays": (1, 2048), "led_block": (4, 128)},
    **{"llama_dropout": (4, 512), "t5_dropout": (16, 64, 64)},
    **{"longformer_again": (4, 256), "gpt2_loops": (1, 8192)},
}


def shape_of(name):
    """The shape of a row."""
    kind, family, changes = ROWS[name]
    batch, length, *others = SHAPES.get(name, (BATCH, LENGTH))
    changes = dict(changes)
    head = {k: changes.pop(k) for k in ("num_classes",) if k in changes}
    target = None
    if kind is t.Seq2SeqLM:
        target = others[0] if others else TARGET
    config = family(**{**SIZES, **changes})
    return Shape(kind, config, head, batch, length, target)


def calculated_bytes(shape):
    """The same as `measured_bytes`, by the calculator."""
    sizes = {"batch_size": shape.batch, "length": shape.length}
    if shape.target is not None:
        sizes["target_length"] = shape.target
    architecture = Architecture(shape.config, shape.kind.__name__, **shape.head)
    cost = estimate_cost(architecture, **sizes)
    training, again = cost.training, shape.config.rematerialize
    kept = training.rematerialized if again else training.activations
    return cost.serving.activations, kept + training.gradients


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=() if n in OFTEN else pytest.mark.full) for n in ROWS],
)
def test_activations_of_a_compiled_program(name, tmp_path):
    shape = shape_of(name)
    forward, step = measured_bytes(shape, tmp_path)
    assert calculated_bytes(shape) == pytest.approx((forward, step), rel=0.1)


@pytest.mark.full
@pytest.mark.parametrize("number", range(GENERATED))
def test_shapes_that_nobody_chose(number, tmp_path):
    shape = make_shape(number)
    gap = number in WITH_GAPS
    forward, step = measured_bytes(shape, tmp_path)
    calculated = calculated_bytes(shape)
    assert calculated[0] == pytest.approx(forward, rel=0.3 if gap else 0.1)
    assert calculated[1] == pytest.approx(step, rel=0.1)


def test_weights_are_what_the_variables_hold():
    for policy in ("float32", "bfloat16", "mixed_bfloat16"):
        model = t.CausalLM(t.gpt2_config(**SIZES), dtype=policy)
        model.build()
        held = sum(v.numpy().nbytes for v in model.trainable_variables)
        cost = estimate_cost(model.config, kind="CausalLM", dtype=policy)
        assert cost.serving.weights == cost.training.gradients == held


@pytest.mark.parametrize("policy", ["float32", "bfloat16"])
@pytest.mark.parametrize("name", ["causal", "grouped", "both", "memory"])
def test_the_cache_is_what_generation_allocates(name, policy):
    sizes = {**SIZES, "vocabulary_size": 9}
    kind, config = {
        "causal": (t.CausalLM, t.gpt2_config(**sizes)),
        "grouped": (t.CausalLM, t.llama_config(**sizes, num_key_value_heads=2)),
        "both": (t.Seq2SeqLM, t.bart_config(**sizes)),
        "memory": (
            t.CausalLM,
            t.transformer_xl_config(**sizes, memory_length=6, cutoffs=(4,)),
        ),
    }[name]
    model = kind(config, dtype=policy)
    model.build()
    source, prompt, new_tokens = 7, 5, 4
    length = source if name == "both" else prompt
    first = 1 if name == "both" else prompt
    cache = model.empty_cache(3, first + new_tokens)
    states = [*cache.keys, *cache.values] if name != "memory" else cache.states
    if name == "both":
        prepared = model.prepare(np.full((3, source), 5), np.ones((3, source), bool))
        for block in prepared["decoder"]["blocks"]:
            states += [block["cross_attention"][n] for n in ("key", "value")]
    held = sum(np.asarray(x).nbytes for x in states)
    cost = estimate_cost(
        config,
        kind=kind.__name__,
        batch_size=3,
        length=length,
        new_tokens=new_tokens,
        dtype=policy,
    )
    assert cost.serving.cache == held


def test_numbers_of_half_the_bytes():
    config = t.gpt2_config(**SIZES)
    whole, half, mixed = (
        estimate_cost(config, kind="CausalLM", length=64, dtype=policy)
        for policy in ("float32", "bfloat16", "mixed_bfloat16")
    )
    assert 2 * half.training.activations == whole.training.activations
    assert mixed.training.weights == whole.training.weights
    assert mixed.serving.cache == half.serving.cache
    json.dumps(mixed.as_dict())
