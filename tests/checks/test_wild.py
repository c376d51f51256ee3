"""Wrong answers from public code: none is accepted, most are named, none falsely."""

import pytest

import course
from tests.checks.wild import attention, checkpoints, encoders, seq2seq
from tests.selection import table

WILD = [*attention.FOUND, *encoders.FOUND, *seq2seq.FOUND, *checkpoints.FOUND]
SHARE = 0.75  # that have a name


@pytest.mark.parametrize(
    "wild", table(WILD, WILD[::6], label=lambda w: f"{w.exercise}: {w.seen}")
)
def test_is_refused_and_named_for_what_it_is(wild):
    """Its name, read off the message by hand, or none: never another."""
    verdict = course.examine(wild.exercise, wild.answer)
    assert verdict.score < verdict.points
    assert (verdict.diagnosis or "") == wild.named, verdict.message


def test_most_are_named():
    assert sum(bool(wild.named) for wild in WILD) >= SHARE * len(WILD)
    assert len(WILD) > 150


def test_every_unit_has_some():
    known = course.exercises()
    assert len({known[wild.exercise].unit for wild in WILD}) == 14
