"""Gradients of norms are sums over rows: one axis of them, not batch and length."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from transformer_tf import EncoderBlock
from transformer_tf.blocks.normalization import make_normalization

if keras.backend.backend() != "tensorflow":
    pytest.skip("reads TensorFlow's program", allow_module_level=True)

X = np.random.default_rng(0).normal(size=(2, 3, 8)).astype("float32")


def gradients(layer, training):
    """A compiled call: the gradients of the weights."""

    @tf.function(jit_compile=True)
    def step(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x, training=training) ** 2)
        return tape.gradient(loss, [v.value for v in layer.trainable_variables])

    return step


def sums_over_two_axes(step):
    program = step.experimental_get_compiler_ir(tf.constant(X))(stage="hlo")
    assert "dimensions={0}" in program
    return re.findall(r"reduce\(.*dimensions=\{0,1\}", program)


@pytest.mark.parametrize("norm", ["layer", "rms"])
def test_a_training_step_sums_over_rows(norm):
    block = EncoderBlock(2, 16, norm=norm)
    block.build(X.shape)
    assert not sums_over_two_axes(gradients(block, True))
    assert sums_over_two_axes(gradients(block, False))


@pytest.mark.parametrize("kind", ["layer", "rms"])
def test_the_numbers_are_those_of_keras(kind):
    ours = make_normalization(kind, 1e-5, "float32", "norm")
    keras_class = {
        "layer": keras.layers.LayerNormalization,
        "rms": keras.layers.RMSNormalization,
    }[kind]
    theirs = keras_class(epsilon=1e-5)
    rng = np.random.default_rng(1)
    for layer in (ours, theirs):
        layer.build(X.shape)
    theirs.set_weights([rng.normal(size=w.shape) for w in theirs.weights])
    ours.set_weights(theirs.get_weights())
    for training in (False, True):
        np.testing.assert_allclose(ours(X, training=training), theirs(X), atol=1e-6)
    for one, other in zip(gradients(ours, True)(X), gradients(ours, False)(X)):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)
