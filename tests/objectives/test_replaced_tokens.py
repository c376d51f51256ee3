"""replace_tokens and its loss; statistics within five standard deviations."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from transformer_tf import ReplacedTokenLoss, replace_tokens
from transformer_tf.objectives import IGNORED

BATCH, LENGTH, VOCABULARY = 2, 6, 11
IDS = np.array([[5, 6, 7, 8, 0, 0], [9, 5, 6, 7, 8, 10]])
TARGETS = np.where(np.array([[0, 1, 0, 1, 0, 0], [1, 0, 0, 0, 1, 0]]), IDS, IGNORED)


def sure_of(ids):
    """[batch, length, vocabulary] logits that leave no doubt about `ids`."""
    return np.eye(VOCABULARY, dtype="float32")[ids] * 100


class TestReplaceTokens:
    def test_a_perfect_generator_replaces_nothing(self):
        replaced, labels = replace_tokens(IDS, TARGETS, sure_of(IDS), seed=1)
        np.testing.assert_array_equal(replaced, IDS)
        np.testing.assert_array_equal(labels, np.where(IDS == 0, IGNORED, 0))

    def test_fakes_stand_where_tokens_were_hidden(self):
        fake = np.full_like(IDS, 3)
        replaced, labels = replace_tokens(IDS, TARGETS, sure_of(fake), seed=1)
        hidden = TARGETS != IGNORED
        np.testing.assert_array_equal(replaced, np.where(hidden, 3, IDS))
        np.testing.assert_array_equal(labels, np.where(IDS == 0, IGNORED, hidden))

    def test_without_padding_every_place_has_a_label(self):
        _, labels = replace_tokens(IDS, TARGETS, sure_of(IDS), 1, padding_id=None)
        np.testing.assert_array_equal(labels, np.zeros_like(IDS))

    def test_draws_from_the_generators_distribution(self):
        ids = np.full((40, 50), 1)
        probability = np.array([0.5, 0.3, 0.2])
        logits = np.tile(np.log(probability), (40, 50, 1)).astype("float32")
        replaced, labels = replace_tokens(ids, ids, logits, seed=3, padding_id=None)
        counts = np.bincount(np.ravel(replaced), minlength=3)
        deviation = np.sqrt(2000 * probability * (1 - probability))
        assert np.all(np.abs(counts - 2000 * probability) < 5 * deviation)
        assert np.sum(labels) == 2000 - counts[1]

    def test_seed_generator_moves_on(self):
        logits = np.zeros((40, 50, VOCABULARY), "float32")
        ids = np.full((40, 50), 1)
        seed = keras.random.SeedGenerator(5)
        first, second = (replace_tokens(ids, ids, logits, seed)[0] for _ in range(2))
        assert np.mean(np.not_equal(first, second)) > 0.5

    def test_no_gradient_reaches_the_generator(self):
        logits = tf.Variable(np.zeros((BATCH, LENGTH, VOCABULARY), "float32"))
        with tf.GradientTape() as tape:
            replaced, _ = replace_tokens(IDS, TARGETS, logits, seed=1)
            value = tf.reduce_sum(tf.cast(replaced, tf.float32))
        assert tape.gradient(value, logits) is None

    def test_refuses_other_shapes(self):
        with pytest.raises(ValueError, match=r"got shapes \(2, 6\), \(2, 6\) and"):
            replace_tokens(IDS, TARGETS, np.zeros((2, 5, 4), "float32"), seed=1)


class TestReplacedTokenLoss:
    def test_equals_float64(self, rng):
        logits = rng.normal(0, 3, IDS.shape)
        labels = np.array([[0, 1, 0, 1, IGNORED, IGNORED], [1, 0, 0, 0, 1, 0]])
        sign = np.where(labels == 1, 1, -1)
        each = -np.log(1 / (1 + np.exp(-sign * logits)))
        loss = ReplacedTokenLoss()
        expected = each[labels != IGNORED].mean()
        np.testing.assert_allclose(loss(labels, logits), expected, rtol=1e-6)
        np.testing.assert_allclose(loss(labels, logits[..., None]), expected, rtol=1e-6)

    def test_equals_keras(self, rng):
        labels = rng.integers(0, 2, IDS.shape)
        logits = rng.normal(0, 3, IDS.shape).astype("float32")
        theirs = keras.losses.BinaryCrossentropy(from_logits=True)(labels, logits)
        np.testing.assert_allclose(
            ReplacedTokenLoss()(labels, logits), theirs, rtol=1e-6
        )

    def test_huge_logits_stay_finite(self):
        loss = ReplacedTokenLoss(reduction=None)([[0, 1]], [[1e4, 1e4]])
        np.testing.assert_allclose(loss, [[1e4, 0]])

    def test_refuses_ranks(self):
        with pytest.raises(ValueError, match="last axis of 1"):
            ReplacedTokenLoss()(IDS, np.zeros((*IDS.shape, 4), "float32"))

    def test_config(self):
        config = ReplacedTokenLoss(ignored_id=-1, name="x").get_config()
        assert ReplacedTokenLoss.from_config(config).get_config() == config
