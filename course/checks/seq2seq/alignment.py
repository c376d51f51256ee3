"""seq2seq.alignment: cross-attention read as an alignment."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.seq2seq.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import alignment

exercise = Exercise(
    "seq2seq.alignment",
    unit=UNIT,
    answer="alignment",
    reference=alignment,
    parts={"one_head": 1, "heads": 3, "padding": 2},
    returns={"places": ("target",)},
    forbidden=("course.pieces.alignment",),
    hints=3,
    difficulty=2,
    importance=4,
    minutes=10,
    paper="https://arxiv.org/abs/1409.0473",
)

right = exercise.reference  # a copy: nobody may call the answer itself


def _weights(rng, head, target, source, parts=64):
    """Whole parts of 64, so that sums are exact and ties are ties in every float."""
    spread = rng.dirichlet(np.full(source, 0.5), size=(head, target))
    counts = [rng.multinomial(parts, row) for row in spread.reshape(-1, source)]
    return (np.reshape(counts, spread.shape) / parts).astype("float32")


HEADS = ("first_head", "last_head", "strongest_head", "vote_of_the_heads")


@exercise.probe(part="one_head", shows=("over_the_targets", "one_step_late"))
def a_single_head(rng):
    return Call(_weights(rng, 1, 6, 4), np.full(4, True))


@exercise.probe(part="heads", shows=(*HEADS, "least_looked_at"))
def heads_that_disagree(rng):
    return Call(_weights(rng, 4, 7, 5), np.full(5, True))


@exercise.probe(part="heads", shows=HEADS)
def more_steps_than_places(rng):
    return Call(_weights(rng, 2, 9, 3), np.full(3, True))


@exercise.probe(part="heads")
def many_places_tie(rng):
    """So many that a sort which is not stable puts another place first."""
    weights = np.full((2, 3, 32), 1 / 32, "float32")
    weights[:, 1, 5:9] += 1 / 64
    weights[:, 2, (4, 30)] += 1 / 64
    return Call(weights / weights.sum(-1, keepdims=True), np.full(32, True))


@exercise.probe(part="padding", shows=("padding_may_win", "places_of_the_real_ones"))
def padding_is_looked_at(rng):
    """In front and behind, with more weight than the text."""
    weights = _weights(rng, 4, 5, 6)
    weights[:, ::2, (0, -1)] += 2.0
    real = np.array([False, True, True, True, True, False])
    return Call((weights / weights.sum(-1, keepdims=True)).astype("float32"), real)


@exercise.promise(
    part="padding",
    head=OneOf(1, 2, 8),
    target=Sizes(1, 7),
    source=Sizes(1, 8),
    side=OneOf("none", "left", "right"),
)
def any_weights(rng, head, target, source, side):
    padding = {"none": 0, "left": source // 2, "right": source // 2}[side]
    real = np.arange(source) < source - padding
    real = real[::-1] if side == "left" else real
    return Call(_weights(rng, head, target, source), real.copy())


def _best(weights, real):
    return ops.argmax(ops.where(real, weights, -1.0), axis=-1)


@exercise.misconception
def over_the_targets(weights, real):
    """For each place of the source the step that looks at it."""
    return ops.argmax(ops.mean(weights, axis=0), axis=0)


@exercise.misconception
def padding_may_win(weights, real):
    return ops.argmax(ops.mean(weights, axis=0), axis=-1)


@exercise.misconception
def first_head(weights, real):
    return _best(weights[0], real)


@exercise.misconception
def last_head(weights, real):
    return _best(weights[-1], real)


@exercise.misconception
def strongest_head(weights, real):
    """The largest weight of any head, not the largest mean."""
    return _best(ops.max(weights, axis=0), real)


@exercise.misconception
def vote_of_the_heads(weights, real):
    """Each head votes for its best place; the first of equal ones."""
    votes = np.array(_best(weights, real))
    size = weights.shape[-1]
    return np.array([np.bincount(row, minlength=size).argmax() for row in votes.T])


@exercise.misconception
def one_step_late(weights, real):
    """The row of the token that is read, not of the one that is written."""
    return ops.roll(right(weights, real), 1, axis=0)


@exercise.misconception
def least_looked_at(weights, real):
    mean = ops.mean(weights, axis=0)
    return ops.argmin(ops.where(real, mean, 2.0), axis=-1)


@exercise.misconception
def places_of_the_real_ones(weights, real):
    """Counted among the real places: padding in front is left out of the count."""
    places = np.flatnonzero(np.array(real))
    return ops.argmax(ops.take(ops.mean(weights, axis=0), places, axis=-1), axis=-1)


@exercise.misconception
def place_for_each_head(weights, real):
    return _best(weights, real)


@exercise.alternative
def with_sums(weights, real):
    return ops.argmax(ops.where(real, ops.sum(weights, axis=0), -np.inf), axis=-1)


@exercise.alternative
def with_einsum(weights, real):
    total = tf.einsum("hts,s->ts", weights, tf.cast(real, weights.dtype))
    return tf.argmax(total - tf.cast(~real, weights.dtype), axis=-1)


@exercise.alternative
def in_numpy(weights, real):
    mean = np.array(weights, "float64").mean(axis=0)
    mean[:, ~np.array(real)] = -1
    return mean.argmax(axis=1)


@exercise.alternative
def with_loops(weights, real):
    (heads, steps, size), real = weights.shape, np.array(real)
    weights, found = np.array(weights), []
    for step in range(steps):
        total = [
            sum(weights[h, step, place] for h in range(heads)) for place in range(size)
        ]
        found.append(
            max(np.flatnonzero(real), key=lambda place: (total[place], -place))
        )
    return np.array(found, "int64")


@exercise.alternative
def from_the_real_places(weights, real):
    places = tf.where(real)[:, 0]
    best = tf.argmax(tf.gather(tf.reduce_mean(weights, 0), places, axis=-1), axis=-1)
    return tf.gather(places, best)


@exercise.alternative
def with_top_k(weights, real):
    mean = ops.mean(ops.where(real, weights, -1.0), axis=0)
    return ops.top_k(mean, 1)[1][:, 0]


@exercise.alternative
def by_sorting(weights, real):
    mean = np.where(np.array(real), np.array(weights).sum(axis=0), -1)
    return np.argsort(-mean, axis=-1, kind="stable")[:, 0]
