"""Rows of several lengths get an error that says how to fill them up."""

import numpy as np
import pytest
import tensorflow as tf

import transformer_tf as t
from tests.models.every_model import (
    NAMES,
    POSITIONAL,
    call,
    inputs_of,
    new_model,
    targets_of,
)
from transformer_tf.objectives import causal_shift, teacher_forcing_shift

LOSSES = {
    "cross_entropy": (t.TokenCrossEntropy, 29),
    "replaced": (t.objectives.ReplacedTokenLoss, None),
    "perplexity": (t.Perplexity, 29),
}


def ragged(rows, dtype="int32"):
    return tf.ragged.constant(rows, dtype=dtype)


@pytest.mark.parametrize("name", NAMES)
def test_every_model_refuses_ragged_inputs(name):
    model, inputs = new_model(name), inputs_of(name)
    for key, value in inputs.items():
        rows = [row[: 1 + n % 3].tolist() for n, row in enumerate(value)]
        wrong = {**inputs, key: tf.ragged.constant(rows, dtype=value.dtype)}
        # Where inputs are arguments, their names are those of the call.
        named = "memory|ids" if name in POSITIONAL else key
        with pytest.raises(TypeError, match=rf"({named}).* RaggedTensor.*to_tensor"):
            call(model, name, wrong)


@pytest.mark.parametrize("name", LOSSES)
def test_losses_and_metrics_refuse_ragged_targets(name):
    kind, classes = LOSSES[name]
    targets = ragged([[1, 0, 1], [0, 1]])
    predictions = np.zeros((2, 3, classes) if classes else (2, 3), "float32")
    with pytest.raises(TypeError, match=r"y_true must be rect.*to_tensor\(-100\)"):
        kind()(targets, predictions)
    with pytest.raises(TypeError, match="y_pred must be rectangular"):
        kind()(np.ones((2, 3), "int32"), ragged([[1.0], [1.0, 2.0]], "float32"))


def test_fit_and_evaluate_say_so():
    model, inputs = new_model("causal"), inputs_of("causal")
    model.compile("sgd", t.TokenCrossEntropy())
    rows = [row[: 1 + n % 3].tolist() for n, row in enumerate(targets_of("causal"))]
    dataset = tf.data.Dataset.from_tensor_slices((inputs, ragged(rows))).batch(2)
    with pytest.raises(TypeError, match="y_true must be rectangular"):
        model.fit(dataset, verbose=0, shuffle=False)
    with pytest.raises(TypeError, match="y_true must be rectangular"):
        model.evaluate(dataset, verbose=0)


@pytest.mark.parametrize(
    "shift", [causal_shift, lambda ids: teacher_forcing_shift(ids, 1)]
)
def test_objectives_refuse_ragged_ids(shift):
    with pytest.raises(TypeError, match="ids must be rectangular"):
        shift(ragged([[1, 2, 3], [4, 5]]))
