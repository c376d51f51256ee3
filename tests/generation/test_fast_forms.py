"""Fast forms run where every part is the library's own, and nowhere else."""

import functools
import math
import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.generation.changed_models import CHANGES, FAMILIES
from tests.selection import table
from transformer_tf import (
    CausalLMHead,
    DecoderBlock,
    FeedForward,
    GatedFeedForward,
    MultiHeadAttention,
)
from transformer_tf.generation import (
    Buckets,
    Greedy,
    PromptLookup,
    Sampling,
    generate,
    programs,
    trace_count,
)
from transformer_tf.generation.request import Request

PROMPTS = [[3, 7, 7, 1], [5], [2, 2]]
CAPACITY = 25
LADDER = Buckets(batch=(1, 3), prompt=(5,), new_tokens=(20,))
KINDS = CausalLMHead, DecoderBlock, FeedForward, GatedFeedForward, MultiHeadAttention

# What still runs by its fast form after each change. A decoder with blocks of another
# kind calls them; a model with another `call` is called as a whole.
ALL = {"head", "block", "feed_forward", "attention"}
FAST = {
    "plain": ALL,
    "rematerialized": ALL,
    "logits": ALL - {"head"},
    "head": ALL - {"head"},
    "lora": ALL,
    "int8": {"head", "block"},
    "int4": {"head", "block"},
    "float8": {"head", "block"},
    "body": ALL,
    "block": {"head"},
    "attention": {"head"},
    "wrapped": {"head"},
    "call": set(),
}
"""By change: of which layers every one is fast, the others not one."""


def recording(method, layers):
    """The method, which also writes down whose it is."""

    @functools.wraps(method)
    def record(layer, *args, **options):
        layers.append(layer)
        return method(layer, *args, **options)

    return record


@pytest.fixture
def stepped(monkeypatch):
    """The layers whose `step` has run."""
    layers = []
    for kind in KINDS:
        for name in ("step", "step_across"):
            if name in vars(kind):
                method = recording(vars(kind)[name], layers)
                monkeypatch.setattr(kind, name, method)
    return layers


def parts_of(model):
    """The layers that might have a fast form, by what they are."""
    blocks = model.decoder.blocks
    attention = [block.attention for block in blocks]
    attention += [b.cross_attention for b in blocks if b.use_cross_attention]
    return {
        "head": [model.head],
        "block": blocks,
        "feed_forward": [block.feed_forward for block in blocks],
        "attention": attention,
    }


def written(model):
    return generate(model, PROMPTS[:1], 2, buckets=LADDER, jit_compile=False)


# The kinds of blocks: with and without a table of positions, with a source.
@pytest.mark.parametrize(
    "family", table(FAMILIES, ["gpt2", "llama", "t5_untied", "bart"])
)
def test_every_part_of_a_plain_model_steps(family, stepped):
    model = CHANGES["plain"](*FAMILIES[family])
    written(model)
    parts = parts_of(model)
    assert {id(layer) for layer in stepped} == {
        id(layer) for layers in parts.values() for layer in layers
    }


# Each change once, in a decoder or in an encoder-decoder. Int8 stands for the other two
# quantizations, and nothing is changed in a plain model, of which all families step.
EVERY = [(family, change) for family in ("gpt2", "t5") for change in FAST]
OFTEN = {
    "gpt2": ("rematerialized", "head", "block", "wrapped"),
    "t5": ("logits", "lora", "int8", "body", "attention", "call"),
}
ONCE = [(family, change) for family, changes in OFTEN.items() for change in changes]


@pytest.mark.parametrize("family, change", table(EVERY, ONCE))
def test_what_was_changed_is_called(change, family, stepped):
    model = CHANGES[change](*FAMILIES[family])
    written(model)
    if change == "wrapped":  # the blocks are wrappers
        assert {id(layer) for layer in stepped} == {id(model.head)}
        return
    seen = {id(layer) for layer in stepped}
    for part, layers in parts_of(model).items():
        share = sum(id(layer) in seen for layer in layers) / len(layers)
        assert share == (part in FAST[change]), part


@pytest.mark.parametrize("change", ["instance", "projection", "bfloat16"])
def test_one_changed_layer_leaves_the_others_fast(change, stepped):
    model = CHANGES[change](*FAMILIES["gpt2"])
    written(model)
    seen = {id(layer) for layer in stepped}
    first, *others = [block.attention for block in model.decoder.blocks]
    assert id(first) not in seen
    assert all(id(layer) in seen for layer in others)


def test_the_table_is_complete():
    assert set(CHANGES) == set(FAST) | {"instance", "projection", "bfloat16"}


OWN = [
    (part, method)
    for part in ("decoder", "head", "block", "attention")
    for method in ("call", "step", "prepare")
]
OWN_OFTEN = [
    ("decoder", "call"),
    ("head", "step"),
    ("block", "prepare"),
    ("attention", "step"),
]


@pytest.mark.parametrize("part, method", table(OWN, OWN_OFTEN))
def test_a_method_of_ones_own_on_an_instance_counts(part, method, stepped):
    model = CHANGES["plain"](*FAMILIES["gpt2"])
    layer = model.decoder if part == "decoder" else parts_of(model)[part][0]
    expected, original = written(model), getattr(layer, method)
    setattr(layer, method, lambda *args, **options: original(*args, **options))
    stepped.clear()
    traces = trace_count(model)
    assert written(model) == expected
    assert trace_count(model) == traces + 1, "the old program has run"
    if part == "decoder":
        assert {id(one) for one in stepped} == {id(model.head)}
    else:
        assert id(layer) not in {id(one) for one in stepped}


def compiled(model, folder):
    """The decoder has been trained by itself, with a loss of its own."""
    model.decoder.compile("sgd", loss=lambda y, prediction: prediction[:, 0, 0])
    model.decoder.fit(np.ones((2, 3), "int32"), np.ones(2), verbose=0)
    return model


def loaded(model, folder):
    model.save(folder / "model.keras")
    return keras.models.load_model(folder / "model.keras")


@pytest.mark.parametrize("use", [compiled, loaded])
def test_what_keras_keeps_on_a_model_is_no_change(use, stepped, tmp_path):
    model = use(CHANGES["plain"](*FAMILIES["gpt2"]), tmp_path)
    written(model)
    parts = [layer for layers in parts_of(model).values() for layer in layers]
    assert {id(layer) for layer in stepped} == {id(layer) for layer in parts}


def optimized_program(model, rows, strategy):
    """What XLA makes of one call of `generate`, as text."""
    request = Request.of(model, PROMPTS[:rows], 6, buckets=LADDER)
    arguments = dict(request.arguments)
    if isinstance(strategy, Sampling):
        arguments["seed"] = tf.constant(1)
    program = programs.continue_text(request, strategy)
    compiled = tf.function(
        lambda arguments: program(model, arguments), jit_compile=True, autograph=False
    )
    arguments = keras.tree.map_structure(tf.constant, arguments)
    return compiled.experimental_get_compiler_ir(arguments)(stage="optimized_hlo")


def copies(program, sizes):
    """The instructions that copy a tensor with one of these numbers of elements."""
    found = []
    for line in program.splitlines():
        copy = re.match(r"\s*(?:ROOT )?\S+ = \w+\[([\d,]+)\]\S* copy\(", line)
        if copy and math.prod(map(int, copy[1].split(","))) in sizes:
            found.append(line.strip())
    return found


@pytest.mark.parametrize(
    "family, rows, strategy",
    [
        ("gpt2", 3, Sampling(1)),
        ("llama", 3, Greedy()),
        *(
            pytest.param(family, rows, strategy, marks=pytest.mark.full)
            for family in FAMILIES
            for rows in (1, 3)
            for strategy in (Greedy(), PromptLookup(2))
            # One row of one head: XLA drops the axis, and copies what it reshapes.
            if (family, rows, strategy) != ("llama", 1, Greedy())
        ),
    ],
)
def test_the_compiled_loop_copies_no_cache(family, rows, strategy):
    model = CHANGES["plain"](*FAMILIES[family])
    program = optimized_program(model, rows, strategy)
    cache = model.empty_cache(rows, CAPACITY)
    shapes = {tuple(x.shape) for x in (*cache.keys, *cache.values)}
    assert "while(" in program and f"{CAPACITY}" in program
    assert not copies(program, {math.prod(shape) for shape in shapes})


def turned_tables(program, model):
    """The instructions that make a table of [dim, vocabulary]."""
    vocabulary, dim = model.body.table.shape
    made = rf"\S+ = f32\[{dim},{vocabulary}\]\S* (?!parameter|get-tuple-element)"
    return re.findall(made, program)


@pytest.mark.parametrize("rows", [1, 3])
def test_one_text_is_scored_against_the_table_as_it_lies(rows):
    """Several are not: there the transposed table is worth its making."""
    model = CHANGES["plain"](*FAMILIES["gpt2"])
    program = optimized_program(model, rows, Greedy())
    assert bool(turned_tables(program, model)) == (rows > 1)


def test_copies_are_found_where_there_are_some():
    """The same search, over a loop that reads its cache in another shape."""

    @tf.function(jit_compile=True)
    def loop(cache, new):
        def body(i, cache, new):
            cache = keras.ops.slice_update(cache, (0, 0, 0, i), new)
            read = tf.reshape(cache, (6, 5, CAPACITY))
            product = tf.matmul(read, read, transpose_b=True)[:, :, :1]
            return i + 1, cache, tf.reshape(product, (3, 2, 5, 1))

        return tf.while_loop(lambda i, *_: i < 9, body, (0, cache, new))[1:]

    given = tf.ones((3, 2, 5, CAPACITY)), tf.ones((3, 2, 5, 1))
    program = loop.experimental_get_compiler_ir(*given)(stage="optimized_hlo")
    assert copies(program, {3 * 2 * 5 * CAPACITY})


@pytest.mark.parametrize("sizes", [(1, 1), (2, 1), (1, 3)])
def test_a_head_steps_where_sizes_are_unknown(sizes, rng):
    head = CausalLMHead(11, use_bias=True, scale=2.0)
    head.build((None, None, 8))
    x = tf.constant(rng.normal(size=(*sizes, 8)), "float32")
    step = tf.function(
        lambda x: head.step(x, head.prepare()),
        input_signature=[tf.TensorSpec([None, None, 8])],
    )
    for found in (step(x), head.step(x, head.prepare())):
        np.testing.assert_allclose(found, head(x), atol=1e-5)
