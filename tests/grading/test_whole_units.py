"""A class of thirty and a whole unit, through the command that an instructor types.

Right, mistaken, half done, broken, damaged, Spanish and hostile notebooks together;
what each must earn is known from the exercises' own tables.
"""

import dataclasses
import json
import shutil
import subprocess
import sys
import time

import pytest

from course.building.classroom import classroom
from course.checks import exercises
from course.paths import exercises_folder, repository, units_of
from tests.grading import courses
from tests.grading.hostile_class import SAYS
from tests.grading.released import cell

LATE = tuple(unit for unit in units_of(repository()) if unit >= "07")
# What a submission does beside its answers; it costs nothing but itself.
BESIDE = {
    **{f"says {kind}": text for kind, text in SAYS.items()},
    "ends the process": "import os\nos._exit(0)",
    "leaves": "raise SystemExit",
    "changes the check": "import course\ncourse.check = check = print",
    "changes keras": "from keras import ops\nops.matmul = ops.exp = None",
    "forks": "import os\nif not os.fork():\n    raise SystemExit",
}


def mixed(unit, count):
    """Submissions of `count` students; every third of them is hostile besides."""
    made = list(classroom(repository(), [unit], count))[:count]
    kinds = iter(BESIDE.items())
    for number in range(0, count, 3):
        kind, source = next(kinds)
        made[number] = hostile(made[number], kind, source)
    return made


def hostile(submission, kind, source):
    """The same with a cell of its own behind the last of every notebook's."""
    notebooks = {}
    for name, notebook in submission.notebooks.items():
        own = cell("code", source, "own-cell")
        notebooks[name] = {**notebook, "cells": [*notebook["cells"], own]}
    what = f"{submission.what}, {kind}"
    return dataclasses.replace(submission, what=what, notebooks=notebooks)


def graded(folder, unit, submissions):
    """(student, exercise) -> (score, diagnosis), and what the command printed."""
    for one in submissions:
        place = folder / "submitted" / one.student / unit
        for name, notebook in one.notebooks.items():
            courses.write_notebook(place / name, notebook)
    process = courses.command(folder, "grade", unit, "-j", "2")
    printed, _ = process.communicate(timeout=3600)
    assert process.returncode in (0, 1), printed[-3000:]
    found = {}
    for path in (folder / ".grading" / unit).rglob("*.json"):
        for mark in json.loads(path.read_text())["result"]["marks"].values():
            name = (mark["verdict"] or {}).get("exercise") or mark["message"]
            found[path.stem, name] = mark["score"], mark["diagnosis"]
    return found, printed


def surprises(unit, submissions, found):
    """What is lost, or is not as it is known to be."""
    points = {e.name: e.points for e in exercises().values() if e.unit == unit}
    wrong = {}
    for one in submissions:
        for name, expected in one.expected.items():
            score, diagnosis = found.get((one.student, name), (None, None))
            if expected == "right":
                fine = score == points[name] and diagnosis is None
            elif expected == "nothing":
                fine = score == 0 and diagnosis is None
            else:
                fine = score is not None and score < points[name]
                fine = fine and diagnosis == expected
            if not fine:
                wrong[one.student, one.what, name] = expected, score, diagnosis
    return wrong


def as_an_instructor(folder, unit):
    made = [sys.executable, "-m", "course", "course", str(folder)]
    subprocess.run(made, env=courses.environment(folder), check=True, timeout=600)


def one_unit(folder, unit):
    for language in ("en", "es"):
        place = folder / "exercises" / language / unit
        shutil.copytree(exercises_folder() / language / unit, place)


def whole(folder, unit, count, make):
    make(folder, unit)
    submissions = mixed(unit, count)
    began = time.perf_counter()
    found, printed = graded(folder, unit, submissions)
    seconds = (time.perf_counter() - began) / count
    print(f"{unit}: {seconds:.1f} s a submission, {len(found)} marks")
    assert surprises(unit, submissions, found) == {}
    assert "Traceback" not in printed
    students = {student for student, _ in found}
    assert students == {one.student for one in submissions}
    report = courses.command(folder, "report", unit)
    told, _ = report.communicate(timeout=300)
    assert report.returncode == 0, told
    table = (folder / "reports" / f"{unit}.csv").read_text(encoding="utf-8")
    assert all(student in table for student in students)


# Right beside something hostile, untouched, mistaken.
def test_three_submissions_of_a_whole_unit(tmp_path):
    whole(tmp_path, LATE[-1], 3, one_unit)


@pytest.mark.full
@pytest.mark.parametrize("unit", LATE)
def test_a_class_of_thirty(tmp_path, unit):
    whole(tmp_path, unit, 30, as_an_instructor)
