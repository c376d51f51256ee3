"""bias.pairs: the mean difference of counterfactual pairs, and its standard error."""

import math
import statistics

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.bias.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of
from course.pieces import paired_difference

exercise = Exercise(
    "bias.pairs",
    unit=UNIT,
    answer="paired_difference",
    reference=paired_difference,
    parts={"mean": 2, "error": 3, "few": 1},
    returns={"mean": (), "error": ()},
    forbidden=("course.pieces.paired_difference",),
    hints=3,
    difficulty=2,
    importance=5,
    minutes=15,
    paper="https://doi.org/10.1093/biomet/6.1.1",
)
_right = copy_of(paired_difference)
OF_MEANS = ("sizes_of_differences", "exchanged", "relative")
OF_ERRORS = (
    "not_as_pairs",
    "deviation_for_error",
    "population_formula",
    "counted_twice",
    "divided_by_the_number",
    "variance_of_the_mean",
)


def _call(rng, count, shift, within=0.2, between=2.0):
    texts = between * rng.normal(size=count)
    change = shift + within * rng.normal(size=count)
    return Call((texts + change).astype("float32"), texts.astype("float32"))


@exercise.probe(part="mean", shows=OF_MEANS)
def both_signs(rng):
    return _call(rng, 9, 0.1, within=0.6)


@exercise.probe(part="mean", shows=OF_MEANS)
def the_second_is_larger(rng):
    return _call(rng, 7, -0.4, within=0.5)


@exercise.probe(part="error", shows=OF_ERRORS)
def texts_vary_more_than_pairs(rng):
    return _call(rng, 10, 0.3)


@exercise.probe(part="error", shows=OF_ERRORS)
def unrelated(rng):
    first, second = rng.normal(size=(2, 6)).astype("float32")
    return Call(first, 1.5 * second)


@exercise.probe(part="few", shows=("population_formula", "counted_twice"))
def three_pairs(rng):
    return _call(rng, 3, 0.5, within=0.8)


@exercise.promise(
    part="few", count=Sizes(2, 30), shift=OneOf(0.0, 0.7, -2.0), level=OneOf(0.0, 5.0)
)
def any_pairs(rng, count, shift, level):
    call = _call(rng, count, shift, within=0.5)
    one, other = (array.values for array in call.request.args)
    return Call((one + level).astype("float32"), (other + level).astype("float32"))


def _both(first, second):
    return np.array(first, "float64"), np.array(second, "float64")


def _with(first, second, error):
    one, other = _both(first, second)
    return (one - other).mean(), error(one - other)


@exercise.misconception
def not_as_pairs(first, second):
    """Two groups that have nothing to do with each other."""
    one, other = _both(first, second)
    parts = (part.var(ddof=1) / len(part) for part in (one, other))
    return one.mean() - other.mean(), math.sqrt(sum(parts))


@exercise.misconception
def deviation_for_error(first, second):
    return _with(first, second, lambda d: d.std(ddof=1))


@exercise.misconception
def population_formula(first, second):
    return _with(first, second, lambda d: d.std() / math.sqrt(len(d)))


@exercise.misconception
def divided_by_the_number(first, second):
    """Over the number of pairs, not over its root."""
    return _with(first, second, lambda d: d.std(ddof=1) / len(d))


@exercise.misconception
def variance_of_the_mean(first, second):
    return _with(first, second, lambda d: d.var(ddof=1) / len(d))


@exercise.misconception
def counted_twice(first, second):
    """Each pair has two texts, so they are taken for twice as many."""
    return _with(first, second, lambda d: d.std(ddof=1) / math.sqrt(2 * len(d)))


@exercise.misconception
def sizes_of_differences(first, second):
    one, other = _both(first, second)
    return _right(abs(one - other), 0 * one)


@exercise.misconception
def exchanged(first, second):
    return _right(second, first)


@exercise.misconception
def relative(first, second):
    one, other = _both(first, second)
    return _right((one - other) / np.maximum(abs(other), 1e-9), 0 * one)


@exercise.alternative
def from_sums(first, second):
    one, other = _both(first, second)
    d, count = one - other, len(one)
    mean = d.sum() / count
    squares = ((d - mean) ** 2).sum()
    return mean, math.sqrt(squares / (count - 1) / count)


@exercise.alternative
def with_statistics(first, second):
    d = [float(a) - float(b) for a, b in zip(first, second)]
    return statistics.fmean(d), statistics.stdev(d) / math.sqrt(len(d))


@exercise.alternative
def from_covariance(first, second):
    """var(a - b) = var a + var b - 2 cov(a, b)."""
    one, other = _both(first, second)
    table = np.cov(one, other)
    variance = table[0, 0] + table[1, 1] - 2 * table[0, 1]
    return one.mean() - other.mean(), math.sqrt(variance / len(one))


@exercise.alternative
def in_tensorflow(first, second):
    d = tf.cast(first, tf.float64) - tf.cast(second, tf.float64)
    count = tf.cast(tf.shape(d)[0], tf.float64)
    error = tf.sqrt(tf.math.reduce_variance(d) / (count - 1))
    return tf.reduce_mean(d), error


@exercise.alternative
def in_keras(first, second):
    d = first - second
    return ops.mean(d), ops.std(d) / math.sqrt(len(d) - 1)


@exercise.alternative
def over_all_pairs_of_pairs(first, second):
    """Half the mean squared distance of two differences is their variance."""
    one, other = _both(first, second)
    d, count = one - other, len(one)
    squares = ((d[:, None] - d[None]) ** 2).sum() / (2 * count * (count - 1))
    return np.mean(d), math.sqrt(squares / count)
