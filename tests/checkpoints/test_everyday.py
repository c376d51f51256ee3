"""A loaded model is a Keras model like any: trained, saved, exported, made smaller."""

import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.checkpoints.outputs import CORPUS, arrays_of, inputs_of, load

# A decoder, and an encoder-decoder; the encoder is on several replicas below.
FOLDERS = ("GPT2LMHeadModel", "BartForSequenceClassification")


@pytest.fixture(params=FOLDERS)
def loaded(request):
    """A model, inputs by name, what it makes of them, and targets."""
    model = load(CORPUS / request.param)[0]
    inputs, _ = inputs_of(model, arrays_of(CORPUS / request.param))
    expected = np.asarray(model(inputs))
    classes = expected.shape[-1]
    targets = np.arange(expected[..., 0].size).reshape(expected.shape[:-1]) % classes
    return model, inputs, expected, targets


def fit(model, inputs, targets):
    """The loss on one batch, without dropout, before and after two steps on it."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.05), loss, jit_compile=False)
    before = model.evaluate(inputs, targets, batch_size=3, verbose=0)
    model.fit(inputs, targets, batch_size=3, epochs=2, verbose=0)
    return before, model.evaluate(inputs, targets, batch_size=3, verbose=0)


def test_trains_and_is_saved_by_keras(loaded, tmp_path):
    model, inputs, expected, targets = loaded
    losses = fit(model, inputs, targets)
    assert losses[1] < losses[0]
    trained = np.asarray(model(inputs))
    assert np.abs(trained - expected).max() > 1e-3
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(np.asarray(again(inputs)), trained, atol=1e-5)
    model.export(tmp_path / "served", verbose=False)
    served = tf.saved_model.load(tmp_path / "served")
    given = {n: np.asarray(inputs[n], "int32") for n in model.required_inputs}
    given = given["ids"] if list(given) == ["ids"] else given
    got = served.serve(keras.tree.map_structure(tf.constant, given))
    np.testing.assert_allclose(np.asarray(got), np.asarray(model(given)), atol=1e-5)


def test_trains_by_low_rank_and_in_eight_bits(loaded):
    model, inputs, expected, targets = loaded
    body = getattr(model.body, "decoder", model.body)
    projection = body.blocks[0].attention.query_projection
    projection.enable_lora(2)
    frozen = np.array(projection._kernel)
    losses = fit(model, inputs, targets)
    assert losses[1] < losses[0]
    np.testing.assert_array_equal(projection._kernel, frozen)
    assert np.any(np.asarray(projection.lora_kernel_b))
    other = load(model.checkpoint.folder)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other.quantize("int8")
    wrong = np.abs(np.asarray(other(inputs)) - expected)
    assert wrong.max() < 0.25 * np.abs(expected).max()


def test_loads_and_trains_on_several_replicas():
    folder = CORPUS / "BertForSequenceClassification"
    strategy = tf.distribute.MirroredStrategy(["CPU:0"])
    with strategy.scope():
        model = load(folder)[0]
        arrays = arrays_of(folder)
        inputs, _ = inputs_of(model, arrays)
        np.testing.assert_allclose(
            np.asarray(model(inputs)), arrays["out_logits"], atol=2e-5
        )
        losses = fit(model, inputs, np.array([1, 2, 0]))
    assert losses[1] < losses[0]
