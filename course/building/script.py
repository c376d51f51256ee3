"""Reads a percent script: the cells of one notebook, in both languages.

Every cell is a text (`[markdown]`, one cell a language, sharing a `key`), code with a
`key`, an answer (`solution="exercise"`), a check (`check="exercise"`) or a show cell
(`show=true`). Code is for both languages unless it has a `lang`.
"""

import dataclasses
import re
from pathlib import Path

import jupytext

from course.errors import CourseError
from course.messages import LANGUAGES

KNOWN = {"key", "lang", "solution", "blank", "check", "show"}


class ScriptError(CourseError):
    """A script breaks the rules; the message names the file, the cell and the rule."""


@dataclasses.dataclass(frozen=True)
class Cell:
    """One cell of a script.

    Args:
        kind: "text", "code", "answer", "check" or "show".
        key: Its id in the notebook.
        language: "en", "es", or "" for both.
        source: As it stands in the script.
        exercise: The exercise's name, for an answer or a check.
        blank: For an answer that imports from the library: the functions to blank.
    """

    kind: str
    key: str
    language: str
    source: str
    exercise: str = ""
    blank: tuple[str, ...] = ()


def read(path: Path) -> list[Cell]:
    """The cells of a script, in order.

    Raises:
        ScriptError: a cell has no key, a text lacks a language, and so on.
    """
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    cells = [_cell(path, n, cell) for n, cell in enumerate(notebook.cells, 1)]
    _refuse_gaps(path, cells)
    return cells


def in_language(cells: list[Cell], language: str) -> list[Cell]:
    """The cells that a notebook of this language shows."""
    return [cell for cell in cells if cell.language in ("", language)]


def _cell(path: Path, number: int, raw) -> Cell:
    metadata = dict(raw.metadata)
    metadata.pop("lines_to_next_cell", None)  # jupytext's own note
    unknown = set(metadata) - KNOWN
    if unknown:
        raise ScriptError(
            f"{path}, cell {number}: unknown {', '.join(sorted(unknown))}"
        )
    exercise = metadata.get("solution") or metadata.get("check") or ""
    grade_id = exercise.replace(".", "-")
    if raw.cell_type == "markdown":
        kind, key = "text", metadata.get("key")
    elif "solution" in metadata:
        kind, key = "answer", f"{grade_id}-answer"
    elif "check" in metadata:
        kind, key = "check", grade_id
    else:
        kind, key = "show" if metadata.get("show") else "code", metadata.get("key")
    if not key or not re.fullmatch(r"[a-z0-9_-]{1,64}", key):
        raise ScriptError(
            f'{path}, cell {number}: give it key="..." of lower-case letters, digits '
            f"and dashes; got {key!r}"
        )
    language = metadata.get("lang", "")
    if language not in ("", *LANGUAGES) or (kind == "text" and not language):
        raise ScriptError(f'{path}, cell {key!r}: a text needs lang="en" or lang="es"')
    blank = tuple(metadata.get("blank", "").split())
    return Cell(kind, key, language, raw.source, exercise, blank)


def _refuse_gaps(path: Path, cells: list[Cell]) -> None:
    """Every key once a language; what one language has, the other has too."""
    for language in LANGUAGES:
        keys = [cell.key for cell in in_language(cells, language)]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise ScriptError(f"{path}: keys used twice: {', '.join(sorted(twice))}")
    orders = [[c.key for c in in_language(cells, lang)] for lang in LANGUAGES]
    if orders[0] != orders[1]:
        alone = sorted(set(orders[0]) ^ set(orders[1]))
        what = f"only one language has {', '.join(alone)}" if alone else "orders differ"
        raise ScriptError(f"{path}: {what}")
