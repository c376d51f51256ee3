"""A small released notebook, and honest work in it, for the tests of grading."""

import base64
import copy
import json


def cell(kind, source, cell_id, nbgrader=None, **course):
    metadata = {"course": course} if course else {}
    if nbgrader:
        metadata["nbgrader"] = {"schema_version": 3, **nbgrader}
    entry = {"cell_type": kind, "id": cell_id, "metadata": metadata, "source": source}
    return entry | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def answer(name, source):
    flags = {"solution": True, "grade": False, "locked": False}
    return cell("code", source, f"id-{name}", {"grade_id": name, **flags})


def check(name, points=2):
    flags = {"solution": False, "grade": True, "locked": True, "points": points}
    return cell(
        "code",
        f"check({name})",
        f"id-check-{name}",
        {"grade_id": f"check-{name}"} | flags,
    )


def blank(name):
    return f"def {name}(x):\n    raise NotImplementedError"


WORK = {
    "twice": "def twice(x):\n    return FACTOR * x",
    "square": "def square(x):\n    return helper(x) * x",
    "cube": "def cube(x):\n    return x * square(x)",
}
RELEASED = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    "cells": [
        cell("markdown", "# A unit", "title"),
        cell("code", "import math\n\nFACTOR = 2", "setup"),
        cell("markdown", "## Twice", "text-twice"),
        answer("twice", blank("twice")),
        check("twice"),
        cell("code", "1 / 0", "plot", show=True),
        cell("markdown", "## Square", "text-square"),
        answer("square", blank("square")),
        check("square"),
        cell("markdown", "## Cube", "text-cube"),
        answer("cube", blank("cube")),
        check("cube"),
    ],
}


def submission():
    """The release with every answer right and one helper cell, as a dict."""
    notebook = copy.deepcopy(RELEASED)
    for entry in notebook["cells"]:
        grade_id = entry["metadata"].get("nbgrader", {}).get("grade_id")
        entry["source"] = WORK.get(grade_id, entry["source"])
    helper = cell("code", "def helper(x):\n    return x", "my-own")
    notebook["cells"].insert(7, helper)
    return notebook


def text(notebook=None):
    return json.dumps(submission() if notebook is None else notebook, indent=1)


def one_file(text, path="unit/notebook.ipynb", **files):
    """The submission of one notebook, as a job holds it; `files` lie beside it."""

    def entry(path, content):
        data = content if isinstance(content, bytes) else content.encode()
        return {"path": path, "data": base64.b64encode(data).decode()}

    folder = path.rpartition("/")[0]
    return {
        "exact": "unit/notebook.ipynb",
        "candidates": [entry(path, text)],
        "files": [entry(f"{folder}/{name}", files[name]) for name in files],
        "left_out": {},
    }
