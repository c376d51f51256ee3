"""The timetable: every notebook once, in order, the weeks as equal as they can be."""

import itertools

import pytest

from course.building.learning_path import stops
from course.building.timetable import (
    LESSON,
    PAGE,
    WEEKS,
    minutes_of,
    timetable,
    weeks_of,
)
from course.checks import exercises
from course.paths import repository, units_of

PATH = stops(repository(), "en")
# Nothing is to be written in these.
SHOWING = {("07_encoders", "4_capstone"), ("10_transfer", "2_worth")}


def place(stop):
    return stop.unit, stop.path.stem


def test_the_page_is_that_of_the_definitions():
    written = (repository() / PAGE).read_text(encoding="utf-8")
    assert written == timetable(repository())
    assert "# Fourteen weeks" in written and "# Catorce semanas" in written


def test_every_notebook_has_its_week():
    weeks = weeks_of(PATH)
    assert len(weeks) == WEEKS and all(weeks)
    assert [stop for week in weeks for stop in week] == list(PATH)


def test_minutes_are_those_of_all_exercises():
    units = units_of(repository())
    known = sum(e.minutes for e in exercises().values() if e.unit in units)
    shown = [stop for stop in PATH if stop.is_lesson or place(stop) in SHOWING]
    assert sum(map(minutes_of, PATH)) == known + LESSON * len(shown)
    assert {minutes_of(stop) for stop in shown} == {LESSON}


@pytest.mark.parametrize("count", [1, 3, 5])
def test_no_other_way_to_cut_is_more_even(count):
    path = PATH[:9]
    minutes = [minutes_of(stop) for stop in path]

    def squares(cuts):
        ends = (0, *cuts, len(path))
        return sum(sum(minutes[a:b]) ** 2 for a, b in itertools.pairwise(ends))

    found = [sum(map(minutes_of, week)) ** 2 for week in weeks_of(path, count)]
    every = itertools.combinations(range(1, len(path)), count - 1)
    assert sum(found) == min(map(squares, every))
