"""recurrence.masked_steps: padding must not touch the state."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.recurrence.samples import UNIT, parameters
from course.checks.recurrence.step import right_step
from course.checks.samples import floats
from course.examination import Call, Exercise, Sizes


def right_reading(inputs, mask, state, kernel, recurrent_kernel, bias):
    states = []
    for step in range(inputs.shape[1]):
        new = right_step(inputs[:, step], state, kernel, recurrent_kernel, bias)
        state = ops.where(mask[:, step, None], new, state)
        states.append(state)
    return ops.stack(states, axis=1)


masked_steps = Exercise(
    "recurrence.masked_steps",
    unit=UNIT,
    answer="read_masked",
    reference=right_reading,
    parts={"real": 1, "padding": 4, "gradient": 1, "compiled": 1},
    returns={"states": ("batch", "step", "units")},
    forbidden=(
        "transformer_tf.RNNCell",
        "keras.layers.RNN",
        "keras.layers.SimpleRNN",
    ),
    operations=(
        "CudnnRNN",
        "CudnnRNNV2",
        "CudnnRNNV3",
    ),
    hints=3,
    difficulty=2,
    importance=4,
    minutes=12,
    paper="https://keras.io/guides/understanding_masking_and_padding/",
)

LENGTHS = (5, 2, 3)


def _case(rng, mask):
    """Three sequences of five steps; True in `mask` is a real step."""
    inputs, state = floats(rng, 3, 5, 2), floats(rng, 3, 4)
    case = Call(inputs, mask, state, *parameters(rng, 2, 4))
    return case.with_regions(padding=~mask[..., None])


def _steps_before(lengths):
    return np.arange(5) < np.array(lengths)[:, None]


@masked_steps.probe(part="real")
def nothing_masked(rng):
    return _case(rng, _steps_before((5, 5, 5)))


@masked_steps.probe(part="padding")
def padded_at_the_end(rng):
    return _case(rng, _steps_before(LENGTHS))


@masked_steps.probe(part="padding")
def padded_at_the_start(rng):
    return _case(rng, _steps_before(LENGTHS)[:, ::-1])


@masked_steps.probe(part="padding")
def gaps(rng):
    mask = _steps_before((4, 5, 5))
    mask[1, 1:3] = mask[2, ::2] = False
    return _case(rng, mask)


@masked_steps.probe(part="padding")
def nothing_to_read(rng):
    return _case(rng, _steps_before((3, 0, 5)))


@masked_steps.probe(part="gradient")
def gradients(rng):
    case = _case(rng, _steps_before(LENGTHS))
    return case.asking(gradient=floats(rng, 3, 5, 4))


@masked_steps.probe(part="compiled")
def in_a_graph(rng):
    return _case(rng, _steps_before(LENGTHS)).asking(mode="graph")


@masked_steps.promise(
    part="padding",
    batch=Sizes(1, 4),
    length=Sizes(1, 8),
    dim=Sizes(1, 3),
    units=Sizes(1, 5),
)
def any_mask(rng, batch, length, dim, units):
    mask = rng.random((batch, length)) < 0.5
    inputs, state = floats(rng, batch, length, dim), floats(rng, batch, units)
    case = Call(inputs, mask, state, *parameters(rng, dim, units))
    return case.with_regions(padding=~mask[..., None])


def _read(inputs, mask, state, weights, choose):
    """Reading with a replaceable rule for the state after each step."""
    states = []
    for step in range(inputs.shape[1]):
        new = right_step(inputs[:, step], state, *weights)
        state = choose(mask[:, step, None], new, state)
        states.append(state)
    return ops.stack(states, axis=1)


@masked_steps.misconception
def mask_ignored(inputs, mask, state, *weights):
    return _read(inputs, mask, state, weights, lambda real, new, old: new)


@masked_steps.misconception
def mask_inverted(inputs, mask, state, *weights):
    return right_reading(inputs, ops.logical_not(mask), state, *weights)


@masked_steps.misconception
def inputs_zeroed(inputs, mask, state, *weights):
    inputs = ops.where(mask[..., None], inputs, 0.0)
    return mask_ignored(inputs, mask, state, *weights)


@masked_steps.misconception
def state_wiped(inputs, mask, state, *weights):
    def choose(real, new, old):
        return ops.where(real, new, ops.zeros_like(new))

    return _read(inputs, mask, state, weights, choose)


@masked_steps.misconception
def output_wiped(inputs, mask, state, *weights):
    states = right_reading(inputs, mask, state, *weights)
    return ops.where(mask[..., None], states, 0.0)


@masked_steps.misconception
def masked_after_reading(inputs, mask, state, *weights):
    states = mask_ignored(inputs, mask, state, *weights)
    return ops.where(mask[..., None], states, 0.0)


@masked_steps.misconception
def new_state_kept(inputs, mask, state, *weights):
    states = []
    for step in range(inputs.shape[1]):
        new = right_step(inputs[:, step], state, *weights)
        states.append(new)
        state = ops.where(mask[:, step, None], new, state)
    return ops.stack(states, axis=1)


@masked_steps.misconception
def stops_at_first_padding(inputs, mask, state, *weights):
    mask = ops.cumprod(ops.cast(mask, "int32"), axis=1) > 0
    return right_reading(inputs, mask, state, *weights)


@masked_steps.misconception
def back_to_the_start(inputs, mask, state, *weights):
    start = state

    def choose(real, new, old):
        return ops.where(real, new, start)

    return _read(inputs, mask, state, weights, choose)


@masked_steps.alternative
def blended(inputs, mask, state, *weights):
    def choose(real, new, old):
        real = ops.cast(real, new.dtype)
        return real * new + (1 - real) * old

    return _read(inputs, mask, state, weights, choose)


@masked_steps.alternative
def with_tf_scan(inputs, mask, state, kernel, recurrent_kernel, bias):
    def advance(state, step):
        inputs, real = step
        new = tf.tanh(inputs @ kernel + state @ recurrent_kernel + bias)
        return tf.where(real[:, tf.newaxis], new, state)

    by_step = tf.transpose(inputs, [1, 0, 2]), tf.transpose(mask)
    return tf.transpose(tf.scan(advance, by_step, state), [1, 0, 2])


@masked_steps.alternative
def as_a_correction(inputs, mask, state, *weights):
    def choose(real, new, old):
        return old + tf.cast(real, new.dtype) * (new - old)

    return _read(inputs, mask, state, weights, choose)
