"""Every implementation of every exercise: the same verdict in a notebook and graded."""

import pytest

from course.building.answers import answer_text
from course.checks import exercises
from course.examination import LocalCandidate, examine
from course.grading.isolated import IsolatedCandidate
from course.grading.runners import Runners

SECONDS = 60


def implementations(exercise):
    """(name, implementation): the reference, alternatives, misconceptions."""
    return [
        ("reference", exercise.reference),
        *exercise.alternatives.items(),
        *exercise.misconceptions.items(),
    ]


def compare(zygote, exercise, named, seed):
    """Examines each here, and in a runner of its own; gives those that differ."""
    runners, different = Runners(zygote), []
    for name, implementation in named:
        source = answer_text(exercise, implementation)
        runner = runners.start()
        error, _ = runner.cell(source, "<cell 1>", SECONDS)
        there = examine(
            exercise, IsolatedCandidate(runner, exercise.answer, SECONDS), seed
        )
        runner.close()
        names = {}
        exec(source, names)
        here = examine(exercise, LocalCandidate(names[exercise.answer]), seed)
        both = [(v.outcome, v.score, v.diagnosis) for v in (here, there)]
        if error or both[0] != both[1]:
            different.append((name, error, *both))
    runners.close()
    return different


@pytest.mark.parametrize("name", sorted(exercises()))
def test_one_of_each_kind(warm, name):
    exercise = exercises()[name]
    every = implementations(exercise)
    some = [every[0], *every[1:2], every[-1]]
    assert compare(warm.zygote, exercise, some, seed=7) == []


@pytest.mark.full
@pytest.mark.parametrize("seed", [0, 11, 2**40 + 3])
@pytest.mark.parametrize("name", sorted(exercises()))
def test_every_one_at_each_level(level, name, seed):
    exercise = exercises()[name]
    every = implementations(exercise)
    assert compare(level.zygote, exercise, every, seed) == []
