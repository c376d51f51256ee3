"""bias.interval: Wilson's interval for a share."""

import math

import numpy as np

from course.checks.bias.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of
from course.pieces import interval

exercise = Exercise(
    "bias.interval",
    unit=UNIT,
    answer="interval",
    reference=interval,
    parts={"between": 3, "all_or_nothing": 2},
    returns={"low": (), "high": ()},
    forbidden=("course.pieces.interval",),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=15,
    paper="https://doi.org/10.1214/ss/1009213286",
)
_right = copy_of(interval)
Z = 1.959964


@exercise.probe(part="between")
def three_of_ten(rng):
    return Call(int(rng.integers(2, 5)), 10)


@exercise.probe(part="between")
def most_of_sixty(rng):
    return Call(int(rng.integers(40, 52)), 60)


@exercise.probe(part="between")
def one_of_six(rng):
    return Call(1, int(rng.integers(5, 8)))


@exercise.probe(part="all_or_nothing")
def none_of_eight(rng):
    return Call(0, int(rng.integers(7, 10)))


@exercise.probe(part="all_or_nothing")
def all_of_twelve(rng):
    count = int(rng.integers(10, 14))
    return Call(count, count)


@exercise.promise(part="all_or_nothing", count=Sizes(1, 4000), full=OneOf(0, 1))
def nobody_or_everybody(rng, count, full):
    return Call(full * count, count)


@exercise.promise(part="between", count=Sizes(2, 4000), share=OneOf(0.1, 0.5, 0.9))
def any_share(rng, count, share):
    return Call(int(round(share * count)), count)


def _wilson(right, count, z):
    share = right / count
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    root = math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    half = z * root / (1 + z**2 / count)
    return middle - half, middle + half


def _normal(right, count, z=Z):
    share = right / count
    half = z * math.sqrt(share * (1 - share) / count)
    return share - half, share + half


@exercise.misconception
def normal_curve(right, count):
    """The error at the share that was seen: 0 of 8 would be certainty."""
    return _normal(right, count)


@exercise.misconception
def normal_and_cut(right, count):
    low, high = _normal(right, count)
    return max(0.0, low), min(1.0, high)


@exercise.misconception
def one_sided(right, count):
    return _wilson(right, count, 1.644854)


@exercise.misconception
def one_standard_error(right, count):
    return _wilson(right, count, 1.0)


@exercise.misconception
def two_for_z(right, count):
    return _wilson(right, count, 2.0)


@exercise.misconception
def around_the_share(right, count):
    """As wide as it should be, but with the share in the middle."""
    low, high = _wilson(right, count, Z)
    half = (high - low) / 2
    return right / count - half, right / count + half


@exercise.misconception
def two_more_of_each(right, count):
    """Two successes and two failures added (Agresti and Coull): near, another one."""
    count = count + 4
    share = (right + 2) / count
    half = Z * math.sqrt(share * (1 - share) / count)
    return share - half, share + half


@exercise.misconception
def without_the_root(right, count):
    share = right / count
    half = Z * share * (1 - share) / count
    return share - half, share + half


@exercise.misconception
def not_shrunk(right, count):
    """The common denominator 1 + z² / n is missing."""
    share = right / count
    middle = share + Z**2 / (2 * count)
    half = Z * math.sqrt(share * (1 - share) / count + Z**2 / (4 * count**2))
    return middle - half, middle + half


@exercise.misconception
def high_before_low(right, count):
    low, high = _wilson(right, count, Z)
    return high, low


@exercise.misconception
def in_percent(right, count):
    low, high = _wilson(right, count, Z)
    return 100 * low, 100 * high


@exercise.alternative
def roots_of_the_quadratic(right, count):
    """(p - share)² = z² p (1 - p) / n, solved for p."""
    share = right / count
    a, b, c = 1 + Z**2 / count, -(2 * share + Z**2 / count), share**2
    root = math.sqrt(max(0.0, b * b - 4 * a * c))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


@exercise.alternative
def with_numpy_roots(right, count):
    roots = np.roots([count + Z**2, -(2 * right + Z**2), right**2 / count])
    low, high = sorted(roots.real)
    return low, high


@exercise.alternative
def from_counts(right, count):
    """Everything times n: no share is ever formed."""
    wrong = count - right
    half = Z * math.sqrt(right * wrong / count + Z**2 / 4)
    return tuple((right + Z**2 / 2 + sign * half) / (count + Z**2) for sign in (-1, 1))


def _bisect(right, count, a, b):
    """The share between a and b at which the distance is z errors."""

    def beyond(p):
        error = math.sqrt(p * (1 - p) / count)
        return abs(right / count - p) - Z * error

    for _ in range(100):
        middle = (a + b) / 2
        a, b = (middle, b) if beyond(middle) > 0 else (a, middle)
    return a


@exercise.alternative
def by_bisection(right, count):
    """From outside towards the share, until the test no longer refuses."""
    share = right / count
    low = 0.0 if right == 0 else _bisect(right, count, 0.0, share)
    high = 1.0 if right == count else 1 - _bisect(count - right, count, 0.0, 1 - share)
    return low, high


@exercise.alternative
def a_weighted_mean(right, count):
    """Between the share and one half, by n and z²."""
    weight = count / (count + Z**2)
    share = right / count
    middle = weight * share + (1 - weight) / 2
    inside = weight * share * (1 - share) + (1 - weight) / 4
    half = Z * math.sqrt(inside / (count + Z**2))
    return middle - half, middle + half


@exercise.alternative
def high_from_the_wrong_ones(right, count):
    """The upper end is one minus the lower end of the wrong ones."""
    return _wilson(right, count, Z)[0], 1 - _wilson(count - right, count, Z)[0]
