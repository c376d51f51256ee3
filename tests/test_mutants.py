"""The mutation run: enough named changes, each of which is another program."""

import ast

import pytest

from tools import drawn_mutants as mutants
from tools import mutants as running


def test_there_are_enough_named_changes_and_all_of_them_change_something():
    every = [mutant for path in mutants.TESTS for mutant in mutants.mutants(path)]
    assert len({mutant.name for mutant in every}) >= 100
    for mutant in every:
        written = (mutants.LIBRARY / mutant.path).read_text("utf-8")
        assert ast.unparse(ast.parse(mutant.source)) != ast.unparse(ast.parse(written))


@pytest.mark.parametrize("path", mutants.TESTS)
def test_the_tests_of_every_file_are_there(path):
    assert (mutants.LIBRARY / path).exists()
    named = [one for one in running.tests_of(path) if "/" in one or one.endswith(".py")]
    assert named and all((mutants.LIBRARY.parent / one).exists() for one in named)


@pytest.mark.parametrize(
    "source",
    [
        'raise ValueError(f"{1 + 2} is too many")',
        '__all__ = ["a", "b"][1:]',
        "def f(x: Literal[1, 2]) -> tuple[1, 2]: pass",
        "@decorate(1 + 2)\ndef f(): pass",
        'warnings.warn("words" + more)',
        "x = list(y)",
    ],
)
def test_nothing_is_drawn_that_computes_nothing(source, tmp_path, monkeypatch):
    (tmp_path / "one.py").write_text(source)
    monkeypatch.setattr(mutants, "LIBRARY", tmp_path)
    assert mutants.mutants("one.py") == []


def test_other_arithmetic_is_drawn(tmp_path, monkeypatch):
    (tmp_path / "one.py").write_text("def f(x):\n    return x + 2")
    monkeypatch.setattr(mutants, "LIBRARY", tmp_path)
    assert "one.py:2: x + 2 -> x - 2" in {m.name for m in mutants.mutants("one.py", 9)}


def test_the_choice_is_always_the_same():
    assert mutants.mutants("hashing.py") == mutants.mutants("hashing.py")
