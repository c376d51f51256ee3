"""A batch in parts gives the gradients of the whole."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import transformer_tf
from tests.training.tiny import tiny_data, tiny_model
from transformer_tf.training import accumulate_gradients

MODES = {
    "eager": lambda f: f,
    "graph": tf.function,
    "xla": lambda f: tf.function(f, jit_compile=True),
}


def whole(model, loss, inputs, targets, sample_weight=None):
    variables = [v.value for v in model.trainable_variables]
    with tf.GradientTape() as tape:
        value = loss(targets, model(inputs, training=True), sample_weight)
    gradients = tape.gradient(value, variables)
    return value, [tf.convert_to_tensor(gradient) for gradient in gradients]


def assert_equal(got, expected, **tolerance):
    np.testing.assert_allclose(got[0], expected[0], rtol=1e-5)
    for gradient, wanted in zip(got[1], expected[1], strict=True):
        assert np.any(wanted)
        np.testing.assert_allclose(gradient, wanted, **tolerance)


@pytest.fixture
def loss():
    return transformer_tf.TokenCrossEntropy(label_smoothing=0.1)


class TestAccumulatedGradients:
    @pytest.mark.parametrize("mode", MODES)
    def test_equal_the_whole_batch_with_uneven_padding(self, loss, mode, rng):
        inputs, targets = tiny_data(6, rng)
        counts = (targets >= 0).reshape(3, -1).sum(1)
        assert len(set(counts)) > 1
        model = tiny_model(blocks=1)
        run = MODES[mode](lambda x, y: accumulate_gradients(model, loss, x, y, parts=3))
        expected = whole(model, loss, inputs, targets)
        assert_equal(run(inputs, targets), expected, atol=1e-6)

    def test_equal_plain_gradients_with_dropout(self, loss, rng):
        """Dropout draws a part at a time: so does the plain sum over the parts."""
        inputs, targets = tiny_data(6, rng)
        first, second = (tiny_model(0.3, blocks=1) for _ in range(2))
        variables = [v.value for v in first.trainable_variables]
        counts = loss.counts(targets).numpy().reshape(3, -1).sum(1)
        with tf.GradientTape() as tape:
            value = sum(
                share * loss(y, first(x, training=True))
                for share, x, y in zip(
                    counts / counts.sum(), np.split(inputs, 3), np.split(targets, 3)
                )
            )
        gradients = [tf.convert_to_tensor(s) for s in tape.gradient(value, variables)]
        run = tf.function(
            lambda x, y: accumulate_gradients(second, loss, x, y, parts=3)
        )
        assert_equal(run(inputs, targets), (value, gradients), atol=1e-6)
        for got, expected in zip(
            second.non_trainable_variables, first.non_trainable_variables
        ):
            np.testing.assert_array_equal(got, expected)

    @pytest.mark.parametrize("shape", [(6,), (6, 9)])
    def test_sample_weights(self, loss, shape, rng):
        inputs, targets = tiny_data(6, rng)
        weight = rng.random(shape).astype("float32")
        model = tiny_model(blocks=1)
        got = accumulate_gradients(model, loss, inputs, targets, 2, weight)
        assert_equal(got, whole(model, loss, inputs, targets, weight), atol=1e-6)

    def test_a_keras_loss_and_losses_of_the_model(self, rng):
        model = keras.Sequential(
            [keras.Input((5,)), keras.layers.Dense(3, kernel_regularizer="l2")]
        )
        x = rng.normal(size=(8, 5)).astype("float32")
        y = rng.integers(0, 3, 8)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        with tf.GradientTape() as tape:
            value = loss(y, model(x)) + sum(model.losses)
        expected = tape.gradient(value, [v.value for v in model.trainable_variables])
        got = accumulate_gradients(model, loss, x, y, parts=4)
        assert_equal(got, (value, expected), atol=1e-6)

    def test_a_keras_loss_with_the_models_padding_mask(self, rng):
        inputs, targets = tiny_data(6, rng)
        targets = np.maximum(targets, 0)
        model = tiny_model(blocks=1)
        assert model(inputs)._keras_mask is not None
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        got = accumulate_gradients(model, loss, inputs, targets, parts=3)
        assert_equal(got, whole(model, loss, inputs, targets), atol=1e-6)

    def test_batch_of_unknown_size(self, loss, rng):
        model = tiny_model(blocks=1)
        run = tf.function(
            lambda x, y: accumulate_gradients(model, loss, x, y, parts=2),
            input_signature=[tf.TensorSpec([None, None], tf.int64)] * 2,
        )
        for rows in (4, 6):
            data = tiny_data(rows, rng)
            assert_equal(run(*data), whole(model, loss, *data), atol=1e-6)

    def test_float16_gradients_come_scaled_for_the_optimizer(self, loss, rng):
        inputs, targets = tiny_data(4, rng)
        model = tiny_model(blocks=1, dtype="mixed_float16")
        optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1))
        optimizer.build(model.trainable_variables)
        before = [w.copy() for w in model.get_weights()]
        _, gradients = whole(model, loss, inputs, targets)
        _, scaled = accumulate_gradients(
            model, loss, inputs, targets, 2, optimizer=optimizer
        )
        optimizer.apply(scaled, model.trainable_variables)
        trained = dict(zip((v.path for v in model.variables), before))
        for variable, gradient in zip(model.trainable_variables, gradients):
            expected = trained[variable.path] - 0.1 * gradient.numpy()
            np.testing.assert_allclose(variable, expected, rtol=1e-2, atol=2e-3)

    @pytest.mark.parametrize("parts", [0, 4, 7])
    def test_refuses_parts_that_do_not_divide(self, loss, parts, rng):
        data = tiny_data(6, rng)
        with pytest.raises(ValueError, match=f"got {parts} parts of 6"):
            accumulate_gradients(tiny_model(blocks=1), loss, *data, parts=parts)

    @pytest.mark.parametrize("reduction", ["sum", None])
    def test_refuses_a_loss_that_does_not_average(self, reduction, rng):
        data = tiny_data(6, rng)
        loss = transformer_tf.TokenCrossEntropy(reduction=reduction)
        with pytest.raises(ValueError, match="loss must average"):
            accumulate_gradients(tiny_model(blocks=1), loss, *data, parts=2)
