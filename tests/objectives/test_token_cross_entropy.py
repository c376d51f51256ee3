"""TokenCrossEntropy and Perplexity against float64 NumPy, Keras and KerasHub."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from transformer_tf import Perplexity, TokenCrossEntropy
from transformer_tf.objectives import IGNORED

BATCH, LENGTH, VOCABULARY = 3, 5, 7


@pytest.fixture
def logits(rng):
    return rng.normal(0, 2, (BATCH, LENGTH, VOCABULARY)).astype("float32")


@pytest.fixture
def targets(rng):
    targets = rng.integers(0, VOCABULARY, (BATCH, LENGTH))
    targets[0, 2:] = targets[2, 4:] = IGNORED
    return targets


def truth(targets, logits, label_smoothing=0.0):
    """[batch, length] float64 losses, straight from the smoothed distribution."""
    logits = logits.astype("float64")
    log_probability = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    wanted = np.eye(VOCABULARY)[np.maximum(targets, 0)]
    wanted = (1 - label_smoothing) * wanted + label_smoothing / VOCABULARY
    return -(wanted * log_probability).sum(-1)


class TestTokenCrossEntropy:
    @pytest.mark.parametrize("label_smoothing", [0.0, 0.1, 0.6])
    def test_equals_float64(self, targets, logits, label_smoothing):
        loss = TokenCrossEntropy(label_smoothing)(targets, logits)
        expected = truth(targets, logits, label_smoothing)[targets != IGNORED].mean()
        np.testing.assert_allclose(loss, expected, rtol=1e-6)

    def test_smoothing_equals_keras(self, rng, logits):
        targets = rng.integers(0, VOCABULARY, (BATCH, LENGTH))
        theirs = keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=0.2
        )(np.eye(VOCABULARY)[targets], logits)
        np.testing.assert_allclose(
            TokenCrossEntropy(0.2)(targets, logits), theirs, rtol=1e-6
        )

    def test_padding_changes_nothing(self, targets, logits):
        longer = np.pad(targets, [(0, 2), (0, 4)], constant_values=IGNORED)
        junk = np.pad(logits, [(0, 2), (0, 4), (0, 0)], constant_values=9)
        loss = TokenCrossEntropy(0.1)
        np.testing.assert_allclose(loss(longer, junk), loss(targets, logits), rtol=1e-6)

    @pytest.mark.parametrize("label_smoothing", [0.0, 0.1])
    def test_gradient_equals_float64(self, targets, logits, label_smoothing):
        logits = tf.constant(logits)
        with tf.GradientTape() as tape:
            tape.watch(logits)
            loss = TokenCrossEntropy(label_smoothing)(targets, logits)
        gradient = tape.gradient(loss, logits)
        z = logits.numpy().astype("float64")
        probability = np.exp(z) / np.exp(z).sum(-1, keepdims=True)
        wanted = np.eye(VOCABULARY)[np.maximum(targets, 0)]
        wanted = (1 - label_smoothing) * wanted + label_smoothing / VOCABULARY
        counts = targets != IGNORED
        expected = (probability - wanted) * counts[..., None] / counts.sum()
        np.testing.assert_allclose(gradient, expected, atol=1e-7)

    @pytest.mark.parametrize("shape", [(BATCH,), (BATCH, LENGTH)])
    def test_weights(self, rng, targets, logits, shape):
        weight = rng.random(shape)
        loss = TokenCrossEntropy()(targets, logits, sample_weight=weight)
        each = weight.reshape(BATCH, -1) * (targets != IGNORED)
        expected = np.sum(each * truth(targets, logits)) / np.sum(each)
        np.testing.assert_allclose(loss, expected, rtol=1e-6)

    def test_reductions(self, targets, logits):
        each = truth(targets, logits) * (targets != IGNORED)
        losses = TokenCrossEntropy(reduction=None)(targets, logits)
        np.testing.assert_allclose(losses, each, atol=1e-6)
        total = TokenCrossEntropy(reduction="sum")(targets, logits)
        np.testing.assert_allclose(total, each.sum(), rtol=1e-6)

    def test_nothing_counts(self, logits):
        loss = TokenCrossEntropy()(np.full((BATCH, LENGTH), IGNORED), logits)
        assert float(loss) == 0

    def test_padding_id_instead(self, logits):
        targets = np.array([[1, 2, 3, 0, 0]] * BATCH)
        loss = TokenCrossEntropy(ignored_id=0)(targets, logits)
        expected = truth(targets, logits)[:, :3].mean()
        np.testing.assert_allclose(loss, expected, rtol=1e-6)

    @pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
    def test_half_precision_logits_are_summed_in_float32(self, rng, dtype):
        logits = keras.ops.cast(rng.normal(size=(2, 3, 5000)), dtype)
        targets = rng.integers(0, 5000, (2, 3))
        loss = TokenCrossEntropy(0.1)(targets, logits)
        exact = TokenCrossEntropy(0.1)(targets, keras.ops.cast(logits, "float32"))
        assert loss.dtype == "float32"
        np.testing.assert_allclose(loss, exact)

    def test_huge_logits_stay_finite(self):
        logits = np.array([[[3e4, -3e4, 0.0]]], "float32")
        loss = TokenCrossEntropy(0.3)
        np.testing.assert_allclose(loss([[0]], logits), 0.3 * 3e4)
        np.testing.assert_allclose(loss([[1]], logits), 0.7 * 6e4 + 0.3 * 3e4)

    def test_fits_with_unknown_length(self, rng):
        model = keras.Sequential(
            [keras.Input((None,)), keras.layers.Embedding(VOCABULARY, VOCABULARY)]
        )
        model.compile(
            keras.optimizers.Adam(0.5), TokenCrossEntropy(), metrics=[Perplexity()]
        )
        ids = rng.integers(1, VOCABULARY, (8, LENGTH))
        targets = (ids + 1) % VOCABULARY
        targets[:, -1] = IGNORED
        dataset = tf.data.Dataset.from_tensor_slices((ids, targets)).batch(4)
        history = model.fit(dataset, epochs=25, verbose=0, shuffle=False).history
        assert history["perplexity"][0] > 3
        assert history["perplexity"][-1] < 1.1

    def test_config(self):
        loss = TokenCrossEntropy(0.1, ignored_id=0, reduction="sum", name="x")
        again = keras.saving.deserialize_keras_object(
            keras.saving.serialize_keras_object(loss)
        )
        assert again.get_config() == loss.get_config()
        assert again.label_smoothing == 0.1 and again.ignored_id == 0

    @pytest.mark.parametrize("shape", [(BATCH, LENGTH), (BATCH, 4, VOCABULARY)])
    def test_refuses_shapes(self, targets, shape):
        with pytest.raises(ValueError, match=r"y_pred \[batch, length, vocabulary\]"):
            TokenCrossEntropy()(targets, np.zeros(shape, "float32"))

    @pytest.mark.parametrize("value", [-0.1, 1.0])
    def test_refuses_smoothing(self, value):
        with pytest.raises(ValueError, match=f"below 1; got {value}"):
            TokenCrossEntropy(value)


class TestPerplexity:
    def test_equals_float64_over_batches_of_any_size(self, targets, logits):
        metric = Perplexity()
        metric.update_state(targets[:1], logits[:1])
        metric.update_state(targets[1:], logits[1:])
        each = truth(targets, logits)[targets != IGNORED]
        np.testing.assert_allclose(metric.result(), np.exp(each.mean()), rtol=1e-6)

    def test_a_uniform_guess_wavers_among_the_whole_vocabulary(self, targets):
        metric = Perplexity()
        metric.update_state(targets, np.zeros((BATCH, LENGTH, VOCABULARY)))
        np.testing.assert_allclose(metric.result(), VOCABULARY, rtol=1e-6)

    def test_equals_keras_hub(self, rng, logits):
        keras_hub = pytest.importorskip("keras_hub")
        targets = rng.integers(0, VOCABULARY, (BATCH, LENGTH))
        weight = rng.random((BATCH, LENGTH))
        ours = Perplexity(ignored_id=0)
        theirs = keras_hub.metrics.Perplexity(from_logits=True, mask_token_id=0)
        for metric in (ours, theirs):
            metric.update_state(targets, logits, weight)
        np.testing.assert_allclose(ours.result(), theirs.result(), rtol=1e-6)

    def test_weights_of_sequences(self, targets, logits):
        metric = Perplexity()
        metric.update_state(targets, logits, [1.0, 0.0, 0.0])
        each = truth(targets, logits)[0, :2]
        np.testing.assert_allclose(metric.result(), np.exp(each.mean()), rtol=1e-6)

    def test_nothing_seen_and_reset(self, targets, logits):
        metric = Perplexity()
        assert float(metric.result()) == 1
        metric.update_state(targets, logits)
        metric.reset_state()
        assert float(metric.result()) == 1

    def test_config(self):
        again = Perplexity.from_config(Perplexity(ignored_id=3).get_config())
        assert again.ignored_id == 3
