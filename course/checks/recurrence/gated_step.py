"""recurrence.gated_step: one gate that decides how much of the memory stays."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.recurrence.samples import UNIT, parameters
from course.checks.samples import floats
from course.examination import Call, Exercise, Sizes


def right_step(
    inputs,
    state,
    kernel,
    recurrent_kernel,
    bias,
    gate_kernel,
    gate_recurrent_kernel,
    gate_bias,
):
    candidate = ops.tanh(_mix(inputs, state, kernel, recurrent_kernel, bias))
    gate = ops.sigmoid(
        _mix(inputs, state, gate_kernel, gate_recurrent_kernel, gate_bias)
    )
    return gate * state + (1 - gate) * candidate


def _mix(inputs, state, kernel, recurrent_kernel, bias):
    return ops.matmul(inputs, kernel) + ops.matmul(state, recurrent_kernel) + bias


exercise = Exercise(
    "recurrence.gated_step",
    unit=UNIT,
    answer="gated_step",
    reference=right_step,
    parts={"values": 3, "shut": 1, "open": 1, "gradient": 1, "compiled": 1},
    returns={"state": ("batch", "units")},
    intermediates=("candidate", "gate"),
    forbidden=("transformer_tf.GRUCell", "keras.layers.GRUCell", "keras.layers.GRU"),
    operations=(
        "GRUBlockCell",
        "CudnnRNN",
        "CudnnRNNV2",
        "CudnnRNNV3",
    ),
    hints=3,
    difficulty=2,
    importance=5,
    minutes=12,
    paper="https://arxiv.org/abs/1406.1078",
)


def _arguments(rng, batch=2, dim=3, units=4, gate_bias=0.0):
    first, second = parameters(rng, dim, units), parameters(rng, dim, units)
    second[2] += np.float32(gate_bias)
    return [floats(rng, batch, dim), floats(rng, batch, units), *first, *second]


@exercise.probe(part="values")
def as_many_inputs_as_units(rng):
    return Call(*_arguments(rng, batch=3, dim=4))


@exercise.probe(part="values")
def sizes_differ(rng):
    return Call(*_arguments(rng))


@exercise.probe(part="shut")
def everything_kept(rng):
    return Call(*_arguments(rng, gate_bias=30.0))


@exercise.probe(part="open")
def everything_new(rng):
    return Call(*_arguments(rng, gate_bias=-30.0))


@exercise.probe(part="gradient")
def gradients(rng):
    return Call(*_arguments(rng)).asking(gradient=floats(rng, 2, 4))


@exercise.probe(part="compiled")
def in_a_graph(rng):
    return Call(*_arguments(rng)).asking(mode="graph")


@exercise.promise(part="values", batch=Sizes(1, 5), dim=Sizes(1, 6), units=Sizes(1, 7))
def any_sizes(rng, **sizes):
    return Call(*_arguments(rng, **sizes))


def _pieces(inputs, state, weights):
    """What the gate decides between, and the gate."""
    candidate = ops.tanh(_mix(inputs, state, *weights[:3]))
    return candidate, ops.sigmoid(_mix(inputs, state, *weights[3:]))


@exercise.misconception
def gate_inverted(inputs, state, *weights):
    candidate, gate = _pieces(inputs, state, weights)
    return (1 - gate) * state + gate * candidate


@exercise.misconception
def everything_added(inputs, state, *weights):
    candidate, gate = _pieces(inputs, state, weights)
    return gate * state + candidate


@exercise.misconception
def nothing_forgotten(inputs, state, *weights):
    candidate, gate = _pieces(inputs, state, weights)
    return state + (1 - gate) * candidate


@exercise.misconception
def same_gate_for_both(inputs, state, *weights):
    candidate, gate = _pieces(inputs, state, weights)
    return gate * state + gate * candidate


@exercise.misconception
def gate_without_sigmoid(inputs, state, *weights):
    candidate, _ = _pieces(inputs, state, weights)
    gate = _mix(inputs, state, *weights[3:])
    return gate * state + (1 - gate) * candidate


@exercise.misconception
def gate_with_tanh(inputs, state, *weights):
    candidate, _ = _pieces(inputs, state, weights)
    gate = ops.tanh(_mix(inputs, state, *weights[3:]))
    return gate * state + (1 - gate) * candidate


@exercise.misconception
def candidate_with_sigmoid(inputs, state, *weights):
    _, gate = _pieces(inputs, state, weights)
    candidate = ops.sigmoid(_mix(inputs, state, *weights[:3]))
    return gate * state + (1 - gate) * candidate


@exercise.misconception
def gate_is_blind_to_the_state(inputs, state, *weights):
    candidate, _ = _pieces(inputs, state, weights)
    gate = ops.sigmoid(ops.matmul(inputs, weights[3]) + weights[5])
    return gate * state + (1 - gate) * candidate


@exercise.misconception
def candidate_is_blind_to_the_state(inputs, state, *weights):
    _, gate = _pieces(inputs, state, weights)
    candidate = ops.tanh(ops.matmul(inputs, weights[0]) + weights[2])
    return gate * state + (1 - gate) * candidate


@exercise.misconception
def gate_with_the_candidates_weights(inputs, state, *weights):
    return right_step(inputs, state, *weights[:3], *weights[:3])


@exercise.misconception
def weights_swapped(inputs, state, *weights):
    return right_step(inputs, state, *weights[3:], *weights[:3])


@exercise.misconception
def squashed_again(inputs, state, *weights):
    return ops.tanh(right_step(inputs, state, *weights))


@exercise.misconception
def candidate_without_tanh(inputs, state, *weights):
    _, gate = _pieces(inputs, state, weights)
    candidate = _mix(inputs, state, *weights[:3])
    return gate * state + (1 - gate) * candidate


@exercise.alternative
def a_step_towards_the_candidate(inputs, state, *weights):
    candidate, gate = _pieces(inputs, state, weights)
    return candidate + gate * (state - candidate)


@exercise.alternative
def by_the_share_that_is_new(inputs, state, *weights):
    candidate, _ = _pieces(inputs, state, weights)
    new = tf.sigmoid(-_mix(inputs, state, *weights[3:]))
    return state + new * (candidate - state)


@exercise.alternative
def one_product(inputs, state, *weights):
    both = tf.concat([inputs, state], axis=-1)
    kernel = tf.concat(
        [tf.concat(weights[:2], axis=0), tf.concat(weights[3:5], axis=0)], axis=1
    )
    mixed = both @ kernel + tf.concat([weights[2], weights[5]], axis=0)
    candidate, gate = tf.split(mixed, 2, axis=-1)
    gate = tf.nn.sigmoid(gate)
    return gate * state + (1.0 - gate) * tf.nn.tanh(candidate)
