"""recurrence.unroll: the same step over a whole sequence, each state kept."""

import tensorflow as tf
from keras import ops

from course.checks.recurrence.samples import UNIT, parameters
from course.checks.recurrence.step import right_step
from course.checks.samples import floats
from course.examination import Call, Exercise, Sizes


def right_reading(inputs, state, kernel, recurrent_kernel, bias):
    states = []
    for step in range(inputs.shape[1]):
        state = right_step(inputs[:, step], state, kernel, recurrent_kernel, bias)
        states.append(state)
    return ops.stack(states, axis=1)


unroll = Exercise(
    "recurrence.unroll",
    unit=UNIT,
    answer="read_sequence",
    reference=right_reading,
    parts={"values": 3, "one_step": 1, "gradient": 1, "compiled": 1},
    returns={"states": ("batch", "step", "units")},
    forbidden=(
        "transformer_tf.RNNCell",
        "keras.layers.RNN",
        "keras.layers.SimpleRNN",
        "keras.layers.SimpleRNNCell",
    ),
    operations=(
        "CudnnRNN",
        "CudnnRNNV2",
        "CudnnRNNV3",
    ),
    hints=4,
    difficulty=2,
    importance=5,
    minutes=12,
    paper="https://www.deeplearningbook.org/contents/rnn.html",
)


def _arguments(rng, batch=2, length=5, dim=3, units=4):
    return [
        floats(rng, batch, length, dim),
        floats(rng, batch, units),
        *parameters(rng, dim, units),
    ]


@unroll.probe(part="values")
def as_many_sequences_as_steps(rng):
    return Call(*_arguments(rng, batch=5))


@unroll.probe(part="values")
def sizes_differ(rng):
    return Call(*_arguments(rng))


@unroll.probe(part="one_step")
def one_step_only(rng):
    return Call(*_arguments(rng, batch=3, length=1))


@unroll.probe(part="gradient")
def gradients(rng):
    return Call(*_arguments(rng)).asking(gradient=floats(rng, 2, 5, 4))


@unroll.probe(part="compiled")
def in_a_graph(rng):
    return Call(*_arguments(rng, length=4)).asking(mode="graph")


@unroll.promise(
    part="values",
    batch=Sizes(1, 5),
    length=Sizes(1, 9),
    dim=Sizes(1, 6),
    units=Sizes(1, 7),
)
def any_sizes(rng, **sizes):
    return Call(*_arguments(rng, **sizes))


def _loop(inputs, state, weights, order=None):
    """Every state, the one before the first step included, in the order of reading."""
    states = [state]
    for step in order or range(inputs.shape[1]):
        states.append(right_step(inputs[:, step], states[-1], *weights))
    return states


@unroll.misconception
def state_never_updated(inputs, state, *weights):
    steps = range(inputs.shape[1])
    return ops.stack([right_step(inputs[:, t], state, *weights) for t in steps], axis=1)


@unroll.misconception
def starts_from_zeros(inputs, state, *weights):
    return right_reading(inputs, ops.zeros_like(state), *weights)


@unroll.misconception
def reads_backwards(inputs, state, *weights):
    steps = range(inputs.shape[1])
    return ops.stack(_loop(inputs, state, weights, steps[::-1])[:0:-1], axis=1)


@unroll.misconception
def collected_backwards(inputs, state, *weights):
    return ops.flip(right_reading(inputs, state, *weights), axis=1)


@unroll.misconception
def kept_before_the_step(inputs, state, *weights):
    return ops.stack(_loop(inputs, state, weights)[:-1], axis=1)


@unroll.misconception
def steps_before_batch(inputs, state, *weights):
    return ops.stack(_loop(inputs, state, weights)[1:], axis=0)


@unroll.misconception
def only_the_last_state(inputs, state, *weights):
    return _loop(inputs, state, weights)[-1]


@unroll.misconception
def same_input_every_step(inputs, state, *weights):
    steps = [0] * inputs.shape[1]
    return ops.stack(_loop(inputs, state, weights, steps)[1:], axis=1)


@unroll.misconception
def first_step_skipped(inputs, state, *weights):
    steps = range(1, inputs.shape[1])
    return ops.stack(_loop(inputs, state, weights, steps)[1:] or [state], axis=1)


@unroll.misconception
def state_kept_too(inputs, state, *weights):
    return ops.stack(_loop(inputs, state, weights), axis=1)


@unroll.alternative
def with_tf_scan(inputs, state, kernel, recurrent_kernel, bias):
    def advance(state, inputs):
        return tf.tanh(inputs @ kernel + state @ recurrent_kernel + bias)

    by_step = tf.transpose(inputs, [1, 0, 2])
    return tf.transpose(tf.scan(advance, by_step, state), [1, 0, 2])


@unroll.alternative
def inputs_mixed_at_once(inputs, state, kernel, recurrent_kernel, bias):
    mixed = ops.einsum("bld,du->blu", inputs, kernel) + bias
    states = []
    for one in ops.unstack(mixed, axis=1):
        state = ops.tanh(one + ops.matmul(state, recurrent_kernel))
        states.append(ops.expand_dims(state, 1))
    return ops.concatenate(states, axis=1)


@unroll.alternative
def with_keras_scan(inputs, state, kernel, recurrent_kernel, bias):
    def advance(state, inputs):
        state = right_step(inputs, state, kernel, recurrent_kernel, bias)
        return state, state

    _, states = ops.scan(advance, state, ops.swapaxes(inputs, 0, 1))
    return ops.swapaxes(states, 0, 1)


@unroll.alternative
def half_by_half(inputs, state, *weights):
    return _halves(inputs, state, weights)


def _halves(inputs, state, weights):
    """Reads the second half from where the first one ended."""
    length = inputs.shape[1]
    if length == 1:
        return right_step(inputs[:, 0], state, *weights)[:, None]
    first = _halves(inputs[:, : length // 2], state, weights)
    second = _halves(inputs[:, length // 2 :], first[:, -1], weights)
    return tf.concat([first, second], axis=1)
