"""The nearest neighbours of a vector among the rows of a table."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.samples import floats
from course.checks.word_vectors.samples import UNIT, WORD2VEC, told_apart, unequal_rows
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import nearest as reference

nearest = Exercise(
    "word_vectors.nearest",
    unit=UNIT,
    answer="nearest",
    reference=reference,
    parts={"order": 3, "excluded": 2, "single": 1},
    returns={"ids": ("place",)},
    forbidden=("course.pieces.nearest",),
    hints=4,
    difficulty=2,
    importance=4,
    minutes=10,
    paper=WORD2VEC,
)


MEASURES = ("by_product", "by_distance", "lengths_of_columns")
LEFT_OUT = ("nobody_left_out", "ids_moved_up", "by_product", "by_distance")


def _among(rng, rows, columns, count, excluded=()):
    """The vector is the sum of the rows left out, or any where there are none."""
    table = unequal_rows(rng, rows, columns)
    vector = table[list(excluded)].sum(axis=0) if excluded else floats(rng, columns)
    return Call(table, vector, count, list(excluded))


@nearest.probe(part="order", shows=(*MEASURES, "farthest_first", "best_last"))
def lengths_differ(rng):
    return _among(rng, 13, 5, 6)


@nearest.probe(part="order", shows=(*MEASURES, "best_last"))
def all_of_them(rng):
    return _among(rng, 8, 4, 8)


@nearest.probe(part="excluded", shows=LEFT_OUT)
def a_word_and_its_neighbours(rng):
    return _among(rng, 12, 5, 5, [4])


@nearest.probe(part="excluded", shows=(*LEFT_OUT, "best_one_dropped"))
def three_left_out(rng):
    return _among(rng, 11, 4, 6, [2, 0, 7])


@nearest.probe(part="single", shows=LEFT_OUT)
def only_the_best(rng):
    return _among(rng, 9, 3, 1, [1])


@nearest.promise(
    part="excluded",
    rows=Sizes(6, 300),
    dim=Sizes(2, 7),
    excluded=Sizes(0, 4),
    count=OneOf(1, 2),
)
def any_table(rng, rows, dim, excluded, count):
    left_out = rng.choice(rows, size=excluded, replace=False).tolist()
    table, vector = told_apart(rng, rows, dim, lambda _: floats(rng, dim))
    return Call(table, vector, count, left_out)


@nearest.promise(
    part="excluded",
    rows=Sizes(6, 12),
    excluded=Sizes(1, 3),
    length=OneOf(0.1, 1.0, 30.0),
)
def everybody_else(rng, rows, excluded, length):
    """All who are left, the farthest too, around a vector of any length."""
    left_out = rng.choice(rows, size=excluded, replace=False).tolist()
    drawn = told_apart(rng, rows, 4, lambda _: length * floats(rng, 4), best=rows)
    return Call(*drawn, rows - excluded, left_out)


def _cosines(table, vector):
    return ops.matmul(table, vector) / ops.norm(table, axis=-1)


def _best(scores, count, excluded=()):
    places = ops.arange(scores.shape[0])
    for place in excluded:
        scores = ops.where(places == place, -np.inf, scores)
    return ops.top_k(scores, count)[1]


@nearest.misconception
def by_product(table, vector, count, excluded=()):
    return _best(ops.matmul(table, vector), count, excluded)


@nearest.misconception
def by_distance(table, vector, count, excluded=()):
    return _best(-ops.norm(table - vector, axis=-1), count, excluded)


@nearest.misconception
def lengths_of_columns(table, vector, count, excluded=()):
    unit = table / ops.norm(table, axis=0)
    return _best(ops.matmul(unit, vector), count, excluded)


@nearest.misconception
def farthest_first(table, vector, count, excluded=()):
    return _best(-_cosines(table, vector), count, excluded)


@nearest.misconception
def best_last(table, vector, count, excluded=()):
    return ops.flip(_best(_cosines(table, vector), count, excluded))


@nearest.misconception
def nobody_left_out(table, vector, count, excluded=()):
    return _best(_cosines(table, vector), count)


@nearest.misconception
def left_out_afterwards(table, vector, count, excluded=()):
    found = _best(_cosines(table, vector), count)
    kept = [int(n) for n in found if int(n) not in excluded]
    return ops.convert_to_tensor(kept, dtype="int32")


@nearest.misconception
def ids_moved_up(table, vector, count, excluded=()):
    kept = [n for n in range(table.shape[0]) if n not in excluded]
    return _best(_cosines(ops.take(table, kept, axis=0), vector), count)


@nearest.misconception
def best_one_dropped(table, vector, count, excluded=()):
    found = _best(_cosines(table, vector), min(count + 1, table.shape[0]))
    return found[1:]


@nearest.alternative
def sorted_and_filtered(table, vector, count, excluded=()):
    unit = ops.normalize(table, axis=-1)
    order = ops.argsort(-ops.matmul(unit, ops.normalize(vector, axis=-1)))
    kept = [int(n) for n in order if int(n) not in excluded]
    return kept[:count]


@nearest.alternative
def with_tensorflow(table, vector, count, excluded=()):
    scores = tf.linalg.matvec(tf.math.l2_normalize(table, axis=1), vector)
    for n in excluded:
        scores = tf.tensor_scatter_nd_update(scores, [[n]], [-1e9])
    return tf.math.top_k(scores, k=count).indices


@nearest.alternative
def in_numpy(table, vector, count, excluded=()):
    table, vector = table.numpy(), vector.numpy()
    cosines = table @ vector / np.linalg.norm(table, axis=1) / np.linalg.norm(vector)
    cosines[list(excluded)] = -2
    return np.argsort(cosines)[::-1][:count]


@nearest.alternative
def python_sorts(table, vector, count, excluded=()):
    cosines = _cosines(table, vector).numpy()
    places = set(range(len(cosines))) - set(excluded)
    return sorted(places, key=lambda n: -cosines[n])[:count]
