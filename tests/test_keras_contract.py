"""What Keras asks of any layer: its own examination, shapes, dtypes and masks."""

import importlib.util
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

import transformer_tf as t
from tests.every_layer import EVERY_LAYER
from tests.layer_test import CELLS, EVERY_MODEL, examine_layer, examine_model, run
from tests.selection import pairs_once, table

EVERY = [(row, objects) for row in EVERY_LAYER for objects in (False, True)]
ONCE = pairs_once(EVERY_LAYER, [False, True])
DTYPES = ("float32", "mixed_float16", "bfloat16")
EVERY_DTYPE = [(row, dtype) for row in EVERY_LAYER for dtype in DTYPES]


def named(value):
    return getattr(value, "__name__", "")


IGNORED = "ignore:.*(shuffle|trainable weights|retracing)"


@pytest.fixture(params=EVERY_LAYER, ids=str)
def row(request):
    keras.utils.set_random_seed(1)
    return request.param


def test_every_model_is_examined():
    public = [getattr(t, name) for name in t.__all__]
    public = [c for c in public if isinstance(c, type) and issubclass(c, keras.Model)]
    assert {model for model, _ in EVERY_MODEL} == set(public)


@pytest.mark.filterwarnings(IGNORED)
class TestByKeras:
    @pytest.mark.parametrize("row, objects", table(EVERY, ONCE, label=str))
    def test_every_layer(self, row, objects):
        """With arguments as names or as objects."""
        keras.utils.set_random_seed(1)
        examine_layer(row, objects, train=False)

    # What each model is as a Keras model, in every run: tests/models/test_everyday.py.
    @pytest.mark.parametrize(
        "model, arguments", table(EVERY_MODEL, EVERY_MODEL[::2], label=named)
    )
    def test_every_model(self, model, arguments):
        examine_model(model, arguments, train=False)

    @pytest.mark.full
    def test_training(self, row):
        examine_layer(row, objects=True, train=True)

    def test_training_of_one_layer_and_one_model(self):
        (row,) = (row for row in EVERY_LAYER if str(row) == "EncoderBlock")
        examine_layer(row, objects=True, train=True)
        examine_model(*EVERY_MODEL[3], train=True)

    def test_activations_of_models(self):
        head = {"num_classes": 3, "activation": keras.ops.relu}
        config = dict(EVERY_MODEL)[t.SequenceClassifier]["body"]
        config = config.with_changes(activation=keras.activations.silu)
        examine_model(t.SequenceClassifier, {"body": config, **head}, train=False)

    @pytest.mark.skipif(
        importlib.util.find_spec("jax") is None, reason="needs the second backend, jax"
    )
    @pytest.mark.full  # in every run: what each layer computes, test_every_layer.py
    def test_under_jax(self):
        done = subprocess.run(
            [sys.executable, "-m", "tests.layer_test"],
            env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert done.returncode == 0, done.stdout + done.stderr[-3000:]


def shapes_of(values):
    return keras.tree.map_structure(lambda x: tuple(np.shape(x)), values)


class TestShapesAndDtypes:
    @pytest.mark.parametrize(
        "row, dtype", table(EVERY_DTYPE, pairs_once(EVERY_LAYER, DTYPES), label=str)
    )
    def test_are_known_before_and_after_build(self, row, dtype):
        keras.utils.set_random_seed(1)
        if dtype == "bfloat16" and row.layer in CELLS:
            dtype = "mixed_bfloat16"  # TensorFlow draws no orthogonal bfloat16
        layer, inputs = row.build(dtype=dtype), row.inputs()
        tensors = {n: x for n, x in inputs.items() if isinstance(x, (np.ndarray, list))}
        options = {n: x for n, x in inputs.items() if n not in tensors}
        specs = keras.tree.map_structure(
            lambda x: keras.KerasTensor(
                x.shape, layer.compute_dtype if x.dtype.kind == "f" else str(x.dtype)
            ),
            tensors,
        )
        before = None
        if not options.get("return_weights"):  # of which shapes alone do not tell
            before = layer.compute_output_spec(**specs)
        outputs = layer(**inputs)
        after = layer.compute_output_spec(**specs, **options)
        for spec in (before, after):
            if spec is None:
                continue
            keras.tree.assert_same_structure(spec, outputs)
            for one, other in zip(
                keras.tree.flatten(spec), keras.tree.flatten(outputs)
            ):
                assert tuple(one.shape) == tuple(other.shape)
                assert one.dtype == keras.backend.standardize_dtype(other.dtype)
        shapes = {f"{n}_shape": shapes_of(x) for n, x in tensors.items()}
        said = layer.compute_output_shape(**shapes)
        first = [tuple(outputs.shape)] if hasattr(outputs, "shape") else None
        first = first or [tuple(x.shape) for x in keras.tree.flatten(outputs)]
        said = [said] if isinstance(said[0], (int, type(None))) else said
        flat = [s for x in said for s in (x if isinstance(x, list) else [x])]
        assert flat == first[: len(flat)]

    def test_mask_of_one_argument(self, row):
        layer, inputs = row.build(), row.inputs()
        layer(**inputs)
        if row.layer not in CELLS:
            layer.compute_mask(next(iter(inputs.values())))
        padded = t.TokenEmbedding(9, 4, padding_id=0)
        mask = padded.compute_mask(np.array([[1, 2, 0]]))
        assert np.array(mask).tolist() == [[True, True, False]]

    def test_paths_of_variables_are_unique(self, row):
        layer = row.build()
        layer(**row.inputs())
        paths = [variable.path for variable in layer.variables]
        assert len(set(paths)) == len(paths)


def test_symbolic_calls_take_layers_as_options():
    x = keras.Input((5, 12))
    y, weights = t.MultiHeadAttention(3)(
        x, position_bias=t.ALiBi(3), return_weights=True
    )
    assert y.shape == (None, 5, 12) and weights.shape == (None, 3, 5, 5)


def test_run_is_what_it_says():
    """The examination fails where a layer breaks the contract."""

    @keras.saving.register_keras_serializable(package="test_keras_contract")
    class Broken(t.FeedForward):
        def get_config(self):
            return {**super().get_config(), "hidden_dim": self.hidden_dim + 1}

    with pytest.raises(AssertionError):
        run(Broken, {"hidden_dim": 4}, False, input_shape=(2, 3, 4))
