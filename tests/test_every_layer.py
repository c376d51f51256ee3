"""The promises that hold for every layer, checked from the table in every_layer.py."""

import importlib.util
import inspect
import json
import os
import pickle
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

import transformer_tf
from tests import unknown_sizes
from tests.every_layer import EVERY_LAYER
from tests.selection import pairs_once, table

EXTRA = 3
KINDS = ("mixed_float16", "mixed_bfloat16")
POLICIES = [(row, policy) for row in EVERY_LAYER for policy in KINDS]
POLICIES_OFTEN = pairs_once(EVERY_LAYER, KINDS)
COMPILED = [(row, by_xla) for row in EVERY_LAYER for by_xla in (False, True)]
COMPILED_OFTEN = [case for case in COMPILED if not case[1]] + COMPILED[1::4]


def public_layers():
    """Layers at the package's root; whole models have a table of their own."""
    members = [getattr(transformer_tf, name) for name in transformer_tf.__all__]
    return {
        member
        for member in members
        if inspect.isclass(member)
        and issubclass(member, keras.layers.Layer)
        and not issubclass(member, keras.Model)
    }


def test_the_table_is_complete():
    assert {row.layer for row in EVERY_LAYER} == public_layers()


@pytest.fixture(params=EVERY_LAYER, ids=str)
def row(request):
    return request.param


@pytest.fixture(autouse=True)
def seed():
    keras.utils.set_random_seed(1)


@keras.saving.register_keras_serializable(package="every_layer")
class Padding(keras.layers.Layer):
    """Says that only the first `real` positions are real; the tensor stays as it is."""

    def __init__(self, real, **kwargs):
        super().__init__(**kwargs)
        self.real = real

    def call(self, x):
        return x

    def compute_mask(self, x, previous):
        batch, length = keras.ops.shape(x)[:2]
        real = keras.ops.arange(length) < self.real
        return keras.ops.broadcast_to(real, (batch, length))


def tensors(arguments):
    """Those arguments of a call that are tensors or lists of tensors."""
    return {
        name: value
        for name, value in arguments.items()
        if isinstance(value, (np.ndarray, list))
    }


def flat(outputs):
    """All tensors of a result, as float64 or integer arrays."""
    leaves = [keras.ops.convert_to_numpy(leaf) for leaf in keras.tree.flatten(outputs)]
    return [x.astype("float64") if x.dtype.kind in "fV" else x for x in leaves]


def assert_equal(outputs, expected, **tolerance):
    outputs, expected = flat(outputs), flat(expected)
    assert len(outputs) == len(expected)
    for got, wanted in zip(outputs, expected, strict=True):
        assert got.shape == wanted.shape
        np.testing.assert_allclose(got, wanted, **tolerance)


def shapes_of(outputs):
    shapes = [tuple(leaf.shape) for leaf in keras.tree.flatten(outputs)]
    return shapes if len(shapes) > 1 else shapes[0]


def unknown(array):
    """A spec that keeps only the feature axes; batch and length come at run time."""
    if isinstance(array, list):
        return [unknown(one) for one in array]
    known = array.shape[2:] if array.ndim > 2 or array.dtype.kind != "f" else ()
    known = known or (array.shape[-1:] if array.dtype.kind == "f" else ())
    return tf.TensorSpec((None,) * (array.ndim - len(known)) + known, array.dtype)


class TestEveryLayer:
    def test_output_shape(self, row):
        assert shapes_of(row.build()(**row.inputs())) == row.output

    def test_config_holds_the_arguments_before_and_after_build(self, row):
        layer = row.build()
        before = layer.get_config()
        layer(**row.inputs())
        assert layer.get_config() == before
        for name, argument in row.arguments.items():
            assert getattr(layer, name) == argument, name
            assert before[name] == argument, name
        parameters = inspect.signature(row.layer.__init__).parameters.values()
        named = {p.name for p in parameters if p.kind is not p.VAR_KEYWORD} - {"self"}
        assert named <= set(before), "an argument is missing from the config"

    def test_config_round_trips(self, row):
        config = json.loads(json.dumps(row.build(name="mine").get_config()))
        twin = row.layer.from_config(config)
        assert twin.name == "mine"
        assert twin.get_config() == row.build(name="mine").get_config()

    def test_saved_model_gives_the_same_output(self, row, tmp_path):
        arguments = row.inputs()
        arrays = tensors(arguments)
        inputs = keras.tree.map_structure(
            lambda x: keras.Input(x.shape[1:], dtype=x.dtype, batch_size=x.shape[0]),
            arrays,
        )
        outputs = row.build()(**{**arguments, **inputs})
        model = keras.Model(keras.tree.flatten(inputs), outputs)
        arrays = keras.tree.flatten(arrays)
        model.save(tmp_path / "model.keras")
        twin = keras.models.load_model(tmp_path / "model.keras")
        assert_equal(twin(arrays), model(arrays), rtol=0, atol=0)

    @pytest.mark.parametrize(
        ("row", "jit_compile"), table(COMPILED, COMPILED_OFTEN, label=str)
    )
    def test_compiled_agrees_with_eager(self, row, jit_compile):
        layer, arguments = row.build(), row.inputs()
        eager = layer(**arguments)
        arrays = tensors(arguments)
        signature = (
            None if jit_compile else [{k: unknown(v) for k, v in arrays.items()}]
        )

        @tf.function(jit_compile=jit_compile, input_signature=signature)
        def compiled(given):
            return layer(**{**arguments, **given})

        arrays = keras.tree.map_structure(tf.constant, arrays)
        assert_equal(compiled(arrays), eager, rtol=1e-5, atol=1e-5)

    @pytest.mark.parametrize(
        ("row", "policy"), table(POLICIES, POLICIES_OFTEN, label=str)
    )
    def test_computes_in_the_policy_dtype(self, row, policy):
        layer = row.build(dtype=policy)
        outputs = keras.tree.flatten(layer(**row.inputs()))
        dtypes = {keras.backend.standardize_dtype(x.dtype) for x in outputs}
        assert dtypes & {"float16", "bfloat16", "float32"} <= {layer.compute_dtype}
        assert all(weight.dtype != layer.compute_dtype for weight in layer.weights)
        exact = row.build()
        exact(**row.inputs())
        exact.set_weights(layer.get_weights())
        assert_equal(outputs, exact(**row.inputs()), rtol=0.05, atol=0.05)

    def test_mask_survives(self, row):
        if not row.carries_mask:
            pytest.skip("its first argument has no padding to tell of")
        arguments = row.inputs()
        first = next(iter(arguments))
        marked = Padding(real=2)(keras.ops.convert_to_tensor(arguments[first]))
        layer = row.build()
        for _ in range(2):
            outputs = keras.tree.flatten(layer(**{**arguments, first: marked}))
            for tensor in (marked, outputs[0]):
                mask = np.array(tensor._keras_mask)
                assert (
                    mask.tolist() == [[True, True] + [False] * (mask.shape[1] - 2)] * 2
                )

    def test_padding_changes_nothing(self, row, rng):
        if not row.padded:
            pytest.skip("it has no axis that could be padded")
        layer, arguments = row.build(), row.inputs()
        expected = flat(layer(**arguments))
        for name in row.padded:
            array = arguments[name]
            shape = (array.shape[0], EXTRA, *array.shape[2:])
            garbage = rng.integers(0, 2, shape) * 9
            longer = np.concatenate([array, garbage.astype(array.dtype)], axis=1)
            marked = Padding(array.shape[1], autocast=False, dtype=str(array.dtype))
            arguments[name] = marked(keras.ops.convert_to_tensor(longer))
        got = [
            x[tuple(slice(size) for size in wanted.shape)]
            for x, wanted in zip(flat(layer(**arguments)), expected, strict=True)
        ]
        assert_equal(got, expected, rtol=1e-5, atol=1e-5)

    def test_gradients_reach_every_weight(self, row):
        layer, arguments = row.build(), row.inputs()
        layer(**arguments)
        # Weights that start at zero would hide those behind them.
        generator = np.random.default_rng(2)
        for weight in layer.trainable_weights:
            weight.assign(weight + 0.3 * generator.normal(size=weight.shape))
        with tf.GradientTape() as tape:
            outputs = keras.tree.flatten(layer(**arguments))
            loss = sum(
                tf.reduce_sum(x * generator.normal(size=x.shape).astype("float32"))
                for x in outputs
                if x.dtype.is_floating
            )
        variables = [weight.value for weight in layer.trainable_weights]
        for variable, gradient in zip(variables, tape.gradient(loss, variables)):
            assert gradient is not None, f"no gradient reaches {variable.name}"
            gradient = tf.convert_to_tensor(gradient).numpy()
            assert np.isfinite(gradient).all() and np.abs(gradient).max() > 0, (
                variable.name
            )


IN_JAX = """
import pickle, sys
sys.modules["tensorflow"] = None  # importing it would fail
import keras
from tests.drawn_by_numpy import drawn_by_numpy
from tests.every_layer import EVERY_LAYER
with open(sys.argv[1], "rb") as file:
    weights = pickle.load(file)
outputs = []
rows = EVERY_LAYER[:: int(sys.argv[3])]
for row, values in zip(rows, weights, strict=True):
    layer = row.build()
    with drawn_by_numpy():
        layer(**row.inputs())
    layer.set_weights(values)
    results = keras.tree.flatten(layer(**row.inputs()))
    outputs.append([keras.ops.convert_to_numpy(x) for x in results])
with open(sys.argv[2], "wb") as file:
    pickle.dump(outputs, file)
"""


@pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="needs the second backend, jax"
)
class TestUnderJax:
    # JAX compiles every operation of every shape: in every run for one layer of three.
    @pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.full)])
    def test_layers_give_the_same_without_tensorflow(self, step, tmp_path):
        keras.utils.set_random_seed(1)
        rows = EVERY_LAYER[::step]
        layers = [row.build() for row in rows]
        expected = [layer(**row.inputs()) for layer, row in zip(layers, rows)]
        weights, outputs = tmp_path / "weights", tmp_path / "outputs"
        weights.write_bytes(pickle.dumps([layer.get_weights() for layer in layers]))
        subprocess.run(
            [sys.executable, "-c", IN_JAX, weights, outputs, str(step)],
            env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
            check=True,
            timeout=300,
        )
        for row, got, wanted in zip(
            rows, pickle.loads(outputs.read_bytes()), expected, strict=True
        ):
            assert len(got) == len(flat(wanted)), str(row)
            for one, other in zip(got, flat(wanted)):
                np.testing.assert_allclose(
                    one, other, rtol=1e-4, atol=1e-5, err_msg=str(row)
                )

    @pytest.mark.parametrize(
        "names",
        [
            ("MultiHeadAttention", "DecoderBlock", "CausalLM learned", "Seq2SeqLM"),
            pytest.param((), marks=pytest.mark.full, id="all"),
        ],
    )
    def test_sizes_that_are_not_known_yet(self, names):
        """JAX has symbols for them, which refuse to be compared with a number."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.unknown_sizes", *names],
            env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


@pytest.mark.full
def test_sizes_that_are_not_known_yet():
    assert not unknown_sizes.failures()


@pytest.mark.parametrize("name", ["MultiHeadAttention", "CausalLM learned"])
def test_sizes_that_are_not_known_yet_here(name):
    assert not unknown_sizes.failures([name])
