"""A loaded model is a Keras model like any: trained, saved, exported, made smaller."""

import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.checkpoints.outputs import CORPUS, arrays_of, inputs_of, load
from transformer_tf.checkpoints import FAMILIES

MEMORY = CORPUS.parent / "corpus_with_memory"
# One checkpoint of every family: most with a head that others here do not have.
FOLDERS = {
    "albert": CORPUS / "AlbertForMaskedLM",
    "bert": CORPUS / "BertForSequenceClassification",
    "distilbert": CORPUS / "DistilBertForTokenClassification",
    "electra": CORPUS / "ElectraForMaskedLM",
    "roberta": CORPUS / "RobertaForSequenceClassification",
    "longformer": CORPUS / "LongformerForTokenClassification",
    "openai-gpt": CORPUS / "OpenAIGPTLMHeadModel",
    "gpt2": CORPUS / "GPT2LMHeadModel",
    "ctrl": CORPUS / "CTRLLMHeadModel",
    "llama": CORPUS / "LlamaForCausalLM",
    "transfo-xl": MEMORY / "TransfoXLForSequenceClassification",
    "bart": CORPUS / "BartForSequenceClassification",
    "mbart": CORPUS / "MBartForConditionalGeneration",
    "marian": CORPUS / "MarianMTModel",
    "t5": CORPUS / "T5ForConditionalGeneration",
    "led": CORPUS / "LEDForConditionalGeneration",
}
# They differ from a family of the table in a name alone.
ALIKE = {"camembert", "xlm-roberta", "mt5"}
# A decoder, an encoder-decoder or an encoder in every run; the rest in the full set.
USUAL = {"saving": ("gpt2",), "smaller": ("bart",), "replicas": ("bert",)}


def every_family(usual):
    marks = {name: () if name in USUAL[usual] else pytest.mark.full for name in FOLDERS}
    return pytest.mark.parametrize(
        "family", [pytest.param(name, marks=mark) for name, mark in marks.items()]
    )


def test_every_family_is_here():
    assert {*FOLDERS, *ALIKE} == set(FAMILIES)


def loaded(family):
    """A model, inputs by name, what it makes of them, and targets."""
    model, told = load(FOLDERS[family])
    assert told == []
    arrays = arrays_of(FOLDERS[family])
    if family == "transfo-xl":
        inputs = {"ids": arrays["in_input_ids"]}
    else:
        inputs, _ = inputs_of(model, arrays)
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


@every_family("saving")
def test_trains_and_is_saved_by_keras(family, tmp_path):
    model, inputs, expected, targets = loaded(family)
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


@every_family("smaller")
def test_trains_by_low_rank_and_in_eight_bits(family):
    model, inputs, expected, targets = loaded(family)
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


@every_family("replicas")
def test_loads_and_trains_on_several_replicas(family):
    expected = loaded(family)[2]
    with tf.distribute.MirroredStrategy(["CPU:0"]).scope():
        model, inputs, got, targets = loaded(family)
        np.testing.assert_array_equal(got, expected)
        losses = fit(model, inputs, targets)
    assert losses[1] < losses[0]
