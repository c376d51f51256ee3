"""The references of unit 13 against independent truth, and the figures it names."""

import itertools
import math

import numpy as np
import pytest

from course.checks.bias.card import group_results
from course.checks.bias.splits import (
    LIMIT_OF_PAIRS,
    LIMITS,
    TRIALS,
    are_independent,
    is_even,
    naive_shuffle,
    sets_of,
)
from course.checks.decoders.sample import likelihood_ratio
from course.datasets.counterfactuals import FEMININE, MASCULINE, masked_preference
from course.pieces import (
    calibration_error,
    effect_size,
    footprint,
    interval,
    paired_difference,
    permutation_p,
    random_splits,
    without_direction,
)
from course.showing.associations import difference_of, found_by_tests
from course.showing.auditing import address_gaps, unseen_commands
from course.showing.other_tokens import FRAME, STEP, frames, patches, scene, sound


@pytest.fixture
def rng():
    return np.random.default_rng(13)


def refused(rng, probabilities, trials, runs=4000):
    """How often the test on two of four items refuses counts of such a law."""
    counts = rng.multinomial(trials, probabilities, size=runs)
    even = np.full(6, 1 / 6)
    found = [likelihood_ratio(one, even) > LIMITS[4, 2] for one in counts]
    return np.mean(found)


def tilted(more):
    likely = np.array([1 + more, 1, 1, 1, 1, 1])
    return likely / likely.sum()


def law_of_the_naive_shuffle():
    """Each of the 4 ** 4 equally likely ways, counted by the set that comes out."""
    ways = np.array(list(itertools.product((0.1, 0.3, 0.6, 0.9), repeat=4)))
    return np.bincount(sets_of(naive_shuffle(ways, 2), 2), minlength=6) / len(ways)


class TestTheLaw:
    @pytest.mark.parametrize("shape", LIMITS)
    def test_a_right_split_passes(self, rng, shape):
        count, size = shape
        found = sets_of(random_splits(rng.random((TRIALS, count)), size), size)
        assert is_even(found, math.comb(count, size), LIMITS[shape])

    def test_a_right_split_is_refused_less_than_once_in_a_million(self, rng):
        """By the exponential tail of chi-squared, beyond what can be simulated."""
        limits = [(math.comb(*shape) - 1, limit) for shape, limit in LIMITS.items()]
        for degrees, limit in [*limits, (25, LIMIT_OF_PAIRS)]:
            x = limit / 2
            # The upper tail for odd degrees, by its finite sum.
            tail = math.erfc(math.sqrt(x))
            terms = [
                x ** (k - 0.5) / math.gamma(k + 0.5) for k in range(1, degrees // 2 + 1)
            ]
            assert tail + math.exp(-x) * sum(terms) < 1e-6

    @pytest.mark.parametrize(("more", "seen"), [(0.2, 0.9), (0.15, 0.36), (0.1, 0.02)])
    def test_power_is_what_is_said(self, rng, more, seen):
        assert abs(refused(rng, tilted(more), TRIALS) - seen) < 0.04

    @pytest.mark.parametrize("split", [random_splits, naive_shuffle])
    def test_trials_of_their_own_are_independent_whatever_their_law(self, rng, split):
        for _ in range(30):
            found = sets_of(split(rng.random((TRIALS, 4)), 2), 2)
            assert are_independent(found[0::2], found[1::2])

    def test_a_trial_that_repeats_one_in_five_is_seen(self, rng):
        for _ in range(30):
            found = sets_of(random_splits(rng.random((TRIALS, 4)), 2), 2)
            first, second = found[0::2], found[1::2].copy()
            second[::5] = first[::5]
            assert not are_independent(first, second)

    def test_the_naive_shuffle_is_seen_with_ten_thousand_trials(self, rng):
        law = law_of_the_naive_shuffle()
        assert (law.min().round(3), law.max().round(3)) == (0.145, 0.188)
        assert refused(rng, law, TRIALS) > 0.998
        assert abs(refused(rng, law, 2000) - 0.06) < 0.02


def test_effect_is_that_of_loops(rng):
    x, y, a, b = (rng.normal(size=(n, 5)) * 3 for n in (4, 6, 3, 2))

    def cosine(u, v):
        return float(u @ v) / math.hypot(*u) / math.hypot(*v)

    def association(w):
        return np.mean([cosine(w, v) for v in a]) - np.mean([cosine(w, v) for v in b])

    first, second = ([association(w) for w in part] for part in (x, y))
    expected = np.mean(first) - np.mean(second)
    expected /= np.std([*first, *second], ddof=1)
    assert np.isclose(effect_size(x, y, a, b), expected)


def test_p_is_the_share_among_all_orders(rng):
    """Orders instead of sets: every set is met equally often."""
    first, second = rng.integers(0, 9, 3) / 2.0, rng.integers(0, 9, 4) / 2.0
    seen = first.mean() - second.mean()
    larger = [
        np.mean(order[:3]) - np.mean(order[3:]) > seen + 1e-9
        for order in itertools.permutations([*first, *second])
    ]
    assert np.isclose(permutation_p(first, second), np.mean(larger))


def test_standard_error_is_that_of_resampled_pairs(rng):
    second = rng.normal(size=60)
    first = second + 0.3 + 0.5 * rng.normal(size=60)
    mean, error = paired_difference(first, second)
    drawn = rng.integers(60, size=(4000, 60))
    assert np.isclose(mean, np.mean(first - second))
    assert abs(np.std((first - second)[drawn].mean(axis=1)) / error - 1) < 0.05


def test_the_direction_is_gone_and_nothing_else(rng):
    vectors, masculine, feminine = (rng.normal(size=(n, 6)) for n in (5, 3, 8))
    way = masculine.mean(0) - feminine.mean(0)
    found = without_direction(vectors, masculine, feminine)
    assert np.allclose(found @ way, 0)
    across = np.linalg.svd(way[None])[2][1:]  # what stands upright on the direction
    assert np.allclose(found @ across.T, vectors @ across.T)


def test_calibration_error_is_that_of_whole_numbers():
    """Confidences in hundredths, so that edges are exact."""
    hundredths = [0, 5, 10, 10, 39, 40, 70, 99, 100, 100]
    right = [1, 0, 0, 1, 0, 1, 1, 1, 0, 1]
    bins = {}
    for one, hit in zip(hundredths, right, strict=True):
        bins.setdefault(min(one // 10, 9), []).append(one / 100 - hit)
    expected = sum(abs(sum(gaps)) for gaps in bins.values()) / 10
    found = calibration_error(np.array(hundredths) / 100, np.array(right, bool), 10)
    assert np.isclose(found, expected)


@pytest.mark.parametrize(("right", "count"), [(0, 8), (3, 10), (45, 60), (12, 12)])
def test_ends_of_an_interval_are_z_errors_away(right, count):
    for end in interval(right, count):
        error = math.sqrt(max(0, end * (1 - end)) / count)
        assert np.isclose(abs(right / count - end), 1.959964 * error, atol=1e-9)
    low, high = interval(right, count)
    assert low - 1e-12 <= right / count <= high + 1e-12


def test_the_footprint_of_a_published_run():
    """BERT base in https://arxiv.org/abs/1906.02243: 12,041 W on 64 devices, 79 hours,
    1,507 kWh with a PUE of 1.58, 1,438 pounds at 0.954 pounds a kilowatt hour."""
    watts, grams = 12041.51 / 64, 953.9 / 2.20462
    energy, carbon = footprint(*[[watts] * 2, 64, [79] * 2, [1.58] * 2, [grams] * 2])
    assert abs(energy[0] / 1507 - 1) < 0.005
    assert abs(carbon[0] * 2.20462 / 1438 - 1) < 0.005


def test_a_group_is_judged_as_if_it_were_alone(rng):
    groups = list(rng.choice(["a", "b", "c"], size=80))
    confidence, right = rng.random(80), rng.random(80) < 0.6
    names, counts, figures = group_results(groups, confidence, right, 10, 1)
    for name, count, row in zip(names, counts, figures, strict=True):
        inside = np.array(groups) == name
        alone = group_results([name] * count, confidence[inside], right[inside], 10, 1)
        assert np.allclose(alone[2][0], row)


def test_where_there_is_nothing_grammar_is_found_and_taken_out():
    """And where there is something it stays, unless people give the direction."""
    assert difference_of("careless", "", 0)[1] > 1.8
    for lists, cure in (("balanced", ""), ("careless", "things")):
        assert abs(difference_of(lists, cure, 0)[0]) < 0.01
        assert difference_of(lists, cure, 3)[0] > 0.5
    assert abs(difference_of("careless", "people", 3)[0]) < 0.01


def test_patches_and_frames_hold_the_whole():
    cut = patches(scene(), 24)
    rows = [np.concatenate(cut[n : n + 4], axis=1) for n in range(0, 16, 4)]
    assert np.array_equal(np.concatenate(rows), scene())
    samples, found = sound(), frames(sound())
    assert len(found) == 1 + (len(samples) - FRAME) // STEP
    waves = np.exp(-2j * np.pi * np.outer(np.arange(64), np.arange(FRAME)) / FRAME)
    part = samples[5 * STEP : 5 * STEP + FRAME] * np.hanning(FRAME)
    assert np.allclose(found[5], np.log(abs(waves @ part) + 1e-2))


class TestFiguresOfTheNotebooks:
    def test_effects_of_nothing(self, rng):
        found = [abs(effect_size(*rng.normal(size=(4, 8, 20)))) for _ in range(3000)]
        assert abs(np.mean(np.array(found) > 0.5) - 1 / 3) < 0.03
        assert abs(np.mean(np.array(found) > 0.9) - 1 / 15) < 0.02

    def test_association_tests(self):
        found = [(round(d, 2), round(p, 3)) for _, d, p, _ in found_by_tests()]
        assert found[2:] == [(0.57, 0.134), (0.21, 0.344), (0.89, 0.037)]
        assert all(d > 1.3 and p < 0.003 for d, p in found[:2])

    def test_forms_of_address(self):
        gaps = address_gaps()
        mean, error = paired_difference(gaps.ravel(), np.zeros(48))
        assert (round(mean, 3), round(error, 3)) == (-0.055, 0.015)
        _, error = paired_difference(gaps.mean(axis=1), np.zeros(8))
        assert round(error, 3) == 0.037

    def test_agreement(self):
        texts = [
            [f"¿está {article} {noun} [MASK]?" for noun in nouns]
            for article, nouns in (("la", FEMININE), ("el", MASCULINE))
        ]
        first, second = (masked_preference(t, "abierta", "abierto") for t in texts)
        assert round(paired_difference(first, second)[0], 2) == 0.29

    def test_wordings_counted_once(self):
        languages, _, right = unseen_commands(a_template=1)
        english = np.array(languages) == "en"
        assert (right[english].sum(), english.sum()) == (140, 156)
        assert (right[~english].sum(), (~english).sum()) == (100, 117)

    @pytest.mark.full
    def test_the_claims_of_the_card(self):
        languages, _, right = unseen_commands(a_template=30)
        english = np.array(languages) == "en"
        assert (right[english].sum(), english.sum()) == (4090, 4536)
        assert (right[~english].sum(), (~english).sum()) == (2940, 3492)
