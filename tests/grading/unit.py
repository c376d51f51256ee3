"""A tiny unit for the tests of grading: one exercise that is quick to examine."""

import copy

from course.examination import REGISTRY, Call, Exercise
from tests.grading.released import answer, cell

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
UNIT, NOTEBOOK = "97_doubling", "doubling"
RIGHT = "def double(x):\n    return x + x\n"
WRONG = "def double(x):\n    return 3 * x\n"


def _double(x):
    return 2 * x


def _exercise():
    if "doubling.double" in REGISTRY:
        return REGISTRY["doubling.double"]
    exercise = Exercise(
        "doubling.double",
        unit=UNIT,
        answer="double",
        reference=_double,
        parts={"values": 2, "graph": 1, "gradient": 1},
        returns={"doubled": ("row", "column")},
        forbidden=("transformer_tf.scaled_dot_product_attention", "keras.ops.add"),
    )

    @exercise.probe(part="values")
    def plain(rng):
        return Call(rng.normal(size=(2, 3)).astype("float32"))

    @exercise.probe(part="graph")
    def as_a_graph(rng):
        x = rng.normal(size=(3, 4)).astype("float32")
        return Call(x).asking(mode="graph")

    @exercise.probe(part="gradient")
    def gradient(rng):
        x, cotangent = (rng.normal(size=(2, 5)).astype("float32") for _ in range(2))
        return Call(x).asking(gradient=cotangent)

    return exercise


EXERCISE = _exercise()
RELEASED = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": KERNEL, "course": {"language": "en"}},
    "cells": [
        cell("markdown", "# Doubling", "title"),
        cell("code", "from course import check, speak\n\nspeak('en')", "setup"),
        answer("double", "def double(x):\n    raise NotImplementedError()"),
        cell(
            "code",
            'check("doubling.double")',
            "doubling-double",
            {
                "grade_id": "doubling-double",
                "solution": False,
                "grade": True,
                "locked": True,
                "points": 4,
            },
        ),
        cell("code", "open('shown', 'w')", "plot", show=True),
    ],
}


def handed_in(source, before=(), after=()):
    """A submission with this answer and own cells before it and behind it."""

    notebook = copy.deepcopy(RELEASED)
    notebook["cells"][2]["source"] = source
    own = [cell("code", text, f"own-{n}") for n, text in enumerate(before)]
    last = [cell("code", text, f"last-{n}") for n, text in enumerate(after)]
    notebook["cells"][2:2] = own
    notebook["cells"] += last
    return notebook
