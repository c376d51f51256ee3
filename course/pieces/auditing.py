"""What a model's answers show, and what chance shows as well (unit 13)."""

import itertools

import numpy as np


def random_splits(draws, size):
    """Splits items into two groups at random, once a trial.

    Args:
        draws: [trial, count] floats: numbers drawn from [0, 1), each independently of
            all others; no two of a trial are equal.
        size: How many items the first group has, 0 to count.

    Returns:
        [trial, count] booleans: True for the items of the first group. In every trial
        there are exactly `size` of them; each set of that size is equally likely, and
        no trial depends on another.
    """
    ranks = np.argsort(np.argsort(np.array(draws), axis=1), axis=1)
    return ranks < size


def effect_size(x, y, a, b):
    """How differently two sets of words lie towards two sets of attributes (WEAT).

    The association of a word is its mean cosine with `a` minus its mean cosine with
    `b`.

    Args:
        x, y: [count, dim] floats: the vectors of two sets of target words; the sets
            may have different sizes, no vector is zero, and not all associations are
            equal.
        a, b: [count, dim] floats: the vectors of two sets of attribute words.

    Returns:
        One float: the mean association of `x` minus that of `y`, over the standard
        deviation of the associations of all target words together (divided by their
        number less one).
    """

    def unit(vectors):
        vectors = np.array(vectors, "float64")
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    direction = unit(a).mean(axis=0) - unit(b).mean(axis=0)
    first, second = unit(x) @ direction, unit(y) @ direction
    spread = np.concatenate([first, second]).std(ddof=1)
    return (first.mean() - second.mean()) / spread


def permutation_p(first, second):
    """How often chance alone gives a larger difference: over all splits, one-sided.

    Args:
        first, second: [count] floats: a number for each item of two groups; the groups
            may have different sizes.

    Returns:
        A number from 0 to 1: of all the ways to choose as many items as `first` has
        from both groups together, the share in which the mean of the chosen minus the
        mean of the others is larger than in the groups as they are. Equal is not
        larger.
    """
    first, second = np.array(first, "float64"), np.array(second, "float64")
    both, size = np.concatenate([first, second]), len(first)
    # With the total fixed, the difference of the means grows with the sum of the first.
    sums = [sum(chosen) for chosen in itertools.combinations(both, size)]
    return np.mean(np.array(sums) > first.sum() + 1e-9)


def paired_difference(first, second):
    """The mean difference of pairs, and how far chance may have moved it.

    Args:
        first: [pair] floats: what a model says of the first text of each pair; at
            least two pairs.
        second: [pair] floats: what it says of the second, which differs in one thing.

    Returns:
        mean: The mean of first minus second.
        error: The standard error of that mean: the standard deviation of the
            differences (divided by their number less one), over the root of their
            number.
    """
    differences = np.array(first, "float64") - np.array(second, "float64")
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    return differences.mean(), error


def without_direction(vectors, masculine, feminine):
    """Takes grammatical gender out of vectors.

    The direction leads from the mean of the feminine nouns to the mean of the
    masculine ones. Both are nouns for things: what sets their means apart is grammar.

    Args:
        vectors: [word, dim] floats.
        masculine: [noun, dim] floats: vectors of nouns that are masculine.
        feminine: [noun, dim] floats: of nouns that are feminine; the number may
            differ, the means are not equal.

    Returns:
        [word, dim] floats: each vector without its part along the direction, so that
        its dot product with the direction is 0; all else unchanged.
    """
    vectors = np.array(vectors, "float64")
    direction = np.mean(masculine, axis=0) - np.mean(feminine, axis=0)
    direction = direction / np.linalg.norm(direction)
    return vectors - np.outer(vectors @ direction, direction)


def calibration_error(confidence, right, bins):
    """How far a model's confidence is from how often it is right.

    The examples are put in bins of equal width by their confidence: bin i holds those
    from i / bins on and below (i + 1) / bins; a confidence of 1 belongs to the last.

    Args:
        confidence: [count] floats from 0 to 1.
        right: [count] booleans: whether the model was right.
        bins: The number of bins.

    Returns:
        A number from 0 to 1: in each bin the distance between the mean confidence and
        the share that is right; the mean over all examples of the distance in their
        bin. Empty bins do not count.
    """
    confidence, right = np.array(confidence, "float64"), np.array(right)
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    total = 0.0
    for place in np.unique(places):
        inside = places == place
        gap = confidence[inside].mean() - right[inside].mean()
        total += inside.sum() * abs(gap)
    return total / len(confidence)


def interval(right, count):
    """The shares that are compatible with what was counted: Wilson's 95 % interval.

    With z = 1.959964: the shares p for which right / count lies at most z standard
    errors, sqrt(p (1 - p) / count), away from p.

    Args:
        right: How many were right: a whole number from 0 to `count`.
        count: How many there were, at least 1.

    Returns:
        low, high: The smallest and the largest such share.
    """
    z, share = 1.959964, right / count
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    root = np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    half = z * root / (1 + z**2 / count)
    return middle - half, middle + half


def footprint(watts, devices, hours, overhead, intensity):
    """Energy and carbon dioxide of a training run, as ranges.

    Args:
        watts: [2] floats: the least and the most that one device draws.
        devices: How many devices ran.
        hours: [2] floats: for how long, at least and at most.
        overhead: [2] floats: what the building draws in all for each watt of its
            devices (PUE), at least and at most; never below 1.
        intensity: [2] floats: grams of CO2 for a kilowatt hour of the local
            electricity, at least and at most.

    Returns:
        energy: [2] floats: kilowatt hours, at least and at most.
        carbon: [2] floats: kilograms of CO2, at least and at most.
    """
    watts, hours, overhead, intensity = (
        np.array(part, "float64") for part in (watts, hours, overhead, intensity)
    )
    energy = watts * devices * hours * overhead / 1000
    return energy, energy * intensity / 1000
