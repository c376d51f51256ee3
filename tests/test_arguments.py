"""Bad arguments of every constructor, made from what each argument is called.

Each public layer, model and field of the config is tried with what is wrong for its
kind of argument. An argument of no known kind fails the test until its kind is said.
"""

import dataclasses
import inspect
import json

import keras
import numpy as np
import pytest

import transformer_tf as t
from tests.every_layer import EVERY_LAYER
from tests.layer_test import BERT, EVERY_MODEL

SIZE, OPTIONAL_SIZE = [0, -1, 1.5, True, "3", None], [0, -1, 1.5, True, "3"]
COUNT = [-1, 1.5, True, "3"]
NUMBER = [float("inf"), float("nan"), "1", True]
RATE = [1, 1.5, -0.1, "0.1", float("nan"), True]
FLAG = ["False", 2, None]
KINDS = {
    "activation": (["gulp", 3, keras.layers.Dense], ["relu"]),
    "num_buckets": (SIZE, []),
    "offset": (COUNT, []),
    "position_offset": (COUNT, []),
    "num_token_types": (COUNT, []),
    "seed": (COUNT, [np.int64(3)]),
    "start_id": ([29, -1, 1.5, True, None], [np.int64(3)]),
    "padding_id": ([29, -1, 1.5, True], [np.int64(3)]),
    "end_id": ([29, -1, 1.5, True], []),
    "logit_transform": (["gulp", 3, keras.layers.Dense], ["relu", None]),
    "cutoffs": ([3, [], [5, 3], [0, 4], [4, 400], ["a"]], []),
    "memory_length": (COUNT, []),
    "separator_id": ([29, -1, 1.5, True], [np.int64(3)]),
    "epsilon": ([0, -1, *NUMBER], [np.float32(1e-3)]),
    "initializer_range": ([0, -1, *NUMBER], []),
    "base": ([1, 0, *NUMBER], []),
    "rotary_base": ([0, *NUMBER], []),
    "max_wavelength": ([1, 0, *NUMBER], []),
    "logit_scale": (NUMBER, [np.float32(2)]),
    "attention_scale": (NUMBER, [np.float32(2)]),
    **dict.fromkeys(("soft_cap", "attention_soft_cap"), ([0, -1, *NUMBER], [2])),
    "norm": (["batch", None, 3], ["rms"]),
    "pooling": (["max", None], ["mean"]),
    "positions": (["absolute", 3], ["sinusoidal"]),
    "scaling": (["yarn", {"type": "cubic"}], [None]),
    "rotary_scaling": (["yarn", {"type": "cubic"}], [None]),
    "num_key_value_heads": ([5, *OPTIONAL_SIZE], []),
    **dict.fromkeys(("config", "body"), ([None, {"dim": 4}, 5], [])),
    **dict.fromkeys(("tokens",), ([], [])),
}
SIZES = (
    *("units", "num_heads", "hidden_dim", "vocabulary_size", "num_classes", "dim"),
    *("max_length", "max_distance", "num_layers", "divisor", "cutoff_divisor"),
)
OPTIONAL_SIZES = (
    *(
        "head_dim",
        "value_dim",
        "rotary_dim",
        "window",
        "num_decoder_layers",
        "max_decoder_length",
        "embedding_dim",
    ),
)
RATES = (*("dropout", "attention_dropout", "activation_dropout", "recurrent_dropout"),)
FLAGS = (
    *("use_bias", "gated", "norm_first", "tied", "interleaved", "bidirectional"),
    *("use_cross_attention", "embedding_norm", "embedding_scale", "shared_layers"),
    *("logit_bias", "positions_skip_padding", "rematerialize", "query_key_norm"),
    *("prefix_lm", "global_attention", "own_biases", "tied_projections"),
    *("zero_memory", "shared_position_biases"),
)


def kind_of(name, default):
    """(what must be refused, what must be taken) of an argument."""
    if name in KINDS:
        return KINDS[name]
    if name.endswith("_regularizer"):
        return [], []
    if name.endswith("_initializer"):
        return ["nobody", None, 3], [keras.initializers.Zeros]
    if name == "scale":
        return (FLAG, [True]) if isinstance(default, bool) else (NUMBER, [2])
    is_optional = default is None or name in ("hidden_dim", "max_length")
    if name in OPTIONAL_SIZES or (name in SIZES and is_optional):
        return OPTIONAL_SIZE, []
    if name in SIZES:
        return SIZE, []
    if name in RATES:
        return RATE, [np.float32(0.5)]
    if name in FLAGS:
        return FLAG, [np.bool_(True)]
    raise AssertionError(f"say in {__name__} what kind of argument {name!r} is")


def arguments_of(cls):
    """Names and defaults of all arguments of a class and its bases of this library."""
    found = {}
    for base in cls.__mro__:
        if base.__module__.startswith("transformer_tf") and "__init__" in vars(base):
            for p in inspect.signature(base.__init__).parameters.values():
                if p.kind is not p.VAR_KEYWORD and p.name != "self":
                    found.setdefault(p.name, p.default)
    return found


def constructions():
    """(label, constructor, arguments that are right, name, its default)"""
    for row in {row.layer: row for row in EVERY_LAYER}.values():
        for name, default in arguments_of(row.layer).items():
            yield str(row), row.layer, row.arguments, name, default
    for model, arguments in EVERY_MODEL:
        arguments = arguments or {"body": BERT}
        for name, default in arguments_of(model).items():
            yield model.__name__, model, arguments, name, default
    fields = {f.name: getattr(BERT, f.name) for f in dataclasses.fields(BERT)}
    for field in dataclasses.fields(BERT):
        label, default = "TransformerConfig", field.default
        yield label, t.TransformerConfig, fields, field.name, default


# What is refused where nothing else is changed.
REFUSED = {
    *((t.LongformerBlock, name) for name in ("soft_cap", "query_key_norm")),
    *((t.TransformerXLBlock, name) for name in ("soft_cap", "query_key_norm")),
    (t.TransformerXL, "use_cross_attention"),
    (t.TransformerConfig, "global_attention"),  # without a window
}
CASES = {f"{c[0]}-{c[3]}": c[1:] for c in constructions()}


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_refused_and_what_is_right_is_plain(case):
    make, right, name, default = CASES[case]
    wrong, also_right = kind_of(name, default)
    if name == "units" and make is not t.AdditiveAttention:
        also_right = [np.int64(3)]
    if (make, name) in REFUSED:
        # As it is by default it is accepted, and says nothing.
        refused = [value for value in also_right if value != default]
        wrong, also_right = [*wrong, *refused], []
    for value in wrong:
        with pytest.raises((TypeError, ValueError)):
            make(**{**right, name: value})
    for value in also_right:
        made = make(**{**right, name: value})
        json.dumps(made.get_config())


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.uint16, np.int64])
def test_sizes_may_be_numpy_integers(dtype):
    right = {f.name: getattr(BERT, f.name) for f in dataclasses.fields(BERT)}
    numpy = {
        n: dtype(v) if isinstance(v, int) and not isinstance(v, bool) else v
        for n, v in right.items()
        if n not in ("rotary_base", "max_distance")
    }
    config = t.TransformerConfig(**numpy)
    assert config == BERT
    assert json.loads(json.dumps(config.get_config())) == BERT.get_config()
    layer = t.MultiHeadAttention(dtype(2), head_dim=dtype(4))
    assert type(layer.get_config()["num_heads"]) is int


FOREIGN = {
    "head_dim": lambda: t.MultiHeadAttention(num_heads=2, key_dim=4),
    "hidden_dim": lambda: t.EncoderBlock(intermediate_dim=8, num_heads=2),
    "vocabulary_size": lambda: t.TokenEmbedding(input_dim=9, output_dim=4),
    "padding_id": lambda: t.TokenEmbedding(9, 4, mask_zero=True),
    "dim": lambda: t.bert_config(hidden_size=12),
    "num_layers": lambda: t.TransformerConfig(9, 4, num_hidden_layers=2, num_heads=1),
    "epsilon": lambda: t.llama_config(rms_norm_eps=1e-6),
    "rotary_scaling": lambda: t.llama_config(rope_scaling=None),
    "num_classes": lambda: t.SequenceClassifier(BERT, num_labels=2),
    "causal_mask": lambda: attend(use_causal_mask=True),
    "return_weights=True": lambda: attend(return_attention_scores=True),
    "cache": lambda: attend(use_cache=True),
    "positions": lambda: attend(position_ids=[0]),
    "return_hidden_states=True": lambda: encode(output_hidden_states=True),
    "token_types": lambda: encode(token_type_ids=[[0]]),
}


def attend(**options):
    t.MultiHeadAttention(2)(np.ones((1, 3, 4), "float32"), **options)


def encode(**options):
    t.Encoder(BERT)(np.ones((1, 3), "int32"), **options)


@pytest.mark.parametrize("ours", FOREIGN)
def test_names_of_other_libraries_are_answered_with_ours(ours):
    with pytest.raises(TypeError) as caught:
        FOREIGN[ours]()
    assert f"here it is {ours}" in str(caught.value) or ours in str(caught.value)


def test_inputs_named_as_in_transformers_are_answered_with_ours():
    with pytest.raises(ValueError, match="here it is ids"):
        t.CausalLM(t.gpt2_config(**{**SMALL}))({"input_ids": np.ones((1, 3), "int32")})


SMALL = {"vocabulary_size": 9, "dim": 4, "num_heads": 2, "num_layers": 1}


def test_a_mask_that_may_mean_two_things_is_refused(rng):
    x = rng.normal(size=(4, 4, 8)).astype("float32")
    mask = np.ones((4, 4), bool)
    layers = t.MultiHeadAttention(2), t.EncoderBlock(2, 8), t.DecoderBlock(2, 8)
    for layer in layers:
        with pytest.raises(ValueError, match="batch, key"):
            layer(x, attention_mask=mask)
        layer(x, attention_mask=mask[None])
        layer(x, attention_mask=mask[:, None])
        layer(x, attention_mask=t.causal_mask(4))
        layer(x[:3], attention_mask=mask)
