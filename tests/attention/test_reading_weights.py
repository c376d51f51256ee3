"""Under XLA no product of a training step reads the attention weights by columns."""

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


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="reads TensorFlow's program"
)
def test_padded_training_step_reads_weights_as_they_lie(rng):
    layer = MultiHeadAttention(HEADS)
    x = tf.constant(rng.normal(size=(BATCH, LENGTH, HEADS * HEAD_DIM)), "float32")
    real = np.ones((BATCH, 1, LENGTH), bool)
    real[:, :, -3:] = False
    layer.build(x.shape)

    @tf.function(jit_compile=True)
    def step(x, real):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x, attention_mask=real, training=True) ** 2)
        return tape.gradient(loss, [v.value for v in layer.trainable_variables])

    real = tf.constant(real)
    program = step.experimental_get_compiler_ir(x, real)(stage="optimized_hlo")
    of_weights = [one for one in products(program) if WEIGHTS in (one[0], one[2])]
    # Of the values; of their gradient, the queries' and the keys'.
    assert len(of_weights) == 4
    for left, left_axis, right, right_axis in of_weights:
        assert (left == WEIGHTS and left_axis == 3) or (
            right == WEIGHTS and right_axis == 2
        )
