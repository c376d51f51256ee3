"""bias.direction: grammatical gender taken out of vectors."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.bias.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of
from course.pieces import without_direction

exercise = Exercise(
    "bias.direction",
    unit=UNIT,
    answer="without_direction",
    reference=without_direction,
    parts={"taken_out": 3, "rest": 1, "nouns": 2},
    returns={"vectors": ("word", "dim")},
    forbidden=("course.pieces.without_direction",),
    hints=4,
    difficulty=3,
    importance=4,
    minutes=15,
    paper="https://arxiv.org/abs/1909.02224",
)
_right = copy_of(without_direction)


def _call(rng, words, masculine, feminine, dim, level=1.5):
    """Nouns around two means, all far from zero."""
    way, middle = rng.normal(size=dim), level * rng.normal(size=dim)
    sets = (
        rng.normal(size=(words, dim)),
        middle + way + 0.5 * rng.normal(size=(masculine, dim)),
        middle - way + 0.5 * rng.normal(size=(feminine, dim)),
    )
    return Call(*(part.astype("float32") for part in sets))


MISTAKES = (
    "not_a_unit",
    "divided_once",
    "direction_subtracted",
    "only_the_direction",
    "mean_subtracted",
    "reflected",
    "from_the_masculine_only",
    "first_nouns_only",
    "of_unit_length_again",
    "added_instead",
)


@exercise.probe(part="taken_out", shows=MISTAKES)
def six_and_seven(rng):
    return _call(rng, 4, 6, 7, 5)


@exercise.probe(part="rest", shows=MISTAKES)
def a_word_across_the_direction(rng):
    """One word has no part along the direction: it stays as it is."""
    call = _call(rng, 3, 4, 4, 6)
    vectors, masculine, feminine = (np.array(a.values) for a in call.request.args)
    way = masculine.mean(0) - feminine.mean(0)
    way = way / np.linalg.norm(way)
    vectors[1] -= (vectors[1] @ way) * way
    vectors[2] = 2 * way
    return Call(vectors.astype("float32"), masculine, feminine)


@exercise.probe(part="nouns", shows=("sums_of_the_nouns", "mean_of_all_pairs_cut"))
def three_and_nine(rng):
    return _call(rng, 4, 3, 9, 6)


@exercise.promise(
    part="nouns",
    words=Sizes(1, 9),
    masculine=Sizes(1, 8),
    feminine=Sizes(1, 7),
    dim=OneOf(1, 2, 30),
)
def any_nouns(rng, words, masculine, feminine, dim):
    return _call(rng, words, masculine, feminine, dim)


def _all(vectors, masculine, feminine):
    vectors, masculine, feminine = (
        np.array(part, "float64") for part in (vectors, masculine, feminine)
    )
    return vectors, masculine.mean(0) - feminine.mean(0)


@exercise.misconception
def not_a_unit(vectors, masculine, feminine):
    vectors, way = _all(vectors, masculine, feminine)
    return vectors - np.outer(vectors @ way, way)


@exercise.misconception
def divided_once(vectors, masculine, feminine):
    """Two lengths are in the product, one of them was divided out."""
    vectors, way = _all(vectors, masculine, feminine)
    return vectors - np.outer(vectors @ way, way) / np.linalg.norm(way)


@exercise.misconception
def direction_subtracted(vectors, masculine, feminine):
    """The same step for every word, whatever its part along the direction."""
    vectors, way = _all(vectors, masculine, feminine)
    return vectors - way / np.linalg.norm(way)


@exercise.misconception
def only_the_direction(vectors, masculine, feminine):
    vectors, way = _all(vectors, masculine, feminine)
    return np.outer(vectors @ way, way) / (way @ way)


@exercise.misconception
def added_instead(vectors, masculine, feminine):
    vectors, way = _all(vectors, masculine, feminine)
    return vectors + np.outer(vectors @ way, way) / (way @ way)


@exercise.misconception
def mean_subtracted(vectors, masculine, feminine):
    both = np.concatenate([masculine, feminine]).astype("float64")
    return np.array(vectors, "float64") - both.mean(0)


@exercise.misconception
def reflected(vectors, masculine, feminine):
    """Taken out twice: masculine and feminine change places."""
    vectors, way = _all(vectors, masculine, feminine)
    return vectors - 2 * np.outer(vectors @ way, way) / (way @ way)


@exercise.misconception
def from_the_masculine_only(vectors, masculine, feminine):
    """The mean of the masculine nouns is mostly what all nouns share."""
    return _right(vectors, masculine, 0 * np.array(feminine))


@exercise.misconception
def first_nouns_only(vectors, masculine, feminine):
    return _right(vectors, masculine[:1], feminine[:1])


@exercise.misconception
def sums_of_the_nouns(vectors, masculine, feminine):
    """Sums for means: the larger group wins."""
    one, other = (np.array(part, "float64") for part in (masculine, feminine))
    return _right(vectors, one * len(one), other * len(other))


@exercise.misconception
def mean_of_all_pairs_cut(vectors, masculine, feminine):
    """Noun minus noun, as far as the shorter list goes."""
    count = min(len(masculine), len(feminine))
    return _right(vectors, masculine[:count], feminine[:count])


@exercise.misconception
def of_unit_length_again(vectors, masculine, feminine):
    """The part is taken out, and then the vectors are stretched."""
    found = _right(vectors, masculine, feminine)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return found / np.maximum(lengths, 1e-12)


@exercise.alternative
def with_a_projector(vectors, masculine, feminine):
    vectors, way = _all(vectors, masculine, feminine)
    return vectors @ (np.eye(len(way)) - np.outer(way, way) / (way @ way))


@exercise.alternative
def by_least_squares(vectors, masculine, feminine):
    vectors, way = _all(vectors, masculine, feminine)
    parts = np.linalg.lstsq(way[:, None], vectors.T, rcond=None)[0]
    return vectors - parts.T @ way[None]


@exercise.alternative
def in_another_basis(vectors, masculine, feminine):
    """QR: the first axis is the direction; set to zero, and turned back."""
    vectors, way = _all(vectors, masculine, feminine)
    square = np.concatenate([way[:, None], np.eye(len(way))], axis=1)
    axes, _ = np.linalg.qr(square)
    turned = vectors @ axes
    turned[:, 0] = 0
    return turned @ axes.T


@exercise.alternative
def with_loops(vectors, masculine, feminine):
    vectors, way = _all(vectors, masculine, feminine)
    square = sum(float(w) ** 2 for w in way)
    found = []
    for vector in vectors:
        part = sum(float(v) * float(w) for v, w in zip(vector, way)) / square
        found.append([float(v) - part * float(w) for v, w in zip(vector, way)])
    return np.array(found)


@exercise.alternative
def in_tensorflow(vectors, masculine, feminine):
    way = tf.reduce_mean(masculine, axis=0) - tf.reduce_mean(feminine, axis=0)
    way = tf.math.l2_normalize(way)
    parts = tf.tensordot(vectors, way, axes=1)
    return vectors - parts[:, None] * way


@exercise.alternative
def in_keras(vectors, masculine, feminine):
    way = ops.mean(feminine, axis=0) - ops.mean(masculine, axis=0)
    parts = ops.sum(vectors * way, axis=1, keepdims=True)
    return vectors - parts * way / ops.sum(way * way)
