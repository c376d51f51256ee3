"""A whole course on disk: released, submitted, ready to be graded by the command."""

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

from course.__main__ import main
from course.building.answers import answer_text
from course.checks import exercise
from course.grading.run.settings import settings as as_grade_makes_them
from course.kernel import SPECIFICATION
from tests.grading.released import answer, cell

UNIT, NOTEBOOK = "03_attention", "weights"
NAME = "attention.scaled_dot_product"
ROOT = Path(__file__).parents[2]
LEAN = ROOT / "tests" / "lean_start"


def released():
    defined = exercise(NAME)
    stub = f"def {defined.answer}(*a, **k):\n    raise NotImplementedError()"
    flags = {"grade": True, "solution": False, "locked": True}
    check = {"grade_id": defined.grade_id, "points": defined.points, **flags}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": SPECIFICATION, "course": {"language": "en"}},
        "cells": [
            cell("markdown", "# Weights", "title"),
            cell("code", "from course import check, speak\nspeak('en')", "setup"),
            answer(f"{defined.grade_id}-answer", stub),
            cell("code", f'check("{NAME}")', defined.grade_id, check),
        ],
    }


def answered(implementation):
    """The text of a submission; None leaves the answer as it was given out."""
    notebook = released()
    if implementation is not None:
        notebook["cells"][2]["source"] = answer_text(exercise(NAME), implementation)
    return json.dumps(notebook)


def make(folder, submissions):
    """Writes a course; `submissions` is student -> text, None, or a link's target."""
    folder = Path(folder)
    place = folder / "exercises" / "en" / UNIT
    place.mkdir(parents=True)
    (place / f"{NOTEBOOK}.ipynb").write_text(json.dumps(released()))
    for student, text in submissions.items():
        hand_in(folder, student, text)
    return folder


def hand_in(folder, student, text):
    place = folder / "submitted" / student / UNIT
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{NOTEBOOK}.ipynb"
    if isinstance(text, Path):
        path.symlink_to(text)
    elif text is not None:
        path.write_text(text)


def settings(folders, most_growth):
    """Of a `Supervisor`, for workers that may grow by so many bytes.

    Below zero a worker has always grown too much, so that it grades one notebook only.
    """
    made = as_grade_makes_them(UNIT, folders.releases(UNIT), bytes(32))
    made["worker"]["most_growth"] = most_growth
    return made


def command(folder, *arguments, **options):
    """Starts `transformer-course` in a course's folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "course", *arguments, "--course", str(folder)],
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )


def command_of_nbgrader(folder, *arguments):
    """Runs one of nbgrader's own commands in a course's folder."""
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=900,
    )


def write_notebook(path, notebook):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook))


def environment(folder):
    return {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{LEAN}",
        "XDG_CONFIG_HOME": str(folder / "config"),
        "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}",
    }


def grade(folder, *arguments, seconds=240):
    """Runs `grade` to its end; gives what it printed."""
    process = command(folder, "grade", UNIT, *arguments)
    printed, _ = process.communicate(timeout=seconds)
    assert process.returncode in (0, 1), printed
    return printed


def run_here(folder, *arguments):
    """Runs a command that runs nothing of a learner's, in this process.

    Gives what it printed. To start a process and to import all takes seconds.
    """
    printed, config = io.StringIO(), str(folder / "config")
    with (
        mock.patch.dict(os.environ, XDG_CONFIG_HOME=config),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
    ):
        code = main([*arguments, "--course", str(folder)])
    assert code == 0, printed.getvalue()
    return printed.getvalue()


def journal(folder):
    """student -> the recorded result as plain data."""
    place = folder / ".grading" / UNIT / NOTEBOOK
    return {
        path.stem: json.loads(path.read_text())["result"]
        for path in sorted(place.glob("*.json"))
    }


def scores(folder):
    """student -> score, as the journal has it."""
    found = {}
    for student, result in journal(folder).items():
        (mark,) = result["marks"].values()
        found[student] = mark["score"]
    return found


def gradebook(folder):
    """student -> automatic score, as nbgrader's gradebook has it."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        return {
            submission.student.id: submission.notebooks[0].grades[0].auto_score
            for submission in book.assignment_submissions(UNIT)
        }


def enter_into_gradebook(folder):
    """What `nbgrader generate_assignment` saves, without its own road."""
    from course.grading.nbgrader.gradebook import GradebookWriter
    from course.grading.run.folders import Folders

    folders = Folders(
        root=str(folder),
        released=(str(folder / "exercises"),),
        gradebook=f"sqlite:///{folder}/gradebook.db",
    )
    GradebookWriter(folders, UNIT).close()
