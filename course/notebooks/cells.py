"""From a notebook's text, however damaged, to a plain list of cells."""

import functools
import json
from dataclasses import dataclass

from course.notebooks.fault import Fault
from course.notebooks.names import names_defined
from course.notebooks.printable import valid
from course.notebooks.salvage import salvage, small_integer

MAX_CELLS = 2000
MAX_SOURCE = 400_000
MAX_ALL_SOURCES = 2_000_000


@dataclass(frozen=True)
class Cell:
    """One cell as it was handed in: strings only, all of them untrusted."""

    kind: str
    source: str
    cell_id: str | None
    grade_id: str | None

    @functools.cached_property
    def core(self) -> str:
        """The source without blank lines around it."""
        return self.source.strip()

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """Names that it defines at its top level."""
        return names_defined(self.source)


def read_cells(text):
    """A notebook's text -> (cells, notes).

    Formats 2 to 4 and whatever comes after with the same fields are read. A file that
    is not valid JSON (cut short, merge conflicts, stray commas) gives the cells that
    can still be read.

    Raises:
        Fault: There is no cell in it.
    """
    notes = []
    try:
        notebook = json.loads(text.lstrip("\ufeff"), parse_int=small_integer)
    except (ValueError, RecursionError):
        notebook = {"cells": salvage(text, MAX_CELLS)}
        if not notebook["cells"]:
            raise Fault(
                "not-json",
                f"a notebook was expected; the file begins {text.strip()[:40]!r}",
            ) from None
        notes.append("damaged file: only its whole cells could be read")
    if isinstance(notebook, str) and notebook.lstrip().startswith("{"):
        cells, more = read_cells(notebook)
        return cells, ["the notebook was saved inside a string", *more]
    raw = _raw_cells(notebook)
    if len(raw) > MAX_CELLS:
        notes.append(f"{len(raw)} cells; only the first {MAX_CELLS} are read")
    cells, room = [], MAX_ALL_SOURCES
    for entry in raw[:MAX_CELLS]:
        cell = _cell(entry, notes)
        if cell is not None and len(cell.source) <= room:
            cells.append(cell)
            room -= len(cell.source)
        elif cell is not None:
            notes.append(f"more than {MAX_ALL_SOURCES} characters: a cell was left out")
    if not cells:
        raise Fault("no-cells", "the file has no cell; hand in the saved notebook")
    return cells, notes


def _raw_cells(notebook):
    if isinstance(notebook, list):
        return notebook
    if not isinstance(notebook, dict):
        raise Fault(
            "not-a-notebook",
            f"a notebook was expected; got JSON of type {type(notebook).__name__}",
        )
    sheets = notebook.get("worksheets")
    if isinstance(sheets, list):
        lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        return [cell for cells in lists if isinstance(cells, list) for cell in cells]
    for holder in (notebook, notebook.get("notebook"), notebook.get("content")):
        if isinstance(holder, dict) and isinstance(holder.get("cells"), list | dict):
            cells = holder["cells"]
            return list(cells.values()) if isinstance(cells, dict) else cells
    raise Fault("not-a-notebook", "a notebook was expected; the JSON has no cells")


def _cell(entry, notes):
    if not isinstance(entry, dict):
        notes.append("a cell that is no object was left out")
        return None
    source = entry.get("source", entry.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        source = ""
    if len(source) > MAX_SOURCE:
        notes.append(f"a cell of {len(source)} characters was left out")
        return None
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    metadata = entry.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    kind = entry.get("cell_type")
    return Cell(
        kind=kind if kind in ("code", "markdown", "raw") else "other",
        source=valid(source),
        cell_id=_name(entry.get("id")),
        grade_id=_name(grade_id),
    )


def _name(value):
    return value if isinstance(value, str) and 0 < len(value) <= 200 else None
