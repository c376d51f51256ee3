"""Attacks on the form of a notebook: no code of a right answer anywhere."""

import copy

from tests.grading.released import cell
from tests.grading.unit import WRONG, handed_in


def _all(notebook, change):
    for entry in notebook["cells"]:
        change(entry)
    return notebook


def _check(notebook):
    return notebook["cells"][3]


def _tags(notebook):
    return _all(
        notebook,
        lambda e: e["metadata"].update(tags=["skip-execution", "raises-exception"]),
    )


def _with_check(**values):
    def trick(notebook):
        _check(notebook).update(values)
        return notebook

    return trick


def _with_flags(**values):
    def trick(notebook):
        _check(notebook)["metadata"]["nbgrader"].update(values)
        return notebook

    return trick


def _forged_output(notebook):
    _check(notebook)["outputs"] = [
        {
            "output_type": "execute_result",
            "data": {"text/plain": "4.0"},
            "metadata": {},
            "execution_count": 1,
        }
    ]
    return notebook


def _more(*cells):
    def trick(notebook):
        notebook["cells"] += copy.deepcopy(list(cells))
        return notebook

    return trick


def _second_check(notebook):
    twin = copy.deepcopy(_check(notebook))
    twin["source"] = "4.0"
    notebook["cells"].append(twin)
    return notebook


FLAGS = {"grade": True, "solution": False, "locked": False, "points": 100}
TRICKS = {
    "skip tags everywhere": _tags,
    "the check replaced": _with_check(source="4.0"),
    "the check as text": _with_check(cell_type="markdown"),
    "the check deleted": lambda n: {**n, "cells": n["cells"][:3]},
    "the check twice": _second_check,
    "the points raised": _with_flags(points=1_000_000),
    "the points negative": _with_flags(points=-1),
    "the check made an answer": _with_flags(solution=True, grade=False),
    "graded by hand": _with_flags(solution=True, grade=True),
    "another name of the check": _with_flags(grade_id="other"),
    "a check of one's own": _more(
        cell("code", "100.0", "mine", {"grade_id": "mine", **FLAGS})
    ),
    "a score in the output": _forged_output,
    "marked as untouched by the grader": lambda n: _all(
        n, lambda e: e["metadata"].update(course={"origin": "release", "score": 4})
    ),
    "everything a show cell": lambda n: _all(
        n, lambda e: e["metadata"].update(course={"show": True})
    ),
    "a kernel of one's own": lambda n: {
        **n,
        "metadata": {"kernelspec": {"name": "../../evil", "argv": ["sh"]}},
    },
    "a widget's state": lambda n: {**n, "metadata": {"widgets": {"x": "<script>"}}},
    "attachments": lambda n: _all(
        n, lambda e: e.update(attachments={"../x": {"text/html": "<script>"}})
    ),
    "a cell id that climbs": lambda n: _all(
        n, lambda e: e.update(id="../../../../tmp/x")
    ),
    "a hundred thousand empty lines": _more(cell("code", "\n" * 100_000, "mine")),
    "a million cells": lambda n: {
        **n,
        "cells": n["cells"] + [cell("code", "1", "x")] * 50_000,
    },
}


def tricked(name):
    """The notebook of a trick, with a wrong answer."""
    return TRICKS[name](handed_in(WRONG))
