import keras
import numpy as np
import pytest
import tensorflow as tf

from transformer_tf import DistillationLoss

BATCH, LENGTH, VOCABULARY = 3, 4, 6


@pytest.fixture
def both(rng):
    """Teacher's and student's logits."""
    return rng.normal(0, 2, (2, BATCH, LENGTH, VOCABULARY)).astype("float32")


def softmax(logits):
    powers = np.exp(logits.astype("float64"))
    return powers / powers.sum(-1, keepdims=True)


class TestDistillationLoss:
    @pytest.mark.parametrize("temperature", [1.0, 2.0, 5.0])
    def test_equals_float64(self, both, temperature):
        teacher, student = (softmax(logits / temperature) for logits in both)
        each = temperature**2 * np.sum(teacher * np.log(teacher / student), -1)
        loss = DistillationLoss(temperature)(*both)
        np.testing.assert_allclose(loss, each.mean(), rtol=1e-5)

    def test_equals_keras_divergence(self, both):
        theirs = keras.losses.KLDivergence()(*(softmax(logits) for logits in both))
        np.testing.assert_allclose(DistillationLoss(1.0)(*both), theirs, rtol=1e-4)

    def test_agreement_costs_nothing(self, both):
        shifted = both[0] + 3  # the same distribution
        np.testing.assert_allclose(DistillationLoss()(both[0], shifted), 0, atol=1e-6)

    def test_padding_changes_nothing(self, both):
        real = np.array([[1, 1, 0, 0], [1, 1, 1, 1], [1, 0, 0, 0]])
        loss = DistillationLoss()
        kept = [logits[real.astype(bool)] for logits in both]
        np.testing.assert_allclose(
            loss(*both, sample_weight=real), loss(*kept), rtol=1e-6
        )

    def test_gradient_at_high_temperature_matches_logits(self, both):
        """Section 2.1: T^2 times the gradient tends to the difference of logits."""
        teacher, student = (
            tf.constant(logits - logits.mean(-1, keepdims=True)) for logits in both
        )
        with tf.GradientTape(persistent=True) as tape:
            tape.watch([teacher, student])
            loss = DistillationLoss(300.0, reduction="sum")(teacher, student)
        expected = (student - teacher) / VOCABULARY
        np.testing.assert_allclose(tape.gradient(loss, student), expected, atol=0.02)
        assert tape.gradient(loss, teacher) is None

    def test_student_learns_from_the_teacher_alone(self, rng):
        inputs = rng.normal(size=(64, 5)).astype("float32")
        teacher = inputs @ rng.normal(size=(5, VOCABULARY)).astype("float32")
        student = keras.Sequential([keras.layers.Dense(VOCABULARY)])
        student.compile(keras.optimizers.Adam(0.1), DistillationLoss(2.0))
        history = student.fit(inputs, teacher, epochs=40, verbose=0).history["loss"]
        assert history[-1] < 0.02 * history[0]

    def test_config(self):
        config = DistillationLoss(3.0, name="x").get_config()
        assert DistillationLoss.from_config(config).get_config() == config

    def test_refuses_other_vocabularies(self, both):
        with pytest.raises(ValueError, match="one shape"):
            DistillationLoss()(both[0], both[1][..., :5])

    def test_refuses_temperature(self):
        with pytest.raises(ValueError, match="temperature must be above 0; got 0"):
            DistillationLoss(0)
