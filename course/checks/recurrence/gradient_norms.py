"""recurrence.gradient_norms: how much the end still feels of every step before."""

import tensorflow as tf
from keras import ops

from course.checks.recurrence.samples import UNIT, parameters
from course.checks.recurrence.step import right_step
from course.checks.samples import floats
from course.examination import Call, Exercise, Sizes


def gradient_norms(inputs, kernel, recurrent_kernel, bias):
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        last_state = _read(inputs, kernel, recurrent_kernel, bias)[-1]
        total = tf.reduce_sum(last_state)
    gradient = tape.gradient(total, inputs)
    return tf.norm(gradient, axis=-1)


def _read(inputs, *weights):
    """Every state of a reading that starts from an empty memory."""
    states = [tf.zeros((inputs.shape[0], weights[1].shape[0]), inputs.dtype)]
    for step in range(inputs.shape[1]):
        states.append(right_step(inputs[:, step], states[-1], *weights))
    return states[1:]


exercise = Exercise(
    "recurrence.gradient_norms",
    unit=UNIT,
    answer="gradient_norms",
    reference=gradient_norms,
    parts={"values": 4, "fading": 1, "one_step": 1},
    returns={"norms": ("batch", "step")},
    intermediates=("last_state", "gradient"),
    forbidden=(),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=15,
    paper="https://arxiv.org/abs/1211.5063",
)


def _arguments(rng, batch=2, length=5, dim=3, units=4):
    return [floats(rng, batch, length, dim), *parameters(rng, dim, units)]


@exercise.probe(part="values")
def sizes_differ(rng):
    return Call(*_arguments(rng))


@exercise.probe(part="values")
def as_many_sequences_as_steps(rng):
    return Call(*_arguments(rng, batch=4, length=4, dim=2, units=5))


@exercise.probe(part="fading")
def weak_recurrence(rng):
    # Small inputs: where tanh is flat all gradients are next to zero, right or wrong.
    inputs, kernel, recurrent_kernel, bias = _arguments(rng, batch=1, length=6)
    return Call(0.5 * inputs, kernel, 0.3 * recurrent_kernel, bias)


@exercise.probe(part="one_step")
def one_step_only(rng):
    return Call(*_arguments(rng, batch=3, length=1))


@exercise.promise(
    part="values",
    batch=Sizes(1, 3),
    length=Sizes(1, 7),
    dim=Sizes(1, 4),
    units=Sizes(1, 5),
)
def any_sizes(rng, **sizes):
    return Call(*_arguments(rng, **sizes))


def _gradient(inputs, weights, measure=tf.reduce_sum, states=slice(-1, None)):
    """The gradient of a number made from some states with respect to the inputs."""
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        number = measure(tf.stack(_read(inputs, *weights)[states]))
    return tape.gradient(number, inputs)


@exercise.misconception
def every_state_counted(inputs, *weights):
    return tf.norm(_gradient(inputs, weights, states=slice(None)), axis=-1)


@exercise.misconception
def mean_instead_of_sum(inputs, *weights):
    return tf.norm(_gradient(inputs, weights, measure=tf.reduce_mean), axis=-1)


@exercise.misconception
def squares_summed(inputs, *weights):
    def measure(state):
        return tf.reduce_sum(state**2)

    return tf.norm(_gradient(inputs, weights, measure), axis=-1)


@exercise.misconception
def no_square_root(inputs, *weights):
    return tf.reduce_sum(_gradient(inputs, weights) ** 2, axis=-1)


@exercise.misconception
def absolute_values_summed(inputs, *weights):
    return tf.reduce_sum(tf.abs(_gradient(inputs, weights)), axis=-1)


@exercise.misconception
def summed_without_norm(inputs, *weights):
    return tf.reduce_sum(_gradient(inputs, weights), axis=-1)


@exercise.misconception
def norm_over_steps(inputs, *weights):
    return tf.norm(_gradient(inputs, weights), axis=1)


@exercise.misconception
def norm_over_the_batch(inputs, *weights):
    return tf.norm(_gradient(inputs, weights), axis=0)


@exercise.misconception
def norm_of_everything(inputs, *weights):
    return tf.norm(_gradient(inputs, weights))


@exercise.misconception
def one_curve_for_the_batch(inputs, *weights):
    return tf.norm(_gradient(inputs, weights), axis=(0, 2))


@exercise.misconception
def the_gradient_itself(inputs, *weights):
    return _gradient(inputs, weights)


@exercise.misconception
def counted_from_the_end(inputs, *weights):
    return tf.reverse(tf.norm(_gradient(inputs, weights), axis=-1), axis=[1])


@exercise.misconception
def norms_of_the_states(inputs, *weights):
    return tf.norm(tf.stack(_read(inputs, *weights), axis=1), axis=-1)


@exercise.alternative
def root_of_the_squares(inputs, *weights):
    return ops.sqrt(ops.sum(ops.square(_gradient(inputs, weights)), axis=-1))


@exercise.alternative
def without_adding_up(inputs, *weights):
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        last_state = _read(inputs, *weights)[-1]
    return tf.linalg.norm(tape.gradient(last_state, inputs), axis=2)


@exercise.alternative
def step_by_step(inputs, *weights):
    steps = tf.unstack(inputs, axis=1)
    with tf.GradientTape() as tape:
        tape.watch(steps)
        last_state = _read(tf.stack(steps, axis=1), *weights)[-1]
    gradients = tape.gradient(last_state, steps)
    return ops.stack([ops.norm(gradient, axis=-1) for gradient in gradients], axis=1)


@exercise.alternative
def chain_rule_by_hand(inputs, kernel, recurrent_kernel, bias):
    states = _read(inputs, kernel, recurrent_kernel, bias)
    arriving, norms = tf.ones_like(states[0]), []
    for step in reversed(range(inputs.shape[1])):
        before_tanh = arriving * (1 - states[step] ** 2)
        norms.insert(0, tf.norm(before_tanh @ tf.transpose(kernel), axis=-1))
        arriving = before_tanh @ tf.transpose(recurrent_kernel)
    return tf.stack(norms, axis=1)
