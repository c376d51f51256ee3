"""decoders.sample: drawing tokens with the probabilities that were given.

Two ways of judging. On a few draws the very ids: the docstring says which stretch of
[0, 1) belongs to whom. On ten thousand draws the law alone, by a likelihood-ratio test:
for six tokens G follows a chi-squared law of five degrees of freedom, and exceeds
`LIMIT` for a right sampler with probability 6e-7. It sees a temperature of 0.85 or 1.2
always, one of 0.9 in 80 % of runs, one of 1.1 in 49 %, one of 1.05 in fewer than 1 %;
`tests/checks/test_decoders.py` holds these figures.
"""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.decoders.samples import UNIT, eighths
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import sample

DRAWS, LIMIT = 10_000, 37.0


exercise = Exercise(
    "decoders.sample",
    unit=UNIT,
    answer="sample",
    reference=sample,
    parts={"law": 2, "stretches": 2, "borders": 1, "gap": 1},
    returns={"ids": ("draw",)},
    forbidden=("course.pieces.sample",),
    hints=4,
    difficulty=3,
    importance=4,
    minutes=15,
    paper="https://doi.org/10.1007/978-1-4613-8643-8",
)


def likelihood_ratio(counts, probabilities):
    """G: twice the log-likelihood ratio of some counts against given probabilities."""
    counts, expected = (
        np.asarray(counts, float),
        sum(counts) * np.asarray(probabilities),
    )
    some = counts > 0
    if (expected[some] == 0).any():
        return np.inf
    return float(2 * (counts[some] * np.log(counts[some] / expected[some])).sum())


@exercise.property(part="law")
def drawn_as_often_as_likely(rng):
    """Ten thousand draws, six tokens: G above LIMIT refuses."""
    likely = np.array([3, 9, 1, 6, 2, 11]) / 32
    likely = rng.permutation(likely).astype("float32")
    draws = rng.random(DRAWS).astype("float32")
    (reply,) = yield [Call(likely, np.minimum(draws, np.float32(1 - 2**-24)))]
    ids = np.asarray(reply.output.values)
    if ids.shape != (DRAWS,) or ids.min() < 0 or ids.max() >= len(likely):
        return False
    counts = np.bincount(ids.astype(int), minlength=len(likely))
    return likelihood_ratio(counts, likely.astype(float)) <= LIMIT


def _middle(rng, likely, count):
    """Draws from inside of stretches: every id that is possible at least once."""
    ends = np.cumsum(likely.astype(float))
    middles = (ends - likely / 2)[likely > 0]
    # Between 64ths, so never on a border.
    more = (rng.integers(64, size=max(0, count - len(middles))) + 0.5) / 64
    return rng.permutation(np.concatenate([middles, more])[:count]).astype("float32")


@exercise.probe(part="stretches")
def inside_the_stretches(rng):
    likely = rng.permutation([16, 8, 20, 4, 10, 6]).astype("float32") / 64
    return Call(likely, _middle(rng, likely, 16))


@exercise.promise(
    part="stretches",
    vocabulary=OneOf(1, 4, 7, 300),
    count=Sizes(1, 24),
)
def any_distribution(rng, vocabulary, count):
    likely = eighths(rng, vocabulary)
    if vocabulary > 256:
        likely = np.roll(likely * 0 + eighths(rng, 8).repeat(1)[0] * 0, 1)
        likely[[3, 260, 280, 299]] = np.array([16, 8, 24, 16], "float32") / 64
    return Call(likely, _middle(rng, likely, count))


@exercise.promise(part="stretches", place=OneOf(0, 2, 4), count=Sizes(1, 9))
def one_is_certain(rng, place, count):
    """A probability of 1, as a cold temperature or a small k leaves it."""
    likely = np.eye(5, dtype="float32")[place]
    return Call(likely, rng.integers(64, size=count).astype("float32") / 64)


@exercise.promise(part="borders", first=OneOf(0, 3), order=OneOf(1, -1))
def on_the_borders(rng, first, order):
    """0 and every border, where the first id may be impossible, and one between."""
    likely = np.array([first, 8, 0, 5, 16, 3 - first, 0], "float32")[::order] / 32
    ends = np.cumsum(likely)
    draws = np.concatenate([[0], ends[ends < 1], [0.999]])
    return Call(likely, rng.permutation(draws).astype("float32"))


@exercise.promise(part="gap", impossible=OneOf(0, 2), before=Sizes(1, 4))
def behind_all_stretches(rng, impossible, before):
    """Rounding: the probabilities sum to a little less than 1."""
    parts = np.full(before, 1 / before) * (1 - 2.0**-9)
    likely = np.concatenate([parts, np.zeros(impossible)]).astype("float32")
    draws = np.array([0.1, 1 - 2.0**-11, 0.6, 1 - 2.0**-12], "float32")
    return Call(likely, draws)


def _clamped(ids, probabilities):
    places = ops.arange(probabilities.shape[0], dtype=ids.dtype)
    return ops.minimum(ids, ops.max(ops.where(probabilities > 0, places, 0)))


def _drawn(probabilities, draws):
    ids = ops.searchsorted(ops.cumsum(probabilities), draws, side="right")
    return _clamped(ids, probabilities)


@exercise.misconception
def border_to_the_id_before(probabilities, draws):
    """The other side of `searchsorted`: a draw of 0 can give an impossible token."""
    ids = ops.searchsorted(ops.cumsum(probabilities), draws, side="left")
    return _clamped(ids, probabilities)


@exercise.misconception
def always_the_likeliest(probabilities, draws):
    best = ops.cast(ops.argmax(probabilities), "int32")
    return ops.full(draws.shape, best, dtype="int32")


@exercise.misconception
def all_alike(probabilities, draws):
    """Every token equally often, whatever it is worth."""
    count = probabilities.shape[0]
    return ops.cast(ops.floor(draws * count), "int32")


@exercise.misconception
def alike_among_the_possible(probabilities, draws):
    possible = np.flatnonzero(np.array(probabilities) > 0)
    places = np.floor(np.array(draws) * len(possible)).astype("int32")
    return tf.constant(possible.astype("int32")[places])


@exercise.misconception
def squared(probabilities, draws):
    """The probabilities are sharpened on the way."""
    squares = ops.square(probabilities)
    return _drawn(squares / ops.sum(squares), draws)


@exercise.misconception
def one_draw_for_all(probabilities, draws):
    ids = _drawn(probabilities, draws[:1])
    return ops.repeat(ids, draws.shape[0])


@exercise.misconception
def softmax_of_probabilities(probabilities, draws):
    return _drawn(ops.softmax(probabilities), draws)


@exercise.misconception
def one_too_far(probabilities, draws):
    ids = ops.searchsorted(ops.cumsum(probabilities), draws, side="right")
    return _clamped(ids + 1, probabilities)


@exercise.misconception
def not_cumulated(probabilities, draws):
    """Counts the tokens whose own probability is below the draw."""
    below = ops.cast(probabilities[None] <= draws[:, None], "int32")
    return _clamped(ops.sum(below, axis=1), probabilities)


@exercise.misconception
def out_of_the_vocabulary(probabilities, draws):
    """Behind all stretches comes an id that does not exist."""
    return ops.searchsorted(ops.cumsum(probabilities), draws, side="right")


@exercise.misconception
def gap_to_the_last_id(probabilities, draws):
    """The last id of the vocabulary, possible or not."""
    ids = ops.searchsorted(ops.cumsum(probabilities), draws, side="right")
    return ops.minimum(ids, probabilities.shape[0] - 1)


@exercise.alternative
def by_counting_ends(probabilities, draws):
    passed = ops.cumsum(probabilities)[None] <= draws[:, None]
    return _clamped(ops.sum(ops.cast(passed, "int32"), axis=1), probabilities)


@exercise.alternative
def first_end_behind(probabilities, draws):
    behind = tf.cumsum(probabilities)[None] > draws[:, None]
    last = tf.reduce_max(tf.where(probabilities > 0)[:, 0])
    found = tf.argmax(tf.cast(behind, "int32"), axis=1)
    return tf.where(tf.reduce_any(behind, axis=1), found, last)


@exercise.alternative
def with_a_loop(probabilities, draws):
    values = [float(value) for value in np.array(probabilities)]
    found = []
    for draw in np.array(draws).tolist():
        left, chosen = draw, 0
        for number, value in enumerate(values):
            if value > 0:
                chosen = number
                if left < value:
                    break
                left -= value
        found.append(chosen)
    return np.array(found)


@exercise.alternative
def in_numpy(probabilities, draws):
    values = np.array(probabilities)
    ids = np.searchsorted(np.cumsum(values), np.array(draws), side="right")
    return np.minimum(ids, np.flatnonzero(values)[-1])


@exercise.alternative
def among_the_possible(probabilities, draws):
    """Impossible tokens taken out first, then counted back in."""
    possible = tf.where(probabilities > 0)[:, 0]
    ends = tf.cumsum(tf.gather(probabilities, possible))
    places = tf.searchsorted(ends, draws, side="right")
    places = tf.minimum(places, tf.shape(places[:0])[0] + len(possible) - 1)
    return tf.gather(possible, places)


@exercise.alternative
def last_start_before(probabilities, draws):
    """Of the possible tokens the last whose stretch has begun."""
    starts = ops.cumsum(probabilities) - probabilities
    begun = ops.logical_and(starts[None] <= draws[:, None], probabilities > 0)
    places = ops.arange(probabilities.shape[0])
    return ops.max(ops.where(begun, places, 0), axis=1)
