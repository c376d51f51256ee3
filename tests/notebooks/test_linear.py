"""Nothing that reads a submission takes longer than its length says, whatever it holds.

Processor time is never compared with a clock, only with that of a quarter of the text.
"""

import gc
import time

import pytest

from course.grading.run.finding import Catalog
from course.grading.run.handed_in import File
from course.notebooks.anomalies import anomalies
from course.notebooks.as_python import as_python, magics_in
from course.notebooks.decoding import decode
from course.notebooks.fault import Fault
from course.notebooks.names import names_defined
from course.notebooks.plan import steps
from course.notebooks.printable import printable, printable_line
from course.notebooks.reading import read_submission
from course.notebooks.without_outputs import without_outputs
from course.showing.finding import syntax_error_in
from tests.grading.released import RELEASED, one_file
from tests.notebooks.hostile_texts import FILES, SOURCES, notebook

TIMES = 8
UNNOTICED = 0.05  # seconds of processor time that are too few to compare
# Twice the length, twice the time; a square would show as four times that.
MOST = 3 * TIMES


def edited(source):
    course = {"course": {"origin": "learner"}, "nbgrader": {"solution": True}}
    return {"cells": [{"cell_type": "code", "metadata": course, "source": source}]}


def read(text):
    try:
        reading = read_submission(
            one_file(text.encode("utf-8", "replace")), {"en": RELEASED}, {}
        )
    except Fault:
        return
    steps(reading.notebook, RELEASED)


OF_SOURCES = {
    "as_python": as_python,
    "magics_in": magics_in,
    "names_defined": names_defined,
    "syntax_error_in": lambda text: syntax_error_in(
        "f", {"In": ["f = 1\n" + text, ""]}
    ),
    "anomalies": lambda text: anomalies(edited(text), ["keras.ops.add"]),
    "printable": printable,
    "printable_line": printable_line,
    "the whole reading": lambda text: read(notebook(text)),
}
CATALOG = Catalog("unit", ("unit",), {"book": frozenset(["attention-softmax", "a-b"])})
OF_FILES = {
    "telling what it is": lambda text: CATALOG.matches(
        File("x", text.encode("utf-8", "replace"))
    ),
    "without_outputs": lambda text: without_outputs(text.encode("utf-8", "replace")),
    "decode": lambda text: decode(text.encode("utf-16", "replace")),
    "the whole reading": read,
}
CASES = {
    **{
        ("a cell", name): (function, SOURCES, 4_000)
        for name, function in OF_SOURCES.items()
    },
    **{
        ("a file", name): (function, FILES, 60_000)
        for name, function in OF_FILES.items()
    },
}


def cost(function, text):
    begun = time.process_time()
    function(text)
    return time.process_time() - begun


def is_linear(function, family, length):
    """Whether `TIMES` as much text takes about `TIMES` as long, or no time at all."""
    for _ in range(3):  # the machine may have been busy with something else
        long = cost(function, family(length * TIMES))
        if long < UNNOTICED:
            return True
        if long <= MOST * cost(function, family(length)):
            return True
    return False


@pytest.fixture(autouse=True)
def large_enough(monkeypatch):
    monkeypatch.setattr("course.notebooks.without_outputs._SMALL", 0)
    gc.disable()  # all but off where submissions are read, and in its own rhythm
    yield
    gc.enable()


# What reads a whole submission reads it by each of the others.
SOME = [
    case
    for case in CASES
    if case[1].startswith(("the whole", "printable", "with", "telling"))
]


def slow_families(case, times):
    function, families, length = CASES[case]
    return [
        family
        for family, text in families.items()
        if not is_linear(function, text, times * length)
    ]


@pytest.mark.parametrize("case", SOME, ids=" ".join)
def test_time_grows_as_the_text_does(case):
    assert slow_families(case, times=1) == []


@pytest.mark.full
@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_time_grows_as_a_long_text_does(case):
    assert slow_families(case, times=10) == []
