"""A trial's verdict is the examination's, for less work."""

import itertools

import pytest

from course.examination import ask
from course.examination.mutants import mutants
from course.examination.trial import Trial
from course.examination.unseen import accepts
from tests.course_exercises import EXERCISES

SEEDS = (0, 1, 20261122)


class Counting:
    """The merged pieces of a pair, as asked; every call is counted."""

    def __init__(self, right):
        self.calls, self._right = 0, right

    def __call__(self, pieces, pair):
        self.calls += 1
        return self._right(pieces, pair)


# A property beside a compiled probe; forced cases; an answer that is a class.
@pytest.mark.parametrize(
    "name", ["attention.look_up", "attention.softmax", "recurrence.cell"]
)
def test_accepts_what_earns_every_point_under_any_seed(name):
    exercise = EXERCISES[name]
    made = itertools.islice(mutants(exercise.original), 0, None, 30)
    wrong = [*exercise.misconceptions.values()][::5]
    trial = Trial(exercise, SEEDS)
    for answer in [exercise.reference, *wrong, *(mutant.answer for mutant in made)]:
        right = any(accepts(exercise, answer, seed) for seed in SEEDS)
        assert trial.accepts(answer) == right


def test_asks_first_what_refused_the_answer_before():
    exercise = EXERCISES["tokenizers.merge_pair"]
    trial = Trial(exercise, SEEDS)
    wrong = Counting(lambda pieces, pair: list(pieces))
    assert not trial.accepts(wrong)
    first, wrong.calls = wrong.calls, 0
    assert not trial.accepts(wrong)
    assert wrong.calls <= min(first, len(SEEDS))


def test_forced_cases_are_asked_once_for_all_seeds():
    exercise = EXERCISES["tokenizers.merge_pair"]
    forced = [f"{p.name}_1" for p in exercise.promises]
    questions = [q.probe.name for seed in SEEDS for q in ask(exercise, seed)]
    assert all(questions.count(name) == len(SEEDS) for name in forced)
    right = Counting(exercise.reference)
    never = Counting(lambda pieces, pair: None)
    assert Trial(exercise, SEEDS).accepts(right)
    assert right.calls <= len(ask(exercise, 0)) * 2  # a property asks twice
    assert not Trial(exercise, SEEDS).accepts(never)
    assert never.calls <= len(SEEDS)


def test_an_answer_without_end_is_tried_under_one_seed_only(monkeypatch):
    exercise, calls = EXERCISES["tokenizers.merge_pair"], []

    def forever(pieces, pair):
        calls.append(pieces)
        while True:
            pass

    monkeypatch.setattr("course.examination.trial.SECONDS", 0.05)
    assert not Trial(exercise, SEEDS).accepts(forever)
    assert len(calls) == 1
