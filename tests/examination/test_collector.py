"""A check leaves Python's collector as it was, however it ends."""

import contextlib
import gc
import weakref

import pytest

import course

NAME = "map.masked_mean"


class Cycle:
    """Garbage that only the collector finds."""

    def __init__(self):
        self.itself = self


@pytest.fixture
def nothing_frozen():
    gc.unfreeze()
    yield
    gc.unfreeze()


def rights(seen):
    right = next(iter(course.exercises()[NAME].alternatives.values()))

    def answer(*arguments, **options):
        seen.append(gc.get_freeze_count())
        return right(*arguments, **options)

    return answer


def test_what_is_there_is_passed_over_meanwhile_and_collected_later(nothing_frozen):
    garbage = weakref.ref(Cycle())
    seen: list[int] = []
    assert course.examine(NAME, rights(seen)).right
    assert min(seen) > 0 and gc.get_freeze_count() == 0
    gc.collect()
    assert garbage() is None


def test_an_interrupted_check_leaves_nothing_frozen(nothing_frozen):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    with contextlib.suppress(KeyboardInterrupt):
        course.examine(NAME, interrupted)
    assert gc.get_freeze_count() == 0


def test_what_a_program_has_frozen_stays_so(nothing_frozen):
    gc.freeze()
    assert course.examine(NAME, rights([])).right
    assert gc.get_freeze_count() > 0
