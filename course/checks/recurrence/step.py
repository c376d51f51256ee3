"""recurrence.step: one step of the simplest recurrent network."""

import tensorflow as tf
from keras import ops

from course.checks.recurrence.samples import UNIT, parameters
from course.checks.samples import floats
from course.examination import Call, Exercise, Sizes


def right_step(inputs, state, kernel, recurrent_kernel, bias):
    mixed = ops.matmul(inputs, kernel) + ops.matmul(state, recurrent_kernel) + bias
    return ops.tanh(mixed)


step = Exercise(
    "recurrence.step",
    unit=UNIT,
    answer="rnn_step",
    reference=right_step,
    parts={"values": 3, "gradient": 1, "compiled": 1},
    returns={"state": ("batch", "units")},
    forbidden=(
        "transformer_tf.RNNCell",
        "keras.layers.SimpleRNNCell",
        "keras.layers.SimpleRNN",
    ),
    operations=(
        "CudnnRNN",
        "CudnnRNNV2",
        "CudnnRNNV3",
    ),
    hints=3,
    difficulty=1,
    importance=5,
    minutes=8,
    paper="https://doi.org/10.1207/s15516709cog1402_1",
)


def _arguments(rng, batch=2, dim=3, units=4):
    return [
        floats(rng, batch, dim),
        floats(rng, batch, units),
        *parameters(rng, dim, units),
    ]


@step.probe(part="values")
def as_many_inputs_as_units(rng):
    return Call(*_arguments(rng, dim=4))


@step.probe(part="values")
def sizes_differ(rng):
    return Call(*_arguments(rng))


@step.probe(part="values")
def one_sequence(rng):
    return Call(*_arguments(rng, batch=1, dim=5))


@step.probe(part="gradient")
def gradients(rng):
    return Call(*_arguments(rng)).asking(gradient=floats(rng, 2, 4))


@step.probe(part="compiled")
def in_a_graph(rng):
    return Call(*_arguments(rng)).asking(mode="graph")


@step.promise(part="values", batch=Sizes(1, 5), dim=Sizes(1, 6), units=Sizes(1, 7))
def any_sizes(rng, **sizes):
    return Call(*_arguments(rng, **sizes))


def _parts(inputs, state, kernel, recurrent_kernel):
    return ops.matmul(inputs, kernel), ops.matmul(state, recurrent_kernel)


@step.misconception
def forgets_the_state(inputs, state, kernel, recurrent_kernel, bias):
    return ops.tanh(ops.matmul(inputs, kernel) + bias)


@step.misconception
def no_bias(inputs, state, kernel, recurrent_kernel, bias):
    new, old = _parts(inputs, state, kernel, recurrent_kernel)
    return ops.tanh(new + old)


@step.misconception
def no_tanh(inputs, state, kernel, recurrent_kernel, bias):
    new, old = _parts(inputs, state, kernel, recurrent_kernel)
    return new + old + bias


@step.misconception
def sigmoid_instead(inputs, state, kernel, recurrent_kernel, bias):
    new, old = _parts(inputs, state, kernel, recurrent_kernel)
    return ops.sigmoid(new + old + bias)


@step.misconception
def relu_instead(inputs, state, kernel, recurrent_kernel, bias):
    new, old = _parts(inputs, state, kernel, recurrent_kernel)
    return ops.relu(new + old + bias)


@step.misconception
def tanh_too_early(inputs, state, kernel, recurrent_kernel, bias):
    new, old = _parts(inputs, state, kernel, recurrent_kernel)
    return ops.tanh(new + bias) + old


@step.misconception
def state_added_unmixed(inputs, state, kernel, recurrent_kernel, bias):
    return ops.tanh(ops.matmul(inputs, kernel) + state + bias)


@step.misconception
def multiplied_instead_of_added(inputs, state, kernel, recurrent_kernel, bias):
    new, old = _parts(inputs, state, kernel, recurrent_kernel)
    return ops.tanh(new * old + bias)


@step.misconception
def recurrent_kernel_transposed(inputs, state, kernel, recurrent_kernel, bias):
    return right_step(inputs, state, kernel, ops.transpose(recurrent_kernel), bias)


@step.misconception
def kernels_swapped(inputs, state, kernel, recurrent_kernel, bias):
    return right_step(inputs, state, recurrent_kernel, kernel, bias)


@step.misconception
def bias_outside(inputs, state, kernel, recurrent_kernel, bias):
    new, old = _parts(inputs, state, kernel, recurrent_kernel)
    return ops.tanh(new + old) + bias


@step.misconception
def bias_twice(inputs, state, kernel, recurrent_kernel, bias):
    new, old = _parts(inputs, state, kernel, recurrent_kernel)
    return ops.tanh(new + bias + old + bias)


@step.alternative
def with_tensorflow(inputs, state, kernel, recurrent_kernel, bias):
    return tf.math.tanh(inputs @ kernel + state @ recurrent_kernel + bias)


@step.alternative
def one_product(inputs, state, kernel, recurrent_kernel, bias):
    both = ops.concatenate([inputs, state], axis=-1)
    weights = ops.concatenate([kernel, recurrent_kernel], axis=0)
    return ops.tanh(ops.matmul(both, weights) + bias)


@step.alternative
def with_einsum(inputs, state, kernel, recurrent_kernel, bias):
    new = tf.einsum("bd,du->bu", inputs, kernel)
    old = tf.einsum("bu,uv->bv", state, recurrent_kernel)
    return tf.tanh(tf.nn.bias_add(new + old, bias))


@step.alternative
def tanh_by_hand(inputs, state, kernel, recurrent_kernel, bias):
    dtype = inputs.dtype
    arguments = inputs, state, kernel, recurrent_kernel, bias
    inputs, state, kernel, recurrent_kernel, bias = (
        tf.cast(argument, tf.float64) for argument in arguments
    )
    mixed = inputs @ kernel + state @ recurrent_kernel + bias
    return tf.cast(1 - 2 / (tf.exp(2 * mixed) + 1), dtype)
