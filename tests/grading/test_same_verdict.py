"""Every implementation of every exercise: the same verdict on every road."""

import itertools

import pytest

from course.building.answers import answer_text
from course.checks import exercises
from course.examination import LocalCandidate, examine
from course.grading.worker.isolated import IsolatedCandidate
from course.grading.worker.runners import Runners
from course.paths import repository, units_of
from tests.grading import clusters, roads
from tests.selection import table

SECONDS = 60
UNITS = units_of(repository())  # tests register units of their own besides


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


NAMES = sorted(exercises())


@pytest.mark.parametrize("name", table(NAMES, NAMES[::4]))
def test_one_of_each_exercise(fork_server, name):
    """The reference, an alternative and a misconception by turns."""
    exercise = exercises()[name]
    every = implementations(exercise)
    turn = (0, 1, -1)[NAMES.index(name) % 3]
    assert compare(fork_server.zygote, exercise, [every[turn]], seed=7) == []


def test_what_isolation_hides_may_be_among_what_is_forbidden(level):
    exercise = exercises()["map.masked_mean"]
    assert any(name.startswith("course.checks.") for name in exercise.forbidden)
    assert compare(level.zygote, exercise, implementations(exercise)[:1], seed=3) == []


@pytest.mark.full
@pytest.mark.parametrize("seed", [0, 11, 2**40 + 3])
@pytest.mark.parametrize("name", sorted(exercises()))
def test_every_one_at_each_level(level, name, seed):
    exercise = exercises()[name]
    every = implementations(exercise)
    assert compare(level.zygote, exercise, every, seed) == []


def compare_roads(folder, unit, given, combinations, monkeypatch):
    """Notebook = grade = nbgrader, for (level, secret) pairs; nbgrader has the first.

    Gives what every road found, and the cards that the notebook showed.
    """
    roads.make(folder, unit, given)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    monkeypatch.setenv("PYTHONPATH", str(roads.courses.ROOT))
    learnt, cards = roads.by_notebook(folder, unit)
    assert set(learnt) == {(f"s{k:02d}", n) for k, row in enumerate(given) for n in row}
    for level, secret in combinations:
        assert roads.by_grade(folder, unit, level, secret) == learnt, (level, secret)
    assert roads.by_nbgrader(folder, unit, *combinations[0]) == learnt
    return learnt, cards


# In every run: test_magics.py has the notebook, the terminal and `grade`,
# test_nbgrader.py nbgrader, test_cluster.py Dask.
@pytest.mark.full
def test_three_roads_for_a_right_and_a_wrong_submission(tmp_path, monkeypatch):
    every = roads.rows("00_map")
    given = [every[0], every[-1]]
    found, _ = compare_roads(tmp_path, "00_map", given, [("auto", "one")], monkeypatch)
    for student, row in zip(("s00", "s01"), given):
        for name, chosen in row.items():
            _, score, diagnosis = found[student, name]
            wrong = chosen in exercises()[name].misconceptions
            assert (score < exercises()[name].points) == wrong
            assert (diagnosis is not None) == wrong


def test_the_submissions_hold_every_implementation():
    for unit in UNITS:
        held = {pair for row in roads.rows(unit) for pair in row.items()}
        for exercise in (e for e in exercises().values() if e.unit == unit):
            wanted = [name for name, _ in implementations(exercise)]
            assert {(exercise.name, name) for name in wanted} <= held


@pytest.mark.full
@pytest.mark.parametrize("unit", UNITS)
def test_every_road_for_every_unit(tmp_path, monkeypatch, unit):
    """Two seeds of every student's, at both levels; from the terminal; over Dask."""
    pytest.importorskip("distributed")
    every = list(itertools.product(("namespaces", "landlock"), ("one", "two")))
    given = roads.rows(unit)
    learnt, cards = compare_roads(tmp_path, unit, given, every, monkeypatch)
    assert roads.by_terminal(tmp_path, unit) == cards
    with clusters.running(tmp_path, 2) as (address, _):
        flags = ("--cluster", address)
        assert roads.by_grade(tmp_path, unit, *every[-1], *flags) == learnt
