"""bias.splits: a random split, judged by its law and by nothing else.

Which draw stands for which item is the answer's own business, so no values are
compared where chance decides. Over ten thousand trials the sets that came out are
counted, and a likelihood-ratio test compares the counts with equal ones:

* two of four items, 6 sets: G follows a chi-squared law of 5 degrees of freedom and
  exceeds 37 for a right answer with probability 6e-7;
* two of five, 10 sets: 9 degrees, limit 45, 9e-7;
* two trials in a row, 36 pairs of sets, each as often as its two sets alone let expect:
  25 degrees, limit 80, 1e-7. So trials may be independent and a split of them wrong.

What the first sees: a set that is 20 % too frequent, in 90 % of runs; 15 %, in 36 %;
10 %, in 2 %; the naive shuffle (frequencies from 0.145 to 0.188 instead of 0.167)
nearly always, where two thousand trials saw it in 6 %. `tests/checks/test_bias.py`
holds these figures.
"""

import itertools

import numpy as np
import tensorflow as tf

from course.checks.bias.samples import UNIT
from course.checks.decoders.sample import likelihood_ratio
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import random_splits

TRIALS = 10_000
LIMITS = {(4, 2): 37.0, (5, 2): 45.0}
LIMIT_OF_PAIRS = 80.0

exercise = Exercise(
    "bias.splits",
    unit=UNIT,
    answer="random_splits",
    reference=random_splits,
    parts={"whole": 1, "law": 3, "trials": 1},
    returns={"first": ("trial", "item")},
    forbidden=("course.pieces.random_splits",),
    hints=4,
    difficulty=3,
    importance=4,
    minutes=20,
    paper="https://doi.org/10.1145/364520.364540",
)


def _draws(rng, trials, count):
    """Uniform numbers, no two of a row equal."""
    draws = rng.random((trials, count)).astype("float32")
    while True:
        ordered = np.sort(draws, axis=1)
        equal = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1) | (draws == 1).any(1)
        if not equal.any():
            return draws
        draws[equal] = rng.random((equal.sum(), count))


def sets_of(first, size):
    """[trial] the number of the set that came out; None if a row has no such set."""
    first = np.asarray(first)
    if first.dtype != bool or first.ndim != 2 or (first.sum(axis=1) != size).any():
        return None
    sets = list(itertools.combinations(range(first.shape[1]), size))
    codes = {sum(1 << item for item in chosen): n for n, chosen in enumerate(sets)}
    found = (first << np.arange(first.shape[1])).sum(axis=1)
    return np.array([codes[code] for code in found])


def is_even(numbers, count, limit):
    counts = np.bincount(numbers, minlength=count)
    return likelihood_ratio(counts, np.full(count, 1 / count)) <= limit


def are_independent(first, second):
    """Whether the sets of two trials in a row come in pairs as chance would pair them.

    False too where one of the six sets never comes: then nothing can be said.
    """
    counts = np.zeros((6, 6))
    np.add.at(counts, (first, second), 1)
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    if not (rows.all() and columns.all()):
        return False
    expected = np.outer(rows, columns) / counts.sum() ** 2
    return likelihood_ratio(counts.ravel(), expected.ravel()) <= LIMIT_OF_PAIRS


def _law(rng, count, size):
    draws = _draws(rng, TRIALS, count)
    (reply,) = yield [Call(draws, size)]
    values = np.asarray(reply.output.values)
    if values.shape != draws.shape:
        return False
    numbers = sets_of(values, size)
    if numbers is None:
        return False
    many = len(list(itertools.combinations(range(count), size)))
    return is_even(numbers, many, LIMITS[count, size])


@exercise.promise(
    part="whole", trials=OneOf(1, 3), count=Sizes(1, 12), full=OneOf(0, 1)
)
def nobody_or_everybody(rng, trials, count, full):
    """Where chance has nothing to decide the values are known."""
    return Call(_draws(rng, trials, count), full * count)


@exercise.property(part="law")
def two_of_four(rng):
    return (yield from _law(rng, 4, 2))


@exercise.property(part="law")
def two_of_five(rng):
    return (yield from _law(rng, 5, 2))


@exercise.property(part="law")
def any_size(rng):
    """Three of seven, of eight, one of six: as many as asked for, in every trial."""
    asked = ((40, 7, 3), (40, 8, 3), (40, 6, 1), (40, 9, 8))
    replies = yield [Call(_draws(rng, t, count), size) for t, count, size in asked]
    values = [np.asarray(reply.output.values) for reply in replies]
    return all(
        value.shape == (trials, count) and sets_of(value, size) is not None
        for value, (trials, count, size) in zip(values, asked, strict=True)
    )


@exercise.property(part="trials")
def one_trial_after_another(rng):
    """Which set comes tells nothing of the set that comes next."""
    (reply,) = yield [Call(_draws(rng, TRIALS, 4), 2)]
    numbers = sets_of(reply.output.values, 2)
    if numbers is None:
        return False
    return are_independent(numbers[0::2], numbers[1::2])


def _ranks(draws, axis=1):
    return np.argsort(np.argsort(np.array(draws), axis=axis), axis=axis)


@exercise.misconception
def a_coin_for_each(draws, size):
    """Each item by itself: on average the size is right."""
    draws = np.array(draws)
    return draws < size / draws.shape[1]


@exercise.misconception
def drawn_with_replacement(draws, size):
    draws = np.array(draws)
    count = draws.shape[1]
    chosen = (draws[:, :size] * count).astype(int)
    return (chosen[:, :, None] == np.arange(count)).any(axis=1)


def _shuffled(draws, size, least):
    """Items swapped one after the other, each with one from `least(place)` on."""
    draws = np.array(draws)
    trials, count = draws.shape
    order = np.tile(np.arange(count), (trials, 1))
    rows = np.arange(trials)
    for place in range(count):
        start = least(place)
        if start >= count:
            continue
        other = start + (draws[:, place] * (count - start)).astype(int)
        order[rows, place], order[rows, other] = (
            order[rows, other],
            order[rows, place],
        )
    return np.argsort(order, axis=1) < size


@exercise.misconception
def naive_shuffle(draws, size):
    """Swaps each item with any: 4 ** 4 ways cannot be shared evenly among 6 sets."""
    return _shuffled(draws, size, lambda place: 0)


@exercise.misconception
def never_stays(draws, size):
    """Swaps each item with a later one, never with itself."""
    return _shuffled(draws, size, lambda place: place + 1)


@exercise.misconception
def neighbours_stay_together(draws, size):
    """A start is drawn, and the items from there on are taken, around the end."""
    draws = np.array(draws)
    count = draws.shape[1]
    start = (draws[:, :1] * count).astype(int)
    return (np.arange(count) - start) % count < size


@exercise.misconception
def one_split_for_all(draws, size):
    draws = np.array(draws)
    return np.repeat(_ranks(draws[:1]) < size, len(draws), axis=0)


@exercise.misconception
def every_other_trial_again(draws, size):
    """Each split is used twice, the second time the other way round where it fits."""
    found = _ranks(draws) < size
    found[1::2] = found[0::2][: len(found[1::2])]
    return found


@exercise.misconception
def always_half(draws, size):
    count = np.array(draws).shape[1]
    return _ranks(draws) < count // 2


@exercise.misconception
def ranked_over_the_trials(draws, size):
    """Sorted along the wrong axis: an item competes with itself in other trials."""
    return _ranks(draws, axis=0) < size


@exercise.misconception
def swapped_within_pairs(draws, size):
    """Exchanges partners by a coin: the null model of pairs, not of two groups."""
    draws = np.array(draws)
    found = np.tile(np.arange(draws.shape[1]) < size, (len(draws), 1))
    for place in range(min(size, draws.shape[1] - size)):
        swap = draws[:, place] < 0.5
        found[swap, place], found[swap, size + place] = False, True
    return found


@exercise.misconception
def the_first_ones(draws, size):
    """No draw is used: it is the split that was there before."""
    draws = np.array(draws)
    return np.tile(np.arange(draws.shape[1]) < size, (len(draws), 1))


@exercise.alternative
def the_largest_draws(draws, size):
    return _ranks(-np.array(draws)) < size


@exercise.alternative
def sorted_for_ranked(draws, size):
    """The places in sorted order instead of the ranks: another split, the same law."""
    return np.argsort(np.array(draws), axis=1) < size


@exercise.alternative
def below_a_threshold(draws, size):
    draws = np.array(draws)
    if size == 0:
        return np.zeros(draws.shape, bool)
    return draws <= np.sort(draws, axis=1)[:, size - 1 : size]


@exercise.alternative
def with_loops(draws, size):
    found = []
    for row in np.array(draws).tolist():
        chosen = sorted(range(len(row)), key=row.__getitem__)[:size]
        found.append([item in chosen for item in range(len(row))])
    return np.array(found)


@exercise.alternative
def fisher_and_yates(draws, size):
    """Each place gets one of those that are left."""
    return _shuffled(draws, size, lambda place: place)


@exercise.alternative
def one_after_the_other(draws, size):
    """Each item is taken with probability: places left over items left."""
    draws = np.array(draws)
    left = np.full(len(draws), size)
    found = np.zeros(draws.shape, bool)
    for item in range(draws.shape[1]):
        found[:, item] = draws[:, item] * (draws.shape[1] - item) < left
        left = left - found[:, item]
    return found


@exercise.alternative
def with_top_k(draws, size):
    chosen = tf.math.top_k(draws, k=size).indices
    hot = tf.one_hot(chosen, draws.shape[1], on_value=True, off_value=False)
    return tf.reduce_any(hot, axis=1)
