"""A masked language model trained on picked positions, with and without padding."""

import numpy as np
import pytest
from keras.src.backend import get_keras_mask

from transformer_tf import MaskedLM, TokenCrossEntropy, bert_config

VOCABULARY, BATCH, LENGTH = 29, 2, 7
POSITIONS = np.array([[1, 3, 0], [2, 6, 0]], "int32")
REAL = np.arange(LENGTH) < np.array([[7], [5]])


@pytest.fixture
def model():
    config = bert_config(
        vocabulary_size=VOCABULARY, dim=12, num_heads=3, num_layers=1, max_length=9
    )
    return MaskedLM(config)


def test_the_mask_is_that_of_the_picked_positions(rng, model):
    ids = rng.integers(1, VOCABULARY, (BATCH, LENGTH)).astype("int32")
    logits = model({"ids": ids, "padding_mask": REAL, "mask_positions": POSITIONS})
    expected = np.take_along_axis(REAL, POSITIONS, axis=1)
    np.testing.assert_array_equal(get_keras_mask(logits), expected)


@pytest.mark.parametrize("is_padded", [True, False])
def test_losses_read_picked_positions(rng, model, is_padded):
    inputs = {
        "ids": rng.integers(1, VOCABULARY, (BATCH, LENGTH)).astype("int32"),
        "mask_positions": POSITIONS,
    }
    if is_padded:
        inputs["padding_mask"] = np.ones((BATCH, LENGTH), bool)
    targets = rng.integers(0, VOCABULARY, POSITIONS.shape).astype("int32")
    logits = np.asarray(model(inputs), "float64")
    model.compile(optimizer="sgd", loss=TokenCrossEntropy())
    picked = np.take_along_axis(logits, targets[..., None], axis=-1)[..., 0]
    expected = np.mean(np.log(np.sum(np.exp(logits), axis=-1)) - picked)
    assert model.evaluate(inputs, targets, verbose=0) == pytest.approx(expected, 1e-4)
