"""Witten and Bell's smoothed n-grams, against the formula by hand."""

import math

import numpy as np
import pytest

from course.datasets.ngrams import NgramModel

TEXT = [0, 1, 0, 1, 2, 0, 1]  # a b a b c a b


def test_one_gram_gives_types_their_share():
    model = NgramModel(TEXT, order=1, vocabulary=4)
    # Seven tokens of three types: 3 / 10 of the mass are spread over four ids.
    for number, count in enumerate((3, 3, 1, 0)):
        assert model.probability((), number) == pytest.approx((count + 3 / 4) / 10)


def test_two_grams_lean_on_one_grams():
    model = NgramModel(TEXT, order=2, vocabulary=4)
    shorter = NgramModel(TEXT, order=1, vocabulary=4)
    # After b: a once, c once. Two tokens, two types.
    for number, count in enumerate((1, 0, 1, 0)):
        wanted = (count + 2 * shorter.probability((), number)) / 4
        assert model.probability((0, 1), number) == pytest.approx(wanted)


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_probabilities_sum_to_one_after_anything(order):
    model = NgramModel(TEXT, order, vocabulary=4)
    for context in ((), (0,), (0, 1), (3, 3), (1, 2, 0, 1)):
        total = sum(model.probability(context, number) for number in range(4))
        assert total == pytest.approx(1)


def test_bits_are_the_mean_over_all_but_the_first():
    model = NgramModel(TEXT, 3, vocabulary=4)
    text = [1, 2, 0, 3]
    likely = [
        model.probability((1,), 2),
        model.probability((1, 2), 0),
        model.probability((2, 0), 3),
    ]
    wanted = -sum(map(math.log2, likely)) / 3
    assert model.bits(text) == pytest.approx(wanted)


def test_samples_follow_the_counts():
    model = NgramModel([0, 1] * 50, 2, vocabulary=2)
    written = model.sample([0], 200, np.random.default_rng(0))
    changes = np.mean(np.diff([0, *written]) != 0)
    assert changes > 0.95
