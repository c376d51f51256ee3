"""The schedules against their formulas in float64, and inside an optimizer."""

import math

import keras
import numpy as np
import pytest

from transformer_tf import CosineSchedule, InverseSquareRootSchedule, LinearSchedule

SCHEDULES = [
    InverseSquareRootSchedule(0.3, 4),
    LinearSchedule(0.3, 4, 9, end=0.1),
    CosineSchedule(0.3, 4, 9, end=0.1),
]


def rates(schedule, updates):
    """What updates 1, 2, 3 ... are made with."""
    return np.array([float(schedule(step)) for step in range(updates)])


class TestInverseSquareRootSchedule:
    def test_equation_3_of_the_paper(self):
        dim, warmup = 512, 4000
        schedule = InverseSquareRootSchedule.for_dim(dim)
        for update in [1, 2, 1000, 3999, 4000, 4001, 100_000]:
            expected = dim**-0.5 * min(update**-0.5, update * warmup**-1.5)
            np.testing.assert_allclose(schedule(update - 1), expected, rtol=1e-6)


class TestLinearSchedule:
    def test_worked_example(self):
        expected = [0.1, 0.2, 0.3, 0.4, 0.3, 0.2, 0.1, 0.0, 0.0, 0.0]
        np.testing.assert_allclose(
            rates(LinearSchedule(0.4, 4, 8), 10), expected, atol=1e-7
        )

    def test_without_warm_up(self):
        np.testing.assert_allclose(
            rates(LinearSchedule(0.4, 0, 4, end=0.2), 5), [0.35, 0.3, 0.25, 0.2, 0.2]
        )


class TestCosineSchedule:
    def test_equals_the_formula(self):
        got = rates(CosineSchedule(0.4, 3, 13, end=0.04), 16)
        rise = [0.4 * update / 3 for update in (1, 2)]
        fall = [
            0.04 + 0.36 * (1 + math.cos(math.pi * min(t / 10, 1))) / 2
            for t in range(14)
        ]
        np.testing.assert_allclose(got, rise + fall, rtol=1e-5)

    def test_equals_keras(self):
        theirs = keras.optimizers.schedules.CosineDecay(
            0.0, 10, alpha=0.1, warmup_target=0.4, warmup_steps=3
        )
        ours = rates(CosineSchedule(0.4, 3, 13, end=0.04), 16)
        expected = [float(theirs(update)) for update in range(1, 17)]
        np.testing.assert_allclose(ours, expected, rtol=1e-5)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: type(s).__name__)
class TestSchedules:
    def test_peak_at_the_end_of_the_warm_up(self, schedule):
        got = rates(schedule, 12)
        assert np.argmax(got) == 3
        np.testing.assert_allclose(got[:4], 0.3 * np.arange(1, 5) / 4, rtol=1e-6)
        assert np.all(np.diff(got[3:]) <= 0)

    def test_sets_the_optimizers_updates(self, schedule):
        weight = keras.Variable(np.zeros(()))
        optimizer = keras.optimizers.SGD(schedule)
        moved = []
        for _ in range(6):
            before = float(weight)
            optimizer.apply([np.ones((), "float32")], [weight])
            moved.append(before - float(weight))
        np.testing.assert_allclose(moved, rates(schedule, 6), rtol=1e-5)

    def test_config(self, schedule):
        optimizer = keras.optimizers.Adam(schedule)
        again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
        assert type(again._learning_rate) is type(schedule)
        assert again._learning_rate.get_config() == schedule.get_config()


@pytest.mark.parametrize("kind", [LinearSchedule, CosineSchedule])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.0, 1, 9), "peak must be above 0; got 0.0"),
        ((0.1, -1, 9), "warmup_steps must not be negative; got -1"),
        ((0.1, 9, 9), "total_steps must be above warmup_steps=9; got 9"),
        ((0.1, 1, 9, 0.2), "end must lie between 0 and peak=0.1; got 0.2"),
    ],
)
def test_refuses(kind, arguments, message):
    with pytest.raises(ValueError, match=message):
        kind(*arguments)


def test_refuses_no_warm_up_before_a_root():
    with pytest.raises(ValueError, match="warmup_steps must be at least 1; got 0"):
        InverseSquareRootSchedule(0.1, 0)
