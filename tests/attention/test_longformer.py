"""Longformer attention equals its definition in float64, gradients included."""

import importlib.util
import os
import re
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from keras import ops
from keras.src.backend import set_keras_mask

from tests.attention.longformer_reference import longformer
from tests.selection import table
from transformer_tf import LongformerAttention
from transformer_tf.attention.memory_efficient import window_and_globals

# Of all sizes those that are differentiated, which XLA takes long to compile.
GRADIENTS = ((13, 3), (37, 9), (33, 90))
NAMES = (
    *("query", "key", "value", "global_query", "global_key", "global_value"),
    "output",
)
HEADS, DIM = 3, 12
# (length, window, share of positions that are global)
SIZES = (
    (1, 1, 0.0),
    (5, 2, 0.3),
    (13, 3, 0.0),
    (29, 8, 0.1),
    (37, 9, 0.9),  # more global positions than two blocks
    (40, 17, 0.2),
    (33, 90, 0.1),  # the window covers everything
)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Several blocks, and a rest, in short sequences."""
    monkeypatch.setattr(window_and_globals, "BLOCK", 8)
    monkeypatch.setattr(window_and_globals, "GLOBAL_BLOCK", 5)


def make(window, rng, **options):
    layer = LongformerAttention(HEADS, window, **options)
    layer.build((None, None, DIM))
    for weight in layer.trainable_weights:
        weight.assign(rng.normal(size=weight.shape) * 0.4)
    return layer


def weights_of(layer):
    """Name of a projection -> (kernel, bias), in float64."""
    layers = {name: getattr(layer, f"{name}_projection") for name in NAMES}
    return {
        name: [
            ops.convert_to_numpy(w).astype("float64") for w in (one.kernel, one.bias)
        ]
        for name, one in layers.items()
    }


def inputs(length, share, rng):
    """x, which positions are real (gaps included), and which are global."""
    x = rng.normal(size=(2, length, DIM)).astype("float32")
    real = np.arange(length) < np.array([[length], [max(1, length - 4)]])
    if length > 8:
        real[1, 3] = False
    is_global = rng.random((2, length)) < share
    return x, real, is_global


def call(layer, x, real, is_global, **options):
    x = ops.convert_to_tensor(x)
    set_keras_mask(x, ops.convert_to_tensor(real))
    is_global = ops.convert_to_tensor(is_global)
    return layer(x, global_attention_mask=is_global, **options)


@pytest.mark.parametrize(("length", "window", "share"), SIZES)
class TestDefinition:
    def test_outputs_equal_float64(self, length, window, share, rng):
        layer = make(window, rng)
        given = inputs(length, share, rng)
        real, is_global = given[1:]
        x, *masks = given
        expected = longformer(x, weights_of(layer), HEADS, window, *masks)
        got = ops.convert_to_numpy(call(layer, *given))
        np.testing.assert_allclose(got, expected, atol=1e-5)
        got, weights = call(layer, *given, return_weights=True)
        np.testing.assert_allclose(got, expected, atol=1e-5)
        sums = ops.convert_to_numpy(weights).sum(-1)
        expected = np.broadcast_to(real[:, None], sums.shape)
        np.testing.assert_allclose(sums, expected, atol=1e-5)
        compiled = tf.function(
            lambda x: call(layer, x, *masks), jit_compile=True, autograph=False
        )
        np.testing.assert_allclose(compiled(x), call(layer, *given), atol=1e-5)

    def test_gradients_equal_differences_in_float64(self, length, window, share, rng):
        if (length, window) not in GRADIENTS:
            pytest.skip("the other sizes show every kind of tile")
        layer, (x, *masks) = make(window, rng), inputs(length, share, rng)
        direction = {
            name: [rng.normal(size=w.shape) for w in pair]
            for name, pair in weights_of(layer).items()
        }
        of_x, upstream = rng.normal(size=x.shape), rng.normal(size=x.shape)

        def loss(step):
            moved = {
                name: [w + step * d for w, d in zip(pair, direction[name])]
                for name, pair in weights_of(layer).items()
            }
            there = x + step * of_x
            return (longformer(there, moved, HEADS, window, *masks) * upstream).sum()

        expected = (loss(1e-5) - loss(-1e-5)) / 2e-5

        @tf.function(jit_compile=True, autograph=False)
        def gradients(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                output = call(layer, x, *masks)
                total = tf.reduce_sum(output * upstream.astype("float32"))
            return tape.gradient(total, [x, *layer.trainable_variables])

        sources = [of_x, *(d for name in self.order(layer) for d in direction[name])]
        found = list(gradients(tf.constant(x)))
        got = sum(
            (np.asarray(g) * d).sum() for g, d in zip(found, sources, strict=True)
        )
        assert got == pytest.approx(expected, rel=1e-3, abs=1e-3)

    def order(self, layer):
        """Names of the projections in the order of the layer's weights."""
        return [w.path.split("/")[-2] for w in layer.trainable_weights[::2]]


def test_lengths_need_not_be_known(rng):
    layer, (x, *masks) = make(6, rng), inputs(37, 0.3, rng)
    shapes = (None, None, DIM), (None, None), (None, None)
    dtypes = "float32", "bool", "bool"
    signature = [tf.TensorSpec(*one) for one in zip(shapes, dtypes)]

    @tf.function(input_signature=signature, autograph=False)
    def step(x, real, is_global):
        with tf.GradientTape() as tape:
            tape.watch(x)
            output = call(layer, x, real, is_global)
        return output, tape.gradient(output, x)

    for length in (37, 5):
        given = (x[:, :length], *(mask[:, :length] for mask in masks))
        output, gradient = step(*given)
        with tf.GradientTape() as tape:
            known = tf.constant(given[0])
            tape.watch(known)
            expected = call(layer, known, *given[1:])
        np.testing.assert_allclose(output, expected, atol=1e-5)
        np.testing.assert_allclose(gradient, tape.gradient(expected, known), atol=1e-4)


def test_without_a_mask_no_position_is_global(rng):
    layer, (x, _, _) = make(4, rng), inputs(21, 0, rng)
    nowhere = np.zeros((2, 21), bool)
    expected = call(layer, x, ~nowhere, nowhere)
    np.testing.assert_allclose(layer(x), expected, atol=1e-6)


def test_padding_may_hold_no_number(rng):
    layer, (x, real, is_global) = make(4, rng), inputs(21, 0.3, rng)
    expected = call(layer, x, real, is_global)
    garbage = np.where(real[..., None], x, np.nan)
    np.testing.assert_array_equal(call(layer, garbage, real, is_global), expected)


def test_dropout_drops_the_same_pairs_whatever_computes_them(rng):
    given = inputs(21, 0.3, rng)
    outputs, gradients = [], []
    for return_weights in (False, True):
        layer = make(4, np.random.default_rng(1), dropout=0.4, seed=5)
        x = tf.constant(given[0])
        with tf.GradientTape() as tape:
            tape.watch(x)
            output = call(
                layer, x, *given[1:], training=True, return_weights=return_weights
            )
            output = output[0] if return_weights else output
        outputs.append(output)
        gradients.append(tape.gradient(output, x))
    np.testing.assert_allclose(*outputs, atol=1e-5)
    np.testing.assert_allclose(*gradients, atol=1e-4)
    dry = call(make(4, np.random.default_rng(1)), *given)
    assert np.abs(outputs[0] - dry).max() > 0.1


def largest_tensor(length, window, is_trained):
    """Elements of the largest tensor in the compiled program."""
    layer = LongformerAttention(2, window)
    layer.build((None, None, 8))

    @tf.function(jit_compile=True, autograph=False)
    def step(x, mask):
        with tf.GradientTape() as tape:
            tape.watch(x)
            output = layer(x, global_attention_mask=mask)
        return tape.gradient(output, x) if is_trained else output

    given = tf.zeros((1, length, 8)), tf.zeros((1, length), "bool")
    program = step.experimental_get_compiler_ir(*given)(stage="optimized_hlo")
    shapes = re.findall(r"\b(?:f32|pred|s32|u32)\[([\d,]+)\]", program)
    return max(np.prod([int(n) for n in shape.split(",")]) for shape in set(shapes))


@pytest.mark.parametrize("is_trained", table([False, True], [True]))
def test_memory_is_linear_in_the_length(is_trained, monkeypatch):
    monkeypatch.setattr(window_and_globals, "BLOCK", 64)
    monkeypatch.setattr(window_and_globals, "GLOBAL_BLOCK", 32)
    short, long = (largest_tensor(n, 64, is_trained) for n in (1024, 4096))
    assert long <= 4.1 * short
    assert long <= 2 * 4096 * 64


class TestErrors:
    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            ({"num_heads": 5, "window": 2}, ValueError, "num_heads must divide dim"),
            ({"num_heads": 2, "window": 0}, ValueError, "window must be at least 1"),
            ({"num_heads": 2, "window": None}, TypeError, "window must be a whole"),
            ({"num_heads": 2, "window": 2, "dropout": 1.0}, ValueError, "dropout"),
        ],
    )
    def test_of_the_constructor(self, arguments, error, message):
        with pytest.raises(error, match=message):
            LongformerAttention(**arguments).build((2, 4, 12))

    @pytest.mark.parametrize(
        ("mask", "error", "message"),
        [
            (np.ones((2, 5), "int32"), TypeError, "must be boolean"),
            (np.ones((2, 6), bool), ValueError, "must broadcast to"),
            (np.ones((2, 5, 5), bool), ValueError, r"must be \[batch, length\]"),
        ],
    )
    def test_of_the_mask(self, mask, error, message):
        layer = LongformerAttention(3, 2)
        with pytest.raises(error, match=message):
            layer(np.ones((2, 5, 12), "float32"), global_attention_mask=mask)


IN_JAX = """
import sys
sys.modules["tensorflow"] = None  # importing it would fail
import jax
import numpy as np
from keras import ops
from transformer_tf.attention.memory_efficient import window_and_globals
from transformer_tf.attention.reference import reference_attention

window_and_globals.BLOCK, window_and_globals.GLOBAL_BLOCK = 8, 5
rng = np.random.default_rng(0)
heads = [rng.normal(size=(2, 3, 37, 4)).astype("float32") for _ in range(6)]
upstream = rng.normal(size=(2, 3, 37, 4)).astype("float32")
real = np.arange(37) < np.array([[37], [30]])
is_global = (rng.random((2, 37)) < 0.3) & real
seed = np.array([7, 9], "uint32")


def fast(*heads):
    kernel = window_and_globals.WindowAndGlobals(7, real, is_global, 0.4, seed)
    return ops.sum(kernel.attend(*heads) * upstream)


def plain(*heads):
    place = np.arange(37)
    sees = (abs(place[:, None] - place) < 7) | is_global[:, None, None]
    both = real[:, None, None] & real[:, None, :, None]
    options = {"scale": 1.0, "dropout": 0.4, "seed": seed}
    local, _ = reference_attention(*heads[:3], sees & both, **options)
    rows, _ = reference_attention(*heads[3:], both, **options)
    return ops.sum(ops.where(is_global[:, None, :, None], rows, local) * upstream)


expected = jax.value_and_grad(plain, range(6))(*heads)
for wrap in (lambda f: f, jax.jit):
    got = wrap(jax.value_and_grad(fast, range(6)))(*heads)
    for one, other in zip(jax.tree.leaves(got), jax.tree.leaves(expected)):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)
"""


# Values alone, in every run: tests/test_every_layer.py.
@pytest.mark.full
@pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="needs the second backend, jax"
)
def test_the_same_under_jax():
    subprocess.run(
        [sys.executable, "-c", IN_JAX],
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        check=True,
        timeout=300,
    )
