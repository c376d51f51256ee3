"""bias.effect: the effect size of the word embedding association test (WEAT)."""

import math

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.bias.samples import UNIT, WEAT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of
from course.pieces import effect_size

exercise = Exercise(
    "bias.effect",
    unit=UNIT,
    answer="effect_size",
    reference=effect_size,
    parts={"effect": 4, "lengths": 1, "sizes": 1},
    returns={"effect": ()},
    forbidden=("course.pieces.effect_size",),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=20,
    paper=WEAT,
)
_right = copy_of(effect_size)


def _words(rng, count, dim, towards, lengths):
    """Vectors around a direction; with `lengths` of very different length."""
    vectors = rng.normal(size=(count, dim)) + np.asarray(towards)
    if not lengths:
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors
    return vectors * rng.uniform(0.4, 4, (count, 1))


def _sets(rng, sizes, dim, sign=0, lengths=True):
    way = rng.normal(size=dim)
    towards = (0.6 * way, -0.5 * way, 0.9 * way, -0.8 * way)
    if sign < 0:
        towards = (towards[1], towards[0], *towards[2:])
    return Call(
        *(
            _words(rng, size, dim, part, lengths).astype("float32")
            for size, part in zip(sizes, towards, strict=True)
        )
    )


OF_SPREAD = (
    "population_spread",
    "pooled_spread",
    "spread_of_the_first",
    "variance_instead",
    "not_divided",
    "sums_of_the_words",
    "standard_error",
)
OF_SIZES = ("sums_of_the_attributes", "sums_of_the_words", "mean_of_the_spreads")


@exercise.probe(
    part="effect",
    shows=(
        *OF_SPREAD,
        "attributes_exchanged",
        "products_for_cosines",
        "cosine_of_the_mean",
        "not_reset",
    ),
)
def an_effect(rng):
    return _sets(rng, (5, 5, 3, 4), 6)


# Exchanged, and without its sign, are the same where the effect is below zero.
@exercise.probe(part="effect", shows=(*OF_SPREAD, "without_sign"))
def an_effect_below_zero(rng):
    return _sets(rng, (4, 4, 3, 5), 7, sign=-1)


@exercise.probe(
    part="lengths",
    shows=("products_for_cosines", "cosine_of_the_mean", "without_sign"),
)
def long_and_short_vectors(rng):
    return _sets(rng, (4, 4, 4, 4), 5)


@exercise.probe(part="sizes", shows=OF_SIZES)
def four_different_sizes(rng):
    return _sets(rng, (6, 3, 2, 5), 6)


@exercise.promise(
    part="sizes",
    x=Sizes(1, 8),
    y=Sizes(1, 7),
    a=Sizes(1, 6),
    b=Sizes(1, 5),
    dim=OneOf(1, 2, 40),
    lengths=OneOf(True, False),
)
def any_words(rng, x, y, a, b, dim, lengths):
    """Where a vector is one number, its sign is all that a cosine sees."""
    call = _sets(rng, (x, y, a, b), dim, lengths=lengths)
    if dim > 1:
        return call
    first, second, *names = (abs(part.values) for part in call.request.args)
    second[0] *= -1
    return Call(first, second, names[0], -names[1])


def _unit(vectors):
    vectors = np.array(vectors, "float64")
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _associations(words, a, b):
    u, a, b = _unit(words), _unit(a), _unit(b)
    return (u @ a.T).mean(1) - (u @ b.T).mean(1)


def _of(x, y, a, b, *, associations=_associations, over=None, top=None):
    first, second = associations(x, a, b), associations(y, a, b)
    both = np.concatenate([first, second])
    over = over or (lambda p, q: np.concatenate([p, q]).std(ddof=1))
    difference = top(first, second) if top else first.mean() - second.mean()
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.float64(difference) / over(first, second) if both.size else 0.0


def _sample(values):
    return values.std(ddof=1) if len(values) > 1 else 0.0


@exercise.misconception
def population_spread(x, y, a, b):
    """The other convention: some programs have it."""
    return _of(x, y, a, b, over=lambda p, q: np.concatenate([p, q]).std())


@exercise.misconception
def pooled_spread(x, y, a, b):
    """The spread within the groups, as for Cohen's d."""

    def pooled(p, q):
        squares = ((p - p.mean()) ** 2).sum() + ((q - q.mean()) ** 2).sum()
        return math.sqrt(squares / (len(p) + len(q) - 2))

    return _of(x, y, a, b, over=pooled)


@exercise.misconception
def spread_of_the_first(x, y, a, b):
    return _of(x, y, a, b, over=lambda p, q: _sample(p))


@exercise.misconception
def mean_of_the_spreads(x, y, a, b):
    return _of(x, y, a, b, over=lambda p, q: (_sample(p) + _sample(q)) / 2)


@exercise.misconception
def variance_instead(x, y, a, b):
    return _of(x, y, a, b, over=lambda p, q: np.concatenate([p, q]).var(ddof=1))


@exercise.misconception
def standard_error(x, y, a, b):
    """Over the spread of the mean: a number that grows with the number of words."""

    def error(p, q):
        both = np.concatenate([p, q])
        return both.std(ddof=1) / math.sqrt(len(both))

    return _of(x, y, a, b, over=error)


@exercise.misconception
def not_divided(x, y, a, b):
    return _of(x, y, a, b, over=lambda p, q: 1.0)


@exercise.misconception
def products_for_cosines(x, y, a, b):
    def products(words, a, b):
        words, a, b = (np.array(part, "float64") for part in (words, a, b))
        return (words @ a.T).mean(1) - (words @ b.T).mean(1)

    return _of(x, y, a, b, associations=products)


@exercise.misconception
def sums_of_the_attributes(x, y, a, b):
    def sums(words, a, b):
        u = _unit(words)
        return (u @ _unit(a).T).sum(1) - (u @ _unit(b).T).sum(1)

    return _of(x, y, a, b, associations=sums)


@exercise.misconception
def sums_of_the_words(x, y, a, b):
    return _of(x, y, a, b, top=lambda p, q: p.sum() - q.sum())


@exercise.misconception
def attributes_exchanged(x, y, a, b):
    return _right(x, y, b, a)


@exercise.misconception
def cosine_of_the_mean(x, y, a, b):
    """One cosine with the mean vector of the attributes."""

    def centres(words, a, b):
        means = (np.mean(np.array(part, "float64"), axis=0) for part in (a, b))
        p, q = (_unit(words) @ (m / np.linalg.norm(m)) for m in means)
        return p - q

    return _of(x, y, a, b, associations=centres)


@exercise.misconception
def not_reset(x, y, a, b):
    """The total of one word is carried on to the next."""

    def carried(words, a, b):
        found, totals = [], [0.0, 0.0]
        for word in _unit(words):
            for n, part in enumerate((a, b)):
                cosines = _unit(part) @ word
                totals[n] = (totals[n] + cosines.sum()) / len(cosines)
            found.append(totals[0] - totals[1])
        return np.array(found)

    return _of(x, y, a, b, associations=carried)


@exercise.misconception
def without_sign(x, y, a, b):
    return abs(_right(x, y, a, b))


@exercise.alternative
def with_loops(x, y, a, b):
    def cosine(u, v):
        u, v = np.array(u, "float64"), np.array(v, "float64")
        return float(u @ v) / math.sqrt(float(u @ u) * float(v @ v))

    def association(word):
        near = sum(cosine(word, one) for one in a) / len(a)
        return near - sum(cosine(word, one) for one in b) / len(b)

    first, second = [association(w) for w in x], [association(w) for w in y]
    both = first + second
    middle = sum(both) / len(both)
    spread = math.sqrt(sum((s - middle) ** 2 for s in both) / (len(both) - 1))
    return (sum(first) / len(first) - sum(second) / len(second)) / spread


@exercise.alternative
def a_matrix_of_cosines(x, y, a, b):
    words = np.concatenate([x, y]).astype("float64")
    names = np.concatenate([a, b]).astype("float64")
    lengths = np.outer(np.linalg.norm(words, axis=1), np.linalg.norm(names, axis=1))
    cosines = words @ names.T / lengths
    s = cosines[:, : len(a)].mean(1) - cosines[:, len(a) :].mean(1)
    return (s[: len(x)].mean() - s[len(x) :].mean()) / np.std(s, ddof=1)


@exercise.alternative
def in_tensorflow(x, y, a, b):
    def unit(part):
        return tf.math.l2_normalize(tf.cast(part, tf.float64), axis=1)

    words = tf.concat([unit(x), unit(y)], axis=0)
    s = tf.reduce_mean(tf.matmul(words, unit(a), transpose_b=True), axis=1)
    s -= tf.reduce_mean(tf.matmul(words, unit(b), transpose_b=True), axis=1)
    count = tf.cast(tf.shape(s)[0], tf.float64)
    spread = tf.sqrt(tf.math.reduce_variance(s) * count / (count - 1))
    return (tf.reduce_mean(s[: len(x)]) - tf.reduce_mean(s[len(x) :])) / spread


@exercise.alternative
def in_keras(x, y, a, b):
    words = ops.normalize(ops.concatenate([x, y]), axis=-1)
    near = ops.mean(ops.matmul(words, ops.transpose(ops.normalize(a))), axis=1)
    far = ops.mean(ops.matmul(words, ops.transpose(ops.normalize(b))), axis=1)
    s, count = near - far, words.shape[0]
    spread = ops.std(s) * math.sqrt(count / (count - 1))
    return (ops.mean(s[: len(x)]) - ops.mean(s[len(x) :])) / spread


@exercise.alternative
def with_einsum(x, y, a, b):
    def means(words, names):
        return np.einsum("wd,nd->w", _unit(words), _unit(names)) / len(names)

    first, second = (means(part, a) - means(part, b) for part in (x, y))
    return (first.mean() - second.mean()) / np.concatenate([first, second]).std(ddof=1)


@exercise.alternative
def from_a_covariance(x, y, a, b):
    """The spread as the root of the words' covariance along one direction."""
    way = _unit(a).mean(0) - _unit(b).mean(0)
    u, v = _unit(x), _unit(y)
    both = np.concatenate([u, v])
    spread = math.sqrt(way @ np.atleast_2d(np.cov(both, rowvar=False)) @ way)
    return (u.mean(0) - v.mean(0)) @ way / spread
