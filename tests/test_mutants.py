"""The mutation run: enough named changes, each of which is another program."""

import ast

from tools import mutants


def test_there_are_enough_named_changes_and_all_of_them_change_something():
    every = [mutant for path in mutants.TESTS for mutant in mutants.mutants(path)]
    assert len({mutant.name for mutant in every}) >= 100
    for mutant in every:
        written = (mutants.ROOT / "transformer_tf" / mutant.path).read_text("utf-8")
        assert ast.unparse(ast.parse(mutant.source)) != ast.unparse(ast.parse(written))


def test_the_tests_of_every_file_are_there():
    assert all((mutants.ROOT / tests).exists() for tests in mutants.TESTS.values())


def test_the_choice_is_always_the_same():
    assert mutants.mutants("hashing.py") == mutants.mutants("hashing.py")
