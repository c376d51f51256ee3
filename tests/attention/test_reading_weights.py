"""How often, and how, a training step under XLA reads the attention weights."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from transformer_tf import MultiHeadAttention

BATCH, LENGTH, HEADS, HEAD_DIM = 2, 24, 2, 8
WEIGHTS = f"{BATCH},{HEADS},{LENGTH},{LENGTH}"
DOT = re.compile(
    r"f32\[([\d,]*)\]\S* dot\(%?(\S+), %?(\S+)\).*"
    r"lhs_contracting_dims=\{(\d)\}.*rhs_contracting_dims=\{(\d)\}"
)


def products(program):
    """(shape of the left factor, its summed axis, the same of the right) of each."""
    shapes = dict(re.findall(r"%?([\w.\-]+) = f32\[([\d,]*)\]", program))
    for _, left, right, left_axis, right_axis in DOT.findall(program):
        yield shapes[left], int(left_axis), shapes[right], int(right_axis)


if keras.backend.backend() != "tensorflow":
    pytest.skip("reads TensorFlow's program", allow_module_level=True)


@pytest.fixture
def layer():
    layer = MultiHeadAttention(HEADS)
    layer.build((BATCH, LENGTH, HEADS * HEAD_DIM))
    return layer


@pytest.fixture
def given(rng):
    """Features, and a mask of padding."""
    x = rng.normal(size=(BATCH, LENGTH, HEADS * HEAD_DIM))
    real = np.ones((BATCH, 1, LENGTH), bool)
    real[:, :, -3:] = False
    return tf.constant(x, "float32"), tf.constant(real)


def gradients(layer, training=True):
    """A compiled call: the gradients of the weights."""

    @tf.function(jit_compile=True)
    def step(x, real):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x, attention_mask=real, training=training) ** 2)
        return tape.gradient(loss, [v.value for v in layer.trainable_variables])

    return step


def program(step, given, stage):
    return step.experimental_get_compiler_ir(*given)(stage=stage)


def test_padded_training_step_reads_weights_as_they_lie(layer, given):
    text = program(gradients(layer), given, "optimized_hlo")
    of_weights = [one for one in products(text) if WEIGHTS in (one[0], one[2])]
    # Of the values; of their gradient, the queries' and the keys'.
    assert len(of_weights) == 4
    for left, left_axis, right, right_axis in of_weights:
        assert (left == WEIGHTS and left_axis == 3) or (
            right == WEIGHTS and right_axis == 2
        )


def reductions_over_keys(text):
    """How often something of the size of the weights is reduced to one a query."""
    return len(re.findall(rf"reduce\(f32\[{WEIGHTS}\].*dimensions=\{{3\}}", text))


@pytest.mark.parametrize("training, expected", [(True, 2), (False, 3)])
def test_the_gradient_of_a_training_step_sums_over_no_keys(
    layer, given, training, expected
):
    """The highest score and the sum are found; inference normalises the weights."""
    text = program(gradients(layer, training), given, "hlo")
    assert reductions_over_keys(text) == expected


def test_training_changes_no_number(layer, given):
    one, other = (gradients(layer, training)(*given) for training in (True, False))
    for ours, theirs in zip(one, other):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
