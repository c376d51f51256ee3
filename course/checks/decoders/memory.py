"""decoders.memory: what a model keeps of the segment before."""

import collections

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.decoders.samples import UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes


def remember(memory, states, keep):
    """The memory for the next segment: the last hidden states of all that was read.

    Args:
        memory: [batch, past, dim] floats: the memory so far; it may be empty.
        states: [batch, length, dim] floats: the hidden states of this segment.
        keep: How many positions to remember, at least 0.

    Returns:
        [batch, kept, dim] floats: the last `keep` positions of the memory and, behind
        it, the states; fewer where there are not so many. Gradients do not flow
        through it: the past is looked at and not trained again.
    """
    both = ops.concatenate([memory, states], axis=1)
    start = max(0, both.shape[1] - keep)
    return ops.stop_gradient(both[:, start:])


exercise = Exercise(
    "decoders.memory",
    unit=UNIT,
    answer="remember",
    reference=remember,
    parts={"kept": 3, "nothing": 1, "gradient": 1},
    returns={"memory": ("batch", "position", "dim")},
    forbidden=(f"{__name__}.remember",),
    hints=3,
    difficulty=2,
    importance=3,
    minutes=10,
    paper="https://arxiv.org/abs/1901.02860",
)


def _call(rng, past, length, keep, batch=2, dim=3):
    return Call(floats(rng, batch, past, dim), floats(rng, batch, length, dim), keep)


@exercise.probe(part="kept")
def some_of_both(rng):
    return _call(rng, past=5, length=3, keep=6)


@exercise.probe(part="kept")
def some_of_the_new_ones(rng):
    return _call(rng, past=3, length=6, keep=4)


@exercise.probe(part="kept")
def the_beginning_of_a_text(rng):
    return _call(rng, past=0, length=3, keep=5)


@exercise.probe(part="kept")
def not_yet_full(rng):
    return _call(rng, past=2, length=3, keep=8)


@exercise.probe(part="nothing")
def nothing_is_kept(rng):
    return _call(rng, past=2, length=3, keep=0)


@exercise.property(part="gradient")
def gradients_stop_here(rng):
    case = _call(rng, past=2, length=3, keep=4)
    (reply,) = yield [case.asking(gradient=floats(rng, 2, 4, 3))]
    return reply.output.shape == (2, 4, 3) and not any(
        gradient is not None and abs(gradient.values).max() > 0
        for gradient in reply.gradients.values()
    )


@exercise.promise(
    part="kept",
    past=Sizes(0, 5),
    length=Sizes(1, 6),
    keep=OneOf(0, 1, 4, 7, 20),
    batch=Sizes(1, 3),
    dim=Sizes(1, 4),
)
def any_segment(rng, past, length, keep, batch, dim):
    return _call(rng, past, length, keep, batch, dim)


def _last(both, keep):
    return ops.stop_gradient(both[:, max(0, both.shape[1] - keep) :])


@exercise.misconception
def zero_keeps_everything(memory, states, keep):
    """both[:, -0:] is everything."""
    both = ops.concatenate([memory, states], axis=1)
    return ops.stop_gradient(both[:, -keep:])


@exercise.misconception
def only_the_new_ones(memory, states, keep):
    return _last(states, keep)


@exercise.misconception
def only_the_old_ones(memory, states, keep):
    return _last(memory, keep)


@exercise.misconception
def oldest_kept(memory, states, keep):
    both = ops.concatenate([memory, states], axis=1)
    return ops.stop_gradient(both[:, :keep])


@exercise.misconception
def grows_for_ever(memory, states, keep):
    return ops.stop_gradient(ops.concatenate([memory, states], axis=1))


@exercise.misconception
def new_ones_in_front(memory, states, keep):
    return _last(ops.concatenate([states, memory], axis=1), keep)


@exercise.misconception
def keep_of_each(memory, states, keep):
    parts = [_last(memory, keep), _last(states, keep)]
    return ops.concatenate(parts, axis=1)


@exercise.misconception
def filled_with_zeros(memory, states, keep):
    """Always `keep` positions: nothing is remembered as a vector of zeros."""
    both = _last(ops.concatenate([memory, states], axis=1), keep)
    return ops.pad(both, [[0, 0], [keep - both.shape[1], 0], [0, 0]])


@exercise.misconception
def newest_first(memory, states, keep):
    return ops.flip(_last(ops.concatenate([memory, states], axis=1), keep), axis=1)


@exercise.misconception
def gradients_flow(memory, states, keep):
    both = ops.concatenate([memory, states], axis=1)
    return both[:, max(0, both.shape[1] - keep) :]


@exercise.alternative
def without_a_negative_start(memory, states, keep):
    both = tf.concat([memory, states], axis=1)
    if keep == 0:
        return both[:, :0]
    return tf.stop_gradient(both[:, -keep:])


@exercise.alternative
def backwards_and_back(memory, states, keep):
    both = ops.flip(ops.concatenate([memory, states], axis=1), axis=1)
    return ops.stop_gradient(ops.flip(both[:, :keep], axis=1))


@exercise.alternative
def with_a_queue(memory, states, keep):
    both = tf.unstack(tf.concat([memory, states], axis=1), axis=1)
    kept = list(collections.deque(both, maxlen=keep))
    return tf.stop_gradient(tf.stack(kept, axis=1)) if kept else memory[:, :0] * 0


@exercise.alternative
def as_numpy(memory, states, keep):
    """NumPy knows no gradients."""
    both = np.concatenate([np.array(memory), np.array(states)], axis=1)
    return both[:, max(0, both.shape[1] - keep) :]


@exercise.alternative
def gathered(memory, states, keep):
    both = tf.stop_gradient(tf.concat([memory, states], axis=1))
    count = min(keep, both.shape[1])
    return tf.gather(both, tf.range(both.shape[1] - count, both.shape[1]), axis=1)


@exercise.alternative
def old_and_new_apart(memory, states, keep):
    room = max(0, keep - states.shape[1])
    old = memory[:, max(0, memory.shape[1] - room) :]
    new = states[:, max(0, states.shape[1] - keep) :]
    return tf.stop_gradient(tf.concat([old, new], axis=1))
