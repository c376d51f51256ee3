"""bias.permutation: a p-value by counting all splits of the items."""

import itertools
import math

import numpy as np
import tensorflow as tf

from course.checks.bias.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of
from course.pieces import permutation_p

exercise = Exercise(
    "bias.permutation",
    unit=UNIT,
    answer="permutation_p",
    reference=permutation_p,
    parts={"share": 3, "ties": 1, "sizes": 2},
    returns={"p": ()},
    forbidden=("course.pieces.permutation_p",),
    hints=4,
    difficulty=4,
    importance=5,
    minutes=20,
    paper="https://doi.org/10.2307/2984124",
)
_right = copy_of(permutation_p)


def _eighths(rng, count, most=40):
    """Different multiples of 1/8: sums of them are exact in every float."""
    values = rng.choice(np.arange(-most, most), size=count, replace=False)
    return (values / 8).astype("float32")


def _call(values, size):
    return Call(values[:size].copy(), values[size:].copy())


COUNTING = (
    "equal_ones_count",
    "both_sides",
    "the_other_side",
    "one_added",
    "itself_left_out",
    "doubled",
    "normal_curve",
    "signs_flipped",
    "drawn_with_repetition",
    "any_size",
)


@exercise.probe(part="share", shows=COUNTING)
def somewhat_larger(rng):
    return _call(_eighths(rng, 8), 4)


@exercise.probe(part="share", shows=COUNTING)
def smaller_than_the_others(rng):
    """The first group has the lower mean: most splits give a larger difference."""
    values = _eighths(rng, 8)
    first, second = values[:4], values[4:]
    if first.mean() > second.mean():
        first, second = second, first
    return Call(first.copy(), second.copy())


@exercise.probe(
    part="ties",
    shows=(
        "equal_ones_count",
        "one_added",
        "both_sides",
        "sums_compared",
        "signs_flipped",
    ),
)
def many_equal_values(rng):
    values = np.repeat([0, 1, 2], [3, 3, 2]) / 2
    return _call(rng.permutation(values).astype("float32"), 4)


@exercise.probe(part="sizes", shows=("any_size", "always_half", "sums_compared"))
def three_and_five(rng):
    return _call(_eighths(rng, 8) + 6, 3)


@exercise.probe(part="sizes", shows=("any_size", "always_half"))
def five_and_two(rng):
    return _call(_eighths(rng, 7) + 6, 5)


@exercise.promise(
    part="sizes", first=Sizes(1, 6), second=Sizes(1, 6), equal=OneOf(False, True)
)
def any_groups(rng, first, second, equal):
    values = _eighths(rng, first + second)
    if equal:
        values[:] = values[0]
    return _call(values, first)


def _splits(first, second):
    """The values together, and for each split the indices of the chosen."""
    both = np.array([*np.array(first), *np.array(second)], "float64")
    return both, itertools.combinations(range(len(both)), len(first))


def _differences(first, second):
    both, chosen = _splits(first, second)
    rows = np.array(list(chosen))
    hot = np.zeros((len(rows), len(both)))
    np.put_along_axis(hot, rows, 1, axis=1)
    return (hot @ both) / len(first) - ((1 - hot) @ both) / len(second)


def _seen(first, second):
    return np.mean(np.array(first, "float64")) - np.mean(np.array(second, "float64"))


@exercise.misconception
def equal_ones_count(first, second):
    """At least as large: another convention, in which p is never 0."""
    return np.mean(_differences(first, second) >= _seen(first, second) - 1e-9)


@exercise.misconception
def both_sides(first, second):
    found, seen = _differences(first, second), _seen(first, second)
    return np.mean(abs(found) > abs(seen) + 1e-9)


@exercise.misconception
def the_other_side(first, second):
    return np.mean(_differences(first, second) < _seen(first, second) - 1e-9)


@exercise.misconception
def one_added(first, second):
    """Right where splits are drawn; here all of them are counted."""
    larger = _differences(first, second) > _seen(first, second) + 1e-9
    return (larger.sum() + 1) / (len(larger) + 1)


@exercise.misconception
def itself_left_out(first, second):
    larger = _differences(first, second) > _seen(first, second) + 1e-9
    return larger.sum() / max(1, len(larger) - 1)


@exercise.misconception
def doubled(first, second):
    return min(1.0, 2 * _right(first, second))


@exercise.misconception
def normal_curve(first, second):
    """The area under a bell curve of the same width."""
    found, seen = _differences(first, second), _seen(first, second)
    if found.std() < 1e-12:
        return 0.5
    return 0.5 * math.erfc((seen - found.mean()) / found.std() / math.sqrt(2))


@exercise.misconception
def drawn_with_repetition(first, second):
    both, size = np.concatenate([first, second]).astype("float64"), len(first)
    sums = [sum(c) for c in itertools.combinations_with_replacement(both, size)]
    return np.mean(np.array(sums) > np.sum(both[:size]) + 1e-9)


@exercise.misconception
def any_size(first, second):
    """All ways to make two groups, of whatever size."""
    both, _ = _splits(first, second)
    found = []
    for size in range(1, len(both)):
        for chosen in itertools.combinations(range(len(both)), size):
            rest = np.delete(both, chosen)
            found.append(both[list(chosen)].mean() - rest.mean())
    return np.mean(np.array(found) > _seen(first, second) + 1e-9)


@exercise.misconception
def always_half(first, second):
    """Halves are chosen, although the groups are not of one size."""
    both, _ = _splits(first, second)
    half = max(1, len(both) // 2)
    found = [
        both[list(chosen)].mean() - np.delete(both, chosen).mean()
        for chosen in itertools.combinations(range(len(both)), half)
    ]
    return np.mean(np.array(found) > _seen(first, second) + 1e-9)


@exercise.misconception
def sums_compared(first, second):
    """A difference of sums in the splits, a difference of means in the groups."""
    both, chosen = _splits(first, second)
    found = [2 * both[list(one)].sum() - both.sum() for one in chosen]
    return np.mean(np.array(found) > _seen(first, second) + 1e-9)


@exercise.misconception
def signs_flipped(first, second):
    """Partners change sides: the test for pairs."""
    count = min(len(first), len(second))
    steps = np.array(first[:count], "float64") - np.array(second[:count], "float64")
    found = [np.dot(s, steps) for s in itertools.product((1, -1), repeat=count)]
    return np.mean(np.array(found) > steps.sum() + 1e-9)


@exercise.alternative
def from_means(first, second):
    both, chosen = _splits(first, second)
    seen, larger, count = _seen(first, second), 0, 0
    for one in chosen:
        rest = [n for n in range(len(both)) if n not in one]
        larger += both[list(one)].mean() - both[rest].mean() > seen + 1e-9
        count += 1
    return larger / count


@exercise.alternative
def from_a_matrix(first, second):
    return float((_differences(first, second) > _seen(first, second) + 1e-9).mean())


@exercise.alternative
def bit_by_bit(first, second):
    """Every number below 2 ** count is a set; those of the right size count."""
    both, _ = _splits(first, second)
    sets = (np.arange(2 ** len(both))[:, None] >> np.arange(len(both))) & 1
    sets = sets[sets.sum(axis=1) == len(first)]
    return np.mean(sets @ both > both[: len(first)].sum() + 1e-9)


@exercise.alternative
def by_recursion(first, second):
    both, _ = _splits(first, second)
    seen = both[: len(first)].sum()

    def count(place, left, total):
        if left == 0:
            return int(total > seen + 1e-9)
        if place + left > len(both):
            return 0
        taken = count(place + 1, left - 1, total + both[place])
        return taken + count(place + 1, left, total)

    return count(0, len(first), 0.0) / math.comb(len(both), len(first))


@exercise.alternative
def by_counting_sums(first, second):
    """How many sets of a size have a sum, value by value."""
    both, _ = _splits(first, second)
    ways = [{0.0: 1}, *({} for _ in first)]
    for value in both:
        for size in range(len(first), 0, -1):
            for total, times in ways[size - 1].items():
                key = round(total + value, 9)
                ways[size][key] = ways[size].get(key, 0) + times
    seen = both[: len(first)].sum()
    larger = sum(n for total, n in ways[-1].items() if total > seen + 1e-6)
    return larger / sum(ways[-1].values())


@exercise.alternative
def the_others_are_smaller(first, second):
    """The same splits, seen from the second group."""
    both, _ = _splits(first, second)
    seen = both[len(first) :].sum()
    rests = itertools.combinations(both, len(second))
    return np.mean([sum(rest) < seen - 1e-9 for rest in rests])


@exercise.alternative
def in_tensorflow(first, second):
    both = tf.cast(tf.concat([first, second], axis=0), tf.float64)
    rows = list(itertools.combinations(range(both.shape[0]), len(first)))
    sums = tf.reduce_sum(tf.gather(both, tf.constant(rows)), axis=1)
    seen = tf.reduce_sum(both[: len(first)])
    return tf.reduce_mean(tf.cast(sums > seen + 1e-9, tf.float64))
