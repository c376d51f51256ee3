"""A class of odd and hostile submissions: it is graded to its end, and fairly."""

import csv
import io
import json
from pathlib import Path

import nbformat
import pytest

from course.grading.results import Result
from course.grading.run.journal import Journal
from tests.grading import courses, hostile_class
from tests.grading.hostile_class import UNUSABLE, submissions
from tests.grading.sound_pages import Balanced, is_valid_text, strings


def journal_is_sound(folder):
    place = folder / ".grading"
    assert not list(place.rglob("*.partial"))
    journal = Journal(place, courses.UNIT)
    for path, result in journal.results():
        data = json.loads(Path(path).read_text(encoding="utf-8"))
        assert is_valid_text("".join(strings(data))), path
        assert Result.from_data(result.to_data()) == result


def pages_are_sound(folder):
    """The table, the report and the notebooks that go back: read again and checked."""
    process = courses.command(folder, "report", courses.UNIT)
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 0, printed
    table = (folder / "reports" / f"{courses.UNIT}.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(table)))
    assert {len(row) for row in rows} == {len(rows[0])}
    page = (folder / "reports" / f"{courses.UNIT}.html").read_text(encoding="utf-8")
    assert is_valid_text(page)
    assert Balanced(page).open == []
    assert "script" not in Balanced(page).names
    for path in (folder / "autograded").rglob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert is_valid_text("".join(strings(notebook))), path
    return rows


def check(folder, given, *arguments):
    hostile_class.make(folder, given)
    printed = courses.grade(folder, "-j", "2", *arguments, seconds=1800)
    assert "Traceback" not in printed
    assert is_valid_text(printed.replace("\r", "\n"))
    told = [line for line in printed.splitlines() if "rename it" in line]
    assert len(told) == len(UNUSABLE), printed
    scores = courses.scores(folder)
    assert set(scores) == set(given)
    wrong = {
        student: (scores[student], expected)
        for student, (_, expected) in given.items()
        if scores[student] != expected
        and not (expected is None and scores[student] in (0, hostile_class.POINTS))
    }
    assert wrong == {}
    assert courses.gradebook(folder) == scores
    journal_is_sound(folder)
    rows = pages_are_sound(folder)
    assert len(rows) == 1 + len(given)
    again = courses.grade(folder, *arguments)
    assert "graded in" not in again


def some(given, count):
    names = sorted(given, key=lambda name: name.partition(" ")[2])
    return {name: given[name] for name in names[:: len(names) // count]}


def test_a_small_class_is_graded_to_its_end(tmp_path):
    check(tmp_path, some(submissions(), 9))


@pytest.mark.full
def test_a_whole_class_is_graded_to_its_end(tmp_path):
    given = submissions()
    assert len(given) >= 60
    check(tmp_path, given)
