"""Blanks: signatures and docstrings stay, bodies go between nbgrader's markers."""

import pytest

from course.building.blanks import shown_source, with_blanks

SOURCE = '''class Layer:
    """A layer."""

    def build(self, shape):
        """Creates weights."""
        self.w = 1

    def call(self, x):
        if x:
            return x
        return self.w
'''


def test_only_the_named_bodies_are_marked():
    assert (
        with_blanks(SOURCE.rstrip(), ("call",))
        == '''class Layer:
    """A layer."""

    def build(self, shape):
        """Creates weights."""
        self.w = 1

    def call(self, x):
        ### BEGIN SOLUTION
        if x:
            return x
        return self.w
        ### END SOLUTION'''
    )


def test_docstrings_stay():
    shown = with_blanks(SOURCE, ("build",))
    assert '"""Creates weights."""\n        ### BEGIN SOLUTION\n' in shown


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="nothing to blank: calls"):
        with_blanks(SOURCE, ("calls",))


def test_the_librarys_source_is_shown_without_decorators():
    shown = shown_source("from transformer_tf import RNNCell", ("call",))
    assert shown.startswith("class RNNCell(")
    assert "### BEGIN SOLUTION" in shown


def test_only_one_import_is_an_answer():
    with pytest.raises(ValueError, match="imports one name"):
        shown_source("import transformer_tf", ("call",))
