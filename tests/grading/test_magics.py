"""Magics and shell lines in an answer: one verdict in the notebook and when grading."""

import json

import pytest

from course.grading.results import Result
from course.grading.worker.verifier import Verifier
from course.learning.verdicts import verdicts_of
from tests.grading import courses
from tests.grading.hostile_class import ANSWER, DEFINED, POINTS, written
from tests.grading.released import one_file

# Source of the answer's cell -> whether the answer is right.
ANSWERS = {
    "timeit": (f"%timeit -n 1 -r 1 1\n{ANSWER}", True),
    "extension": (f"%load_ext autoreload\n%autoreload 0\n{ANSWER}", True),
    "pip": (f"%pip --version\n{ANSWER}", True),
    "shell": (f"!ls\n{ANSWER}\n!pwd", True),
    "output of a shell": (f"x = !ls\nlen(x)\n{ANSWER}", True),
    "question": (f"{ANSWER}\n{DEFINED.answer}?", True),
    "time of a line": (f"%time x = 3\ny = %time x + 1\nassert y == 4\n{ANSWER}", True),
    "time": (f"%%time\n{ANSWER}", True),
    "capture": (f"%%capture\n%%time\n{ANSWER}", True),
    "indented": ("\n".join(f"    {line}" for line in ANSWER.splitlines()), True),
    "prompts": ("\n".join(f">>> {line}" for line in ANSWER.splitlines()), True),
    "await": (f"import asyncio\nawait asyncio.sleep(0)\n{ANSWER}", True),
    "written and run": (f"%run helper.py\nassert x == 1\n{ANSWER}", True),
    "a syntax error below": (f"!ls\n{ANSWER}\nx = = 3", False),
    "timed elsewhere": (f"%%timeit -n 1 -r 1\n{ANSWER}", False),
    "in a shell": (f"%%bash\n{ANSWER}", False),
}
HELPER = "%%writefile helper.py\nx = 1"


@pytest.fixture
def graded(runners):
    """Each answer's (score, outcome) when it is graded, and its result."""
    verifier = Verifier(runners, {DEFINED.grade_id: DEFINED}, b"a secret of sixteen")

    def grade(source):
        given = one_file(written(source, before=[HELPER]))
        result = Result("ada", courses.UNIT, courses.NOTEBOOK)
        return verifier.grade({"en": courses.released()}, given, result)

    return {name: grade(source) for name, (source, _) in ANSWERS.items()}


def in_a_kernel(tmp_path):
    """Each answer's card in one notebook, as `transformer-course check` shows them."""
    notebook = courses.released()
    first, setup, answer, check = notebook["cells"]
    cells = [first, setup, {**setup, "source": HELPER}]
    for source, _ in ANSWERS.values():
        forget = f"globals().pop({DEFINED.answer!r}, None)"
        cells += [{**setup, "source": forget}, {**answer, "source": source}, check]
    for number, cell in enumerate(cells):
        cell = cells[number] = json.loads(json.dumps(cell))
        cell["id"] = f"cell-{number}"
        graded = cell["metadata"].get("nbgrader", {}).get("grade")
        cell["metadata"] = {"nbgrader": {"grade": True}} if graded else {}
    path = tmp_path / "all.ipynb"
    courses.write_notebook(path, {**notebook, "cells": cells})
    return dict(zip(ANSWERS, verdicts_of(path), strict=True))


def test_one_verdict_on_every_road(graded, tmp_path):
    cards = in_a_kernel(tmp_path)
    for name, (_, right) in ANSWERS.items():
        (mark,) = graded[name].marks.values()
        assert (mark.score == POINTS) is right, (name, mark)
        assert cards[name].startswith("✔") is right, (name, cards[name])
    told = " ".join(graded["shell"].told)
    assert "!ls" in told and "!pwd" in told
