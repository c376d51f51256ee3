"""decoders.top_p: the fewest likely tokens that hold a share p of the mass."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.decoders.samples import UNIT, eighths
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import keep_top_p

exercise = Exercise(
    "decoders.top_p",
    unit=UNIT,
    answer="keep_top_p",
    reference=keep_top_p,
    parts={"nucleus": 3, "exact": 2, "one": 1},
    returns={"kept": ("batch", "vocabulary")},
    forbidden=("course.pieces.keep_top_p", "transformer_tf.TopP"),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=20,
    paper="https://arxiv.org/abs/1904.09751",
)

WRONG = (
    "crossing_token_left_out",
    "crossing_token_left_out_but_one",
    "one_more",
    "from_the_smallest",
    "not_put_back_in_order",
    "each_above_p",
    "each_above_the_rest",
    "in_order_of_ids",
)


@exercise.probe(part="nucleus", shows=WRONG)
def two_thirds(rng):
    """No sum of 64ths is 0.67 or 0.83: nothing is hit exactly."""
    return Call(eighths(rng, 4, 7), 0.67)


@exercise.probe(part="nucleus", shows=WRONG[:-1])
def five_sixths(rng):
    return Call(eighths(rng, 3, 6), 0.83)


@exercise.promise(part="exact", vocabulary=Sizes(5, 9), p=OneOf(0.5, 0.75, 0.875))
def reached_exactly(rng, vocabulary, p):
    """Two rows whose likeliest tokens sum to p, and others behind."""
    head = [0.5] if p == 0.5 else [0.5, p - 0.5]
    tail = np.zeros(vocabulary - len(head))
    tail[:3] = np.array([0.5, 0.25, 0.25]) * (1 - p)
    row = np.concatenate([head, tail])
    return Call(rng.permuted(np.stack([row, row]), axis=-1).astype("float32"), p)


@exercise.promise(part="one", batch=Sizes(1, 3), p=OneOf(0.0, 0.05))
def one_always_stays(rng, batch, p):
    rows = np.tile([0.25, 0.5, 0.125, 0.125], (batch, 1))
    return Call(rng.permuted(rows, axis=-1).astype("float32"), p)


@exercise.promise(
    part="nucleus",
    leading=OneOf((), (3,), (2, 3)),
    vocabulary=Sizes(1, 9),
    p=OneOf(0.3, 0.67, 0.97, 1.0),
)
def any_distribution(rng, leading, vocabulary, p):
    return Call(eighths(rng, *leading, vocabulary), p)


@exercise.promise(part="exact", leading=OneOf((), (2,)), p=OneOf(0.25, 0.375, 0.6))
def equally_likely(rng, leading, p):
    return Call(np.full((*leading, 8), 0.125, "float32"), p)


@exercise.promise(part="exact", vocabulary=OneOf(8, 64, 256), p=OneOf(0.25, 0.6))
def many_ties(rng, vocabulary, p):
    """Two levels: a sort that is not stable does not leave equals in their order."""
    levels = np.tile([1, 3], (2, vocabulary // 2)) / (2 * vocabulary)
    return Call(rng.permuted(levels, axis=-1).astype("float32"), p)


@exercise.promise(part="exact", place=OneOf(0, 2, 4), p=OneOf(0.3, 0.97, 1.0))
def one_is_certain(rng, place, p):
    """A probability of 1: with its token any p is reached."""
    return Call(np.eye(5, dtype="float32")[[place, 4 - place]], p)


def _ordered(probabilities):
    order = ops.argsort(-probabilities, axis=-1)
    return order, ops.take_along_axis(probabilities, order, axis=-1)


def _back(kept, order):
    return ops.take_along_axis(kept, ops.argsort(order, axis=-1), axis=-1)


@exercise.misconception
def crossing_token_left_out(probabilities, p):
    """Only sums that stay within p: the token with which p is reached is lost."""
    order, ordered = _ordered(probabilities)
    return _back(ops.cumsum(ordered, axis=-1) <= p, order)


@exercise.misconception
def crossing_token_left_out_but_one(probabilities, p):
    order, ordered = _ordered(probabilities)
    first = ops.arange(probabilities.shape[-1]) == 0
    return _back(ops.logical_or(ops.cumsum(ordered, axis=-1) <= p, first), order)


@exercise.misconception
def goes_on_when_exact(probabilities, p):
    """More than p, where at least p was asked for."""
    order, ordered = _ordered(probabilities)
    return _back(ops.cumsum(ordered, axis=-1) - ordered <= p, order)


@exercise.misconception
def one_more(probabilities, p):
    order, ordered = _ordered(probabilities)
    before = ops.cumsum(ordered, axis=-1) - ordered
    first = ops.arange(probabilities.shape[-1]) == 0
    kept = ops.logical_or(before < p, first)
    kept = ops.concatenate([kept[..., :1], kept], axis=-1)[..., :-1]
    return _back(ops.logical_or(kept, first), order)


@exercise.misconception
def from_the_smallest(probabilities, p):
    """The unlikely tokens first: the tail is kept and the head is lost."""
    order = ops.argsort(probabilities, axis=-1)
    ordered = ops.take_along_axis(probabilities, order, axis=-1)
    before = ops.cumsum(ordered, axis=-1) - ordered
    first = ops.arange(probabilities.shape[-1]) == 0
    return _back(ops.logical_or(before < p, first), order)


@exercise.misconception
def not_put_back_in_order(probabilities, p):
    _, ordered = _ordered(probabilities)
    first = ops.arange(probabilities.shape[-1]) == 0
    return ops.logical_or(ops.cumsum(ordered, axis=-1) - ordered < p, first)


@exercise.misconception
def put_in_order_once_more(probabilities, p):
    """Gathered by `order` again: that is not the way back."""
    order, ordered = _ordered(probabilities)
    first = ops.arange(probabilities.shape[-1]) == 0
    kept = ops.logical_or(ops.cumsum(ordered, axis=-1) - ordered < p, first)
    return ops.take_along_axis(kept, order, axis=-1)


@exercise.misconception
def each_above_p(probabilities, p):
    return probabilities >= p


@exercise.misconception
def each_above_the_rest(probabilities, p):
    return probabilities > 1 - p


@exercise.misconception
def in_order_of_ids(probabilities, p):
    """Cumulated without sorting: the first tokens of the vocabulary stay."""
    before = ops.cumsum(probabilities, axis=-1) - probabilities
    first = ops.arange(probabilities.shape[-1]) == 0
    return ops.logical_or(before < p, first)


@exercise.misconception
def empty_at_zero(probabilities, p):
    order, ordered = _ordered(probabilities)
    return _back(ops.cumsum(ordered, axis=-1) - ordered < p, order)


@exercise.alternative
def shifted_mask(probabilities, p):
    """Not yet reached before me: the mask of the sums, moved one place."""
    order, ordered = _ordered(probabilities)
    short = ops.cumsum(ordered, axis=-1) < p
    kept = ops.concatenate([ops.ones_like(short[..., :1]), short[..., :-1]], axis=-1)
    return _back(kept, order)


@exercise.alternative
def by_counting(probabilities, p):
    order, ordered = _ordered(probabilities)
    reached = tf.reduce_sum(tf.cast(tf.cumsum(ordered, axis=-1) < p, "int32"), axis=-1)
    ranks = tf.argsort(order, axis=-1)
    return ranks <= reached[..., None]


@exercise.alternative
def mass_of_the_better_ones(probabilities, p):
    mine, other = probabilities[..., :, None], probabilities[..., None, :]
    ids = tf.range(probabilities.shape[-1])
    first = ids[None, :] < ids[:, None]
    better = (other > mine) | ((other == mine) & first)
    before = tf.reduce_sum(tf.where(better, other, 0), axis=-1)
    best = tf.one_hot(
        tf.argmax(probabilities, -1), probabilities.shape[-1], True, False
    )
    return (before < p) | best


@exercise.alternative
def row_by_row(probabilities, p):
    values = np.array(probabilities)
    rows = values.reshape(-1, values.shape[-1])
    kept = np.zeros(rows.shape, bool)
    for row, marks in zip(rows, kept):
        mass = 0.0
        for number in sorted(range(len(row)), key=lambda n: (-row[n], n)):
            marks[number] = True
            mass += float(row[number])
            if mass >= p:
                break
    return kept.reshape(values.shape)


@exercise.alternative
def in_numpy(probabilities, p):
    values = np.array(probabilities)
    order = np.argsort(-values, axis=-1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=-1)
    before = np.cumsum(ordered, axis=-1) - ordered
    kept = np.zeros(values.shape, bool)
    inside = (before < p) | (np.arange(values.shape[-1]) == 0)
    np.put_along_axis(kept, order, inside, axis=-1)
    return kept


@exercise.alternative
def the_tail_dropped(probabilities, p):
    """From the other end: drop while what is left still reaches p."""
    order, ordered = _ordered(probabilities)
    left = tf.cumsum(ordered, axis=-1, reverse=True)
    short = tf.reduce_sum(ordered, axis=-1, keepdims=True) - left < p
    first = tf.range(probabilities.shape[-1]) == 0
    return _back(short | first, order)
