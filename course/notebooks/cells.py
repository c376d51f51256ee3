"""From a notebook's text, however damaged, to a plain list of cells."""

import json
import re
from dataclasses import dataclass

from course.notebooks.fault import Fault

MAX_CELLS = 2000
MAX_SOURCE = 400_000
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})[^\n]*\n?", re.MULTILINE)
_CELL_START = re.compile(r'\{\s*"(?:cell_type|attachments|execution_count|id)"\s*:')


@dataclass(frozen=True)
class Cell:
    """One cell as it was handed in: strings only, all of them untrusted."""

    kind: str
    source: str
    cell_id: str | None
    grade_id: str | None


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
        notebook = json.loads(text.lstrip("\ufeff"), parse_int=_small_integer)
    except (ValueError, RecursionError):
        notebook = {"cells": _salvage(text)}
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
    cells = [cell for entry in raw[:MAX_CELLS] if (cell := _cell(entry, notes))]
    if not cells:
        raise Fault("no-cells", "the file has no cell; hand in the saved notebook")
    return cells, notes


def _small_integer(digits):
    return int(digits) if len(digits) < 20 else 0


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
    source = source.encode("utf-8", "replace").decode("utf-8")
    metadata = entry.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    kind = entry.get("cell_type")
    return Cell(
        kind=kind if kind in ("code", "markdown", "raw") else "other",
        source=source,
        cell_id=_name(entry.get("id")),
        grade_id=_name(grade_id),
    )


def _name(value):
    return value if isinstance(value, str) and 0 < len(value) <= 200 else None


def _salvage(text):
    """Every whole cell object that stands in a broken file."""
    text = _CONFLICT.sub("", text)
    decoder, cells, end = json.JSONDecoder(strict=False), [], 0
    for match in _CELL_START.finditer(text):
        if match.start() < end or len(cells) > MAX_CELLS:
            continue
        try:
            cell, end = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            cell, end = _loose(text, match.start())
        if isinstance(cell, dict) and ("source" in cell or "input" in cell):
            cells.append(cell)
    return cells


_TYPE = re.compile(r'"cell_type"\s*:\s*"(\w+)"')
_GRADE_ID = re.compile(r'"grade_id"\s*:\s*"([^"\\]{1,200})"')
_ID = re.compile(r'"id"\s*:\s*"([^"\\]{1,200})"')
_LINES = re.compile(r'"(?:source|input)"\s*:\s*(\[|")')
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def _loose(text, start):
    """A cell that is no valid JSON by itself: its strings, up to the next cell."""
    following = _CELL_START.search(text, start + 1)
    while following and '"source"' not in text[start : following.start()]:
        following = _CELL_START.search(text, following.end())
    end = following.start() if following else len(text)
    part = text[start:end]
    found = {
        "cell_type": _TYPE.search(part),
        "id": _ID.search(part),
        "grade_id": _GRADE_ID.search(part),
    }
    values = {key: match.group(1) for key, match in found.items() if match}
    lines = _LINES.search(part)
    if not lines:
        return None, end
    position, strings = lines.end(1) - (lines.group(1) == '"'), []
    while match := _STRING.match(part, position):
        try:
            strings.append(json.loads(match.group(0), strict=False))
        except ValueError:
            break
        if lines.group(1) == '"':
            break
        gap = re.compile(r"[\s,]*").match(part, match.end())
        position = gap.end() if gap else match.end()
    cell = {"source": "".join(strings), **values}
    cell["metadata"] = {"nbgrader": {"grade_id": values.get("grade_id")}}
    return cell, end
