"""Changing any argument of any public layer, model or config changes something.

Something is the output, the output in training, the first weights, or an error. An
argument that is read nowhere, or handed on wrongly, changes none of them.
"""

import collections
import dataclasses
import functools
import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf

import transformer_tf as t
from tests.every_layer import EVERY_LAYER
from tests.selection import table
from tests.test_arguments import arguments_of

OTHER = {
    "activation": "elu",
    "activation_dropout": 0.5,
    "attention_dropout": 0.5,
    "attention_scale": 3.0,
    "attention_soft_cap": 0.05,
    "base": 50.0,
    "dropout": 0.5,
    "epsilon": 0.3,
    "head_dim": 2,
    "initializer_range": 0.9,
    "logit_scale": 3.0,
    "logit_transform": "elu",
    "cutoffs": [5, 13],
    "max_decoder_length": 6,
    "max_distance": 9,
    "max_wavelength": 50,
    "norm": "rms",
    "num_buckets": 12,
    "num_decoder_layers": 3,
    "num_key_value_heads": 1,
    "padding_id": 3,
    "pooling": "mean",
    "positions": "sinusoidal",
    "rotary_base": 50.0,
    "rotary_dim": 2,
    "rotary_scaling": {"type": "linear", "factor": 4.0},
    "scale": 3.0,
    "separator_id": 3,
    "scaling": {"type": "linear", "factor": 4.0},
    "seed": 5,
    "soft_cap": 0.05,
    "start_id": 3,
    "value_dim": 2,
    "window": 2,
}
# Where an argument needs others to matter, they are set in both layers compared.
NEEDS = {
    "seed": {"dropout": 0.5},
}
EXEMPT = {
    # They allow, refuse, or are read by generation alone; each has tests of its own.
    ("LearnedPositions", "max_length"),
    ("AdaptiveSoftmaxHead", "tied_projections"),  # its row has nothing to tie
    ("CausalLMHead", "kernel_initializer"),  # its row gives it a table
    ("RotaryPositions", "max_length"),
    ("TransformerConfig", "rematerialize"),
    ("TransformerConfig", "start_id"),
    ("TransformerConfig", "prefix_lm"),
}


def layer_cases():
    for row in EVERY_LAYER:
        for name, default in arguments_of(row.layer).items():
            yield row, name, default


def other_value(name, value):
    """A value that is right as well, and another one."""
    if name.endswith("_initializer"):
        return "ones"
    if isinstance(value, bool):
        return not value
    if name == "scale" and value is False:
        return True
    if name in OTHER and OTHER[name] != value:
        return OTHER[name]
    return value * 2 if isinstance(value, int) and value else 2


def trace_of(layer, call):
    """What a layer does: weights, then outputs, in inference and in training."""
    keras.utils.set_random_seed(1)
    call(layer, training=False)
    weights = [np.array(w, "float64") for w in layer.weights]
    generator = np.random.default_rng(3)
    for weight in layer.trainable_weights:
        noise = generator.normal(size=weight.shape)
        weight.assign(np.array(weight) + 0.3 * noise)
    outputs = [call(layer, training=training) for training in (False, True)]
    leaves = keras.tree.flatten(outputs)
    masks = [getattr(x, "_keras_mask", None) for x in leaves]
    return weights + [np.array(x) for x in leaves + masks if x is not None]


def differ(one, other):
    if len(one) != len(other):
        return True
    pairs = zip(one, other)
    return any(
        a.shape != b.shape or not np.allclose(a, b, 1e-6, 1e-7) for a, b in pairs
    )


LAYERS = {f"{row}-{name}": (row, name, default) for row, name, default in layer_cases()}


def traced_layer(row, **changes):
    """What a layer does; nothing where it refuses its arguments."""

    def call(layer, training):
        inputs = row.inputs()
        takes = inspect.signature(layer.call).parameters
        options = {"training": training} if "training" in takes else {}
        return layer(**inputs, **options)

    keras.utils.set_random_seed(1)
    try:
        return trace_of(row.build(**changes), call)
    except (TypeError, ValueError, tf.errors.InvalidArgumentError):
        return []


@functools.cache
def unchanged_layer(row_name):
    """With its defaults: what most of its arguments are compared with."""
    (row,) = (row for row in EVERY_LAYER if str(row) == row_name)
    return traced_layer(row)


def by_turns(cases):
    """Every argument of a layer in one of its rows, the next in the next."""
    rows = collections.defaultdict(list)
    for case, (row, name, _) in cases.items():
        rows[row.layer, name].append(case)
    return {found[n % len(found)] for n, found in enumerate(rows.values())}


def in_one_process(cases):
    """Those of one row share what it does unchanged."""
    often = by_turns(cases)
    for case, (row, _, _) in cases.items():
        group = pytest.mark.xdist_group(f"arguments of {row}")
        marks = [group] if case in often else [group, pytest.mark.full]
        yield pytest.param(case, marks=marks)


@pytest.mark.parametrize("case", in_one_process(LAYERS))
def test_of_every_layer(case):
    row, name, default = LAYERS[case]
    if (row.layer.__name__, name) in EXEMPT:
        pytest.skip("it decides what is refused")
    value = row.arguments.get(name, default)
    needed = dict(NEEDS.get(name, {}))
    if name == "epsilon" and row.layer is t.MultiHeadAttention:
        needed = {"query_key_norm": True}

    before = traced_layer(row, **needed) if needed else unchanged_layer(str(row))
    changed = {**needed, name: other_value(name, value)}
    assert differ(before, traced_layer(row, **changed))


SMALL = {
    "vocabulary_size": 29,
    "dim": 12,
    "num_heads": 2,
    "num_layers": 2,
    "hidden_dim": 14,
    "max_length": 9,
    "dropout": 0.0,
    "num_buckets": 8,
    "max_distance": 6,
    "initializer_range": 0.2,
}
BASES = {
    # Fields that matter only beside a choice.
    **dict.fromkeys(("num_buckets", "max_distance"), {"positions": "relative"}),
    **dict.fromkeys(("rotary_base", "rotary_dim"), {"positions": "rotary"}),
    "rotary_scaling": {"positions": "rotary"},
    "positions_skip_padding": {"padding_id": 1},
    "num_decoder_layers": {"seq2seq": True},
    "max_decoder_length": {"seq2seq": True},
    "memory_length": {"positions": None},
    "zero_memory": {"positions": None, "memory_length": 4},
    "shared_position_biases": {"positions": None, "memory_length": 4},
    "cutoff_divisor": {"cutoffs": (5, 13)},
    "global_attention": {"window": 3},
    "separator_id": {"window": 3, "global_attention": True, "spans": True},
}
OF_DECODERS = ("zero_memory", "shared_position_biases", "cutoff_divisor")
FIELDS = [f.name for f in dataclasses.fields(t.TransformerConfig)]


IDS = np.array([[5, 7, 1, 3, 8, 2, 4, 9], [4, 1, 6, 6, 9, 3, 2, 7]], "int32")


def traced_model(kind, **fields):
    """What a model of this configuration does; nothing where it is refused."""

    def call(model, training):
        both = {"source_ids": IDS, "target_ids": IDS[:, :4]}
        return model(both if kind is t.Seq2SeqLM else IDS, training=training)

    keras.utils.set_random_seed(1)
    try:
        return trace_of(kind(t.TransformerConfig(**fields)), call)
    except (TypeError, ValueError):
        return []


@functools.cache
def unchanged_model(kind, fields):
    """What most fields are compared with."""
    return traced_model(kind, **dict(fields))


def kinds_of(name):
    """The models that a field is tried in."""
    base = BASES.get(name, {})
    if base.get("spans"):
        return [t.SpanQuestionAnswerer]
    if name in ("logit_scale", "logit_transform", "prefix_lm", *OF_DECODERS):
        return [t.CausalLM]
    return [t.Seq2SeqLM] if base.get("seq2seq") else [t.CausalLM, t.MaskedLM]


CASES = [(name, kind) for name in FIELDS for kind in kinds_of(name)]
# Every field in one kind of model, by turns.
OFTEN = [
    (name, kinds_of(name)[n % len(kinds_of(name))]) for n, name in enumerate(FIELDS)
]


@pytest.mark.xdist_group("fields of the config")
@pytest.mark.parametrize(("name", "kind"), table(CASES, OFTEN))
def test_of_every_field_of_the_config(name, kind):
    if ("TransformerConfig", name) in EXEMPT:
        pytest.skip("it decides what is refused, or what generation starts from")
    base = {**SMALL, **BASES.get(name, {})}
    for choice in ("seq2seq", "spans"):
        base.pop(choice, None)
    before = getattr(t.TransformerConfig(**base), name)
    after = other_value(name, before)
    unchanged = unchanged_model(kind, tuple(base.items()))
    assert differ(unchanged, traced_model(kind, **{**base, name: after}))
