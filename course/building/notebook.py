"""Assembles the source notebook of one language: what nbgrader takes."""

import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.building.blanks import BEGIN, shown_source
from course.building.code_texts import table_of, translate_cell
from course.building.install import FOLDED, install_cell
from course.building.learning_path import add_links
from course.building.script import Cell, ScriptError, in_language, read
from course.checks import exercise
from course.kernel import SPECIFICATION
from course.messages import text


def source_notebook(path: Path, language: str) -> nbformat.NotebookNode:
    """The notebook of a script in a language, answers included."""
    cells = [_cell(path, cell, language) for cell in in_language(read(path), language)]
    metadata = {"kernelspec": SPECIFICATION, "course": {"language": language}}
    notebook = new_notebook(cells=[install_cell(language), *cells], metadata=metadata)
    add_links(notebook, path, language)
    return notebook


def _cell(path: Path, cell: Cell, language: str) -> nbformat.NotebookNode:
    if cell.kind == "text":
        source = _fill_in(path, cell.source, language)
        return new_markdown_cell(source, id=cell.key, metadata={})
    metadata: dict = {}
    source = cell.source
    if cell.kind == "show":
        # The mark that grading trusts is the one in the release.
        metadata = {"tags": ["show"], "course": {"show": True}}
    elif cell.kind == "answer":
        if cell.blank:
            source = shown_source(source, cell.blank)
        if BEGIN not in source:
            raise ScriptError(f"{path}: {cell.key} has nothing to fill in")
        metadata = {"nbgrader": _nbgrader(cell.key, solution=True)}
    elif cell.kind == "check":
        _refuse_other_check(path, cell)
        points = exercise(cell.exercise).points
        flags = _nbgrader(cell.key, grade=True, locked=True, points=points)
        metadata = {"nbgrader": flags}
    if "plt.show()" in source:  # a learner looks at the picture, not at its code
        metadata["jupyter"] = FOLDED
    if language != "en":
        source = translate_cell(source, table_of(path, language))
    return new_code_cell(source, id=cell.key, metadata=metadata)


def _nbgrader(grade_id: str, **given) -> dict:
    flags = {"solution": False, "grade": False, "locked": False, "task": False}
    return {"schema_version": 3, "grade_id": grade_id, **flags, **given}


def _refuse_other_check(path: Path, cell: Cell) -> None:
    expected = f'check("{cell.exercise}")'
    if cell.source.strip() != expected:
        raise ScriptError(f"{path}: the check of {cell.exercise} is {expected}")


def _fill_in(path: Path, source: str, language: str) -> str:
    """`{{about exercise}}` becomes its difficulty, importance, minutes and points."""

    def about(match: re.Match) -> str:
        try:
            shown = exercise(match.group(1))
        except ValueError as error:
            raise ScriptError(f"{path}: {error}") from error
        return text(
            "engine.about",
            language,
            difficulty="●" * shown.difficulty + "○" * (5 - shown.difficulty),
            importance="●" * shown.importance + "○" * (5 - shown.importance),
            minutes=shown.minutes,
            points=shown.points,
            name=shown.name,
        )

    return re.sub(r"\{\{about ([\w.]+)\}\}", about, source)
