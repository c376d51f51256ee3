"""What people do with any Keras model works with every whole model."""

import json
import os
import pickle
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

import transformer_tf as t
from tests.models.every_model import (
    NAMES,
    POSITIONAL,
    call,
    inputs_of,
    new_loss,
    new_model,
    targets_of,
)
from tests.selection import pairs_once, table

HEADED = [name for name in NAMES if name not in POSITIONAL]
FEW = ("sequence",)
SERVED = ("encoder", "decoder", "causal_llama", "masked_picked", "choice", "span")
DTYPES = ("float32", "mixed_bfloat16")
IN_DTYPES = [(name, dtype) for name in NAMES for dtype in DTYPES]
IN_ONE_DTYPE = pairs_once(NAMES, DTYPES)
LITERT = ("causal_llama", "seq2seq_t5")


def leaves(outputs):
    return [np.array(x) for x in keras.tree.flatten(outputs)]


def assert_same(got, expected, atol=1e-5):
    for one, other in zip(leaves(got), leaves(expected), strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, atol=atol)


def test_the_table_is_complete():
    models = {type(new_model(name)) for name in NAMES}
    public = {getattr(t, name) for name in t.__all__}
    public = {c for c in public if isinstance(c, type) and issubclass(c, keras.Model)}
    assert models == public


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


class TestEveryModel:
    @pytest.mark.parametrize("name, dtype", table(IN_DTYPES, IN_ONE_DTYPE))
    def test_shapes_and_dtypes_are_known_before_it_is_built(self, name, dtype):
        inputs = inputs_of(name)
        shapes = {n: x.shape for n, x in inputs.items()}
        keras.config.set_dtype_policy(dtype)
        try:
            model = new_model(name)
        finally:
            keras.config.set_dtype_policy("float32")
        if name in POSITIONAL:
            said = model.compute_output_shape(*shapes.values())
        else:
            said = model.compute_output_shape(shapes)
        specs = keras.tree.map_structure(
            lambda x: keras.KerasTensor(x.shape, str(x.dtype)), inputs
        )
        given = list(specs.values()) if name in POSITIONAL else [specs]
        spec = model.compute_output_spec(*given)
        outputs = call(model, name, inputs)
        traced = model.compute_output_spec(*given)
        for structure in (spec, traced):
            for one, other in zip(
                keras.tree.flatten(structure), keras.tree.flatten(outputs)
            ):
                assert tuple(one.shape) == tuple(other.shape)
                assert one.dtype == keras.backend.standardize_dtype(other.dtype)
        said = [said] if isinstance(said[0], int) else said
        assert [tuple(s) for s in said] == [x.shape for x in leaves(outputs)]

    def test_functional_clone_summary_and_paths(self, name, capsys):
        model, inputs = new_model(name), inputs_of(name)
        expected = call(model, name, inputs)
        symbols = {
            n: keras.Input(x.shape[1:], dtype=x.dtype, name=n)
            for n, x in inputs.items()
        }
        wrapped = keras.Model(symbols, call(model, name, symbols))
        assert_same(wrapped(inputs), expected)
        model.summary()
        assert model.name in capsys.readouterr().out
        paths = [variable.path for variable in model.variables]
        assert len(set(paths)) == len(paths), "two variables share a path"
        assert json.loads(json.dumps(model.get_config()))
        clone = keras.models.clone_model(model)
        if not clone.built:
            clone.build()
        clone.set_weights(model.get_weights())
        assert_same(call(clone, name, inputs), expected)

    @pytest.mark.parametrize(
        "name", table(NAMES, [*SERVED, "sequence_both", "seq2seq_t5"])
    )
    def test_exports_and_serves_any_size(self, name, tmp_path):
        model, inputs = new_model(name), inputs_of(name)
        call(model, name, inputs)
        model.export(tmp_path / "served", verbose=False)
        served = tf.saved_model.load(tmp_path / "served")
        for batch, length in ((4, 7), (2, 11)):
            other = inputs_of(name, batch, length, seed=5)
            expected = call(model, name, other)
            tensors = {n: tf.constant(x) for n, x in other.items()}
            given = tensors.values() if name in POSITIONAL else [tensors]
            assert_same(served.serve(*given), expected)

    def test_exports_what_it_reads_without_a_call(self, name, tmp_path):
        if name not in ("causal", "choice", "seq2seq_t5"):
            pytest.skip("the others are exported above")
        model, inputs = new_model(name), inputs_of(name)
        model.export(tmp_path / "served", verbose=False)
        served = tf.saved_model.load(tmp_path / "served")
        if name != "seq2seq_t5":
            inputs = inputs["ids"]
        assert_same(
            served.serve(keras.tree.map_structure(tf.constant, inputs)), model(inputs)
        )


@pytest.mark.parametrize("name", ["encoder", "causal", "token"])
@pytest.mark.parametrize("is_built", [False, True])
def test_stands_in_a_sequential_without_input(name, is_built):
    ids = inputs_of(name)["ids"]
    model = new_model(name)
    expected = model(ids)
    sequential = keras.Sequential([model, keras.layers.Activation("linear")])
    if is_built:
        sequential.build((None, ids.shape[1]))
    assert_same(sequential(ids), expected)
    assert sequential.compute_output_shape((5, 7)) == model.compute_output_shape((5, 7))


def test_layers_stand_in_a_sequential_and_in_time_distributed():
    ids = inputs_of("encoder")["ids"]
    layers = [
        t.TokenEmbedding(29, 12, padding_id=0),
        t.SinusoidalPositions(),
        t.EncoderBlock(2, 14),
        t.SequenceClassificationHead(3),
    ]
    sequential = keras.Sequential(layers)
    x = ids
    for layer in layers:
        x = layer(x)
    assert_same(sequential(ids), x)
    block = keras.layers.TimeDistributed(t.EncoderBlock(2, 14))
    assert block(np.zeros((2, 3, 5, 12), "float32")).shape == (2, 3, 5, 12)
    assert block.compute_output_shape((2, 3, 5, 12)) == (2, 3, 5, 12)


class UsersOwn(keras.Model):
    """A subclassed model around one of this library's layers."""

    def __init__(self):
        super().__init__()
        self.tokens = t.TokenEmbedding(29, 12)
        self.scores = keras.layers.Dense(3)

    def call(self, ids):
        return self.scores(self.tokens(ids))


def test_a_users_own_subclass_exports_and_serves(tmp_path):
    model, ids = UsersOwn(), inputs_of("encoder")["ids"]
    expected = model(ids)
    model.export(tmp_path / "served", verbose=False)
    served = tf.saved_model.load(tmp_path / "served")
    assert_same(served.serve(tf.cast(ids, "float32")), expected)


def test_what_a_user_passes_wrongly_is_refused():
    ids = inputs_of("encoder")["ids"]
    with pytest.raises(TypeError, match="integers; got float32"):
        new_model("causal")(ids.astype("float32"))
    sequential = keras.Sequential([t.TokenEmbedding(29, 12)])
    with pytest.raises(TypeError, match="fractions"):
        sequential(ids + 0.5)
    halves = keras.Sequential([t.TokenEmbedding(3000, 12, dtype="mixed_float16")])
    with pytest.raises(TypeError, match="keras.Input"):
        halves(ids)


@pytest.mark.parametrize(
    "dtype", ["int8", "uint8", "int16", "uint16", "uint32", "int64", "uint64"]
)
def test_ids_of_every_kind_of_integer(dtype):
    model, inputs = new_model("masked_picked"), inputs_of("masked_picked")
    expected = model(inputs)
    cast = {n: x.astype(dtype) for n, x in inputs.items()}
    assert_same(model(cast), expected)
    assert_same(tf.function(model)(cast), expected)


def test_callbacks_resume_a_training(tmp_path):
    inputs, targets = inputs_of("sequence"), targets_of("sequence")

    def fit(epochs, *callbacks):
        model = new_model("sequence")
        model.build()
        model.compile("adam", new_loss("sequence"), metrics=["accuracy"])
        options = {"batch_size": 2, "shuffle": False, "verbose": 0}
        model.fit(inputs, targets, epochs=epochs, callbacks=list(callbacks), **options)
        return model

    class Crash(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise RuntimeError("the power went out")

    expected = fit(3)
    backup = tmp_path / "backup"
    with pytest.raises(RuntimeError, match="power"):
        fit(3, keras.callbacks.BackupAndRestore(backup), Crash())
    checkpoint = tmp_path / "best.keras"
    model = fit(
        3,
        keras.callbacks.BackupAndRestore(backup),
        keras.callbacks.ModelCheckpoint(checkpoint, monitor="loss"),
    )
    assert_same(model(inputs), expected(inputs))
    assert_same(keras.models.load_model(checkpoint)(inputs), model(inputs))


def test_tensorboard_writes_its_logs(tmp_path):
    pytest.importorskip("tensorboard", reason="the callback needs tensorboard")
    model = new_model("sequence")
    model.compile("adam", new_loss("sequence"))
    logs = keras.callbacks.TensorBoard(tmp_path, histogram_freq=1)
    data = inputs_of("sequence"), targets_of("sequence")
    model.fit(*data, callbacks=[logs], verbose=0)
    assert any((tmp_path / "train").iterdir())


def test_plots(tmp_path):
    pytest.importorskip("pydot", reason="keras.utils.plot_model needs pydot")
    if not keras.src.utils.model_visualization.check_graphviz():
        pytest.skip("keras.utils.plot_model needs graphviz")
    keras.utils.plot_model(new_model("causal"), tmp_path / "model.png")


@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
@pytest.mark.parametrize(
    "name",
    table(NAMES, LITERT),
)
def test_exports_to_litert(name, tmp_path):
    """With fixed sizes, as small devices want them.

    LiteRT has no error function of its own: a model with the exact `gelu` is converted,
    and needs the Flex delegate to run (`gelu_tanh`, `relu` and `silu` do not).
    """
    model, inputs = new_model(name), inputs_of(name)
    expected = call(model, name, inputs)
    specs = {n: keras.InputSpec(x.dtype, x.shape, name=n) for n, x in inputs.items()}
    specs = list(specs.values()) if name in POSITIONAL else [specs]
    path = str(tmp_path / "model.tflite")
    model.export(path, "litert", verbose=False, input_signature=specs)
    interpreter = tf.lite.Interpreter(path)
    signature = interpreter.get_signature_runner()
    assert set(signature.get_input_details()) == set(inputs)
    try:
        got = signature(**inputs)
    except RuntimeError as error:
        assert "Flex" in str(error)
        assert model.config.activation == "gelu"
    else:
        assert_same(list(got.values()), expected, atol=1e-4)


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_exports_to_onnx(name, tmp_path):
    """With fixed sizes: where both axes of the ids may change, tf2onnx merges the
    reshape behind a projection without bias with the split into heads, wrongly."""
    pytest.importorskip("tf2onnx")
    runtime = pytest.importorskip("onnxruntime")
    model, inputs = new_model(name), inputs_of(name)
    expected = call(model, name, inputs)
    specs = {n: keras.InputSpec(x.dtype, x.shape, name=n) for n, x in inputs.items()}
    specs = list(specs.values()) if name in POSITIONAL else [specs]
    path = str(tmp_path / "model.onnx")
    model.export(path, "onnx", verbose=False, input_signature=specs)
    session = runtime.InferenceSession(path)
    names = [one.name for one in session.get_inputs()]
    given = inputs if set(names) == set(inputs) else dict(zip(names, inputs.values()))
    got = session.run(None, given)
    # With several outputs their order is that of their names in the graph.
    assert_same(got, expected, atol=1e-5)


@pytest.mark.parametrize("names", [FEW, pytest.param(HEADED, marks=pytest.mark.full)])
def test_two_devices_learn_what_one_learns(names, tmp_path):
    """`fit` and `predict` of the model itself under MirroredStrategy, built or not."""
    path = tmp_path / "results"
    done = subprocess.run(
        [sys.executable, "-m", "tests.models.mirrored_models", path, *names],
        env={**os.environ, "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    results = pickle.loads(path.read_bytes())
    assert set(results) == set(names)
    for one, two in results.values():
        assert_same(two, one)
