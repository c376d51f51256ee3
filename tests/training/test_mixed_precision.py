"""Half precision: the loss falls as in float32, and an overflow does no harm."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import transformer_tf
from tests.selection import table
from tests.training.tiny import tiny_data, tiny_model


def loss_curve(dtype, rng, optimizer):
    model = tiny_model(dtype=dtype)
    model.compile(optimizer, transformer_tf.TokenCrossEntropy())
    inputs, targets = tiny_data(64, rng)
    history = model.fit(inputs, targets, 16, epochs=4, verbose=0, shuffle=False)
    return model, np.array(history.history["loss"])


class TestMixedPrecision:
    @pytest.mark.parametrize(
        "policy", table(["mixed_float16", "mixed_bfloat16"], ["mixed_float16"])
    )
    def test_loss_curve_is_that_of_float32(self, policy):
        curves = []
        for dtype in (policy, "float32"):
            model, curve = loss_curve(
                dtype, np.random.default_rng(0), keras.optimizers.Adam(0.01)
            )
            curves.append(curve)
            assert all(weight.dtype == "float32" for weight in model.weights[:-1])
        assert curves[1][-1] < 0.9 * curves[1][0]
        np.testing.assert_allclose(*curves, rtol=0.03)

    def test_keras_scales_the_loss_in_float16(self):
        model, _ = loss_curve(
            "mixed_float16", np.random.default_rng(0), keras.optimizers.SGD(0.1)
        )
        model.compile("sgd", "mse", auto_scale_loss=True)
        assert not isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
        keras.config.set_dtype_policy("mixed_float16")
        try:
            whole = tiny_model(blocks=1)
            whole.compile("sgd", transformer_tf.TokenCrossEntropy())
        finally:
            keras.config.set_dtype_policy("float32")
        assert isinstance(whole.optimizer, keras.optimizers.LossScaleOptimizer)

    def test_an_overflow_skips_the_update_and_halves_the_scale(self, rng):
        model = tiny_model(blocks=1, dtype="mixed_float16")
        optimizer = keras.optimizers.LossScaleOptimizer(
            keras.optimizers.SGD(0.1), initial_scale=2.0**40
        )
        model.compile(optimizer, transformer_tf.TokenCrossEntropy(), jit_compile=False)
        before = [np.array(v) for v in model.trainable_variables]
        model.train_on_batch(*tiny_data(4, rng))
        for variable, value in zip(model.trainable_variables, before):
            np.testing.assert_array_equal(variable, value)
        assert float(optimizer.dynamic_scale) == 2.0**39

    def test_small_gradients_survive_scaling(self, rng):
        """Without a scale a float16 gradient below 6e-8 is zero."""
        inputs, targets = tiny_data(4, rng)
        model = tiny_model(blocks=1, dtype="mixed_float16")
        loss = transformer_tf.TokenCrossEntropy()
        kernel = model.get_layer("block_0").feed_forward.up_projection.kernel.value

        def gradient(scale):
            with tf.GradientTape() as tape:
                value = loss(targets, model(inputs)) * 1e-7 * scale
            return tape.gradient(value, kernel) / scale

        lost, kept = np.mean(gradient(1.0) == 0), np.mean(gradient(2.0**20) == 0)
        assert lost > 0.5 > 0.1 > kept
