"""Gelu against float64, where it is large, where it is small, and its gradient."""

from math import erfc, exp, pi, sqrt

import keras
import numpy as np
import pytest
import tensorflow as tf

from transformer_tf.blocks.activation import activation_named

# Roundings of 1 in each dtype, times up to 10.
TOLERANCES = {"float64": 2e-15, "float32": 1e-6, "bfloat16": 1e-2, "float16": 2e-3}
POINTS = np.linspace(-10, 10, 401)


def below(x):
    """The normal distribution's share below x."""
    return erfc(-x / sqrt(2)) / 2


@pytest.mark.parametrize("dtype", TOLERANCES)
class TestGelu:
    def read(self, dtype):
        """The points as `dtype` holds them: the tensor, and in float64."""
        x = keras.ops.cast(POINTS, dtype)
        return x, np.asarray(keras.ops.cast(x, "float64"))

    def check(self, got, expected, dtype):
        got = np.asarray(keras.ops.cast(got, "float64"))
        tolerance = TOLERANCES[dtype]
        np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance)

    def test_values(self, dtype):
        x, exact = self.read(dtype)
        got = activation_named("gelu")(x)
        assert keras.backend.standardize_dtype(got.dtype) == dtype
        self.check(got, [p * below(p) for p in exact], dtype)

    @pytest.mark.parametrize("mode", ["eager", "graph", "XLA"])
    def test_gradients(self, dtype, mode):
        def gradient(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = activation_named("gelu")(x)
            return tape.gradient(y, x)

        if mode != "eager":
            gradient = tf.function(gradient, jit_compile=mode == "XLA")
        x, exact = self.read(dtype)
        density = [exp(-p * p / 2) / sqrt(2 * pi) for p in exact]
        expected = [below(p) + p * d for p, d in zip(exact, density)]
        self.check(gradient(x), expected, dtype)


def test_bfloat16_keeps_the_tail():
    x = keras.ops.cast([-4.0, -3.0, -2.0], "bfloat16")
    got = np.asarray(keras.ops.cast(activation_named("gelu")(x), "float64"))
    expected = [p * below(p) for p in (-4.0, -3.0, -2.0)]
    np.testing.assert_allclose(got, expected, rtol=0.05)
