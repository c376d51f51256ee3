"""Pieces that later notebooks stand on are the solutions that earlier ones ask for."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ast.FunctionDef, ast.ClassDef


def definitions(path):
    """{name: code without docstrings} of the functions and classes of a file."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return {n.name: ast.unparse(n) for n in tree.body if isinstance(n, FUNCTIONS)}


def alike(code):
    """The code, wherever the pieces before it come from."""
    return re.sub(r"\b(mine|given|library)\.", "", code)


SOLVED: dict = {}
for file in sorted((ROOT / "solutions").glob("*/*.py")):
    for name, code in definitions(file).items():
        SOLVED.setdefault(name, []).append(alike(code))
TWICE = [
    pytest.param(name, code, id=f"{file.stem}.{name}")
    for file in sorted((ROOT / "course" / "pieces").glob("*.py"))
    for name, code in definitions(file).items()
    if name in SOLVED
]


@pytest.mark.parametrize("name, code", TWICE)
def test_is_the_solution_of_its_exercise(name, code):
    assert alike(code) in SOLVED[name]


def test_the_table_sees_the_capstones():
    names = {parameter.values[0] for parameter in TWICE}
    assert {"Encoder", "Block", "CausalBlock"} <= names
