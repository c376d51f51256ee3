"""A submission becomes the released notebook again, with only the learner's text in it.

Cells, order, checks, tags, metadata and the kernel come from the release. From the
learner come the text of the answers, of ordinary code cells, and helper cells.
"""

import copy

from course.notebooks.cells import read_cells
from course.notebooks.names import names_defined


def role(cell):
    """What a cell of the release is: "answer", "check", "show", "code" or "text"."""
    metadata = cell.get("metadata", {})
    nbgrader = metadata.get("nbgrader", {})
    course = metadata.get("course", {})
    if nbgrader.get("solution"):
        return "answer"
    if nbgrader.get("grade"):
        return "check"
    if course.get("show") or "show" in metadata.get("tags", ()):
        return "show"
    return "code" if cell["cell_type"] == "code" else "text"


def rebuild(released, submitted):
    """The notebook that is graded, and what had to be repaired to get it.

    Every cell gets `metadata.course.origin`: "release" (as it was given out),
    "learner" (a cell of the release with the learner's text), "helper" (a cell of the
    learner's own) or "absent" (an answer that was not handed in; its text is the
    release's).

    Args:
        released: The released notebook, a dict in format 4.
        submitted: The text that was handed in.

    Returns:
        notebook: A dict in format 4, without outputs.
        notes: A list of str.

    Raises:
        Fault: No cell can be read from the text.
    """
    cells, notes = read_cells(submitted)
    fixed = released["cells"]
    slots = _match(fixed, cells, notes)
    taken = {index for matches in slots.values() for index in matches}
    helpers = _helpers(fixed, cells, slots, taken)
    rebuilt = helpers.pop(-1, [])
    for position, cell in enumerate(fixed):
        mine = [cells[index] for index in slots.get(position, ())]
        rebuilt.append(_fill(cell, mine, notes))
        rebuilt += helpers.pop(position, [])
    notebook = {key: copy.deepcopy(released[key]) for key in released if key != "cells"}
    notebook["cells"] = rebuilt
    return notebook, notes


def text_of(cell):
    """The source of a notebook cell as one string."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _fill(cell, mine, notes):
    new = {key: copy.deepcopy(cell[key]) for key in ("cell_type", "id") if key in cell}
    new["metadata"] = copy.deepcopy(cell.get("metadata", {}))
    new["source"], origin, kind = text_of(cell), "release", role(cell)
    if kind in ("answer", "code"):
        text = next((own.source for own in mine if own.core), "")
        if text:
            same = text.strip() == new["source"].strip()
            new["source"], origin = text, "release" if same else "learner"
        elif kind == "answer":
            origin = "absent"
            notes.append(f"the answer {_label(cell)!r} is not in the notebook")
        elif new["source"].strip():
            notes.append(f"the cell {_label(cell)!r} was missing and was put back")
    return _finish(new, origin)


def _finish(cell, origin):
    course = cell["metadata"].get("course")
    course = dict(course) if isinstance(course, dict) else {}
    cell["metadata"]["course"] = {**course, "origin": origin}
    if cell["cell_type"] == "code":
        cell |= {"outputs": [], "execution_count": None}
    return cell


def _label(cell):
    nbgrader = cell.get("metadata", {}).get("nbgrader", {})
    return nbgrader.get("grade_id") or cell.get("id") or text_of(cell)[:30]


def _match(fixed, cells, notes):
    """Position in the release -> indices of the submitted cells that belong there."""
    slots, free = {}, dict(enumerate(cells))

    def take(position, indices):
        slots[position] = _best(fixed[position], cells, indices, notes)
        for index in indices:
            if index in slots[position] or _same(fixed[position], cells[index]):
                free.pop(index)

    for key, of_release in (("grade_id", _grade_id), ("cell_id", _cell_id), _TEXT):
        wanted: dict = {}
        for position, cell in enumerate(fixed):
            value = of_release(cell)
            if position not in slots and value:
                wanted.setdefault(value, []).append(position)
        for value, positions in wanted.items():
            hits = [i for i, cell in free.items() if getattr(cell, key) == value]
            if hits and len(positions) == 1:
                take(positions[0], hits)
            else:
                for position, index in zip(positions, hits):
                    take(position, [index])
    for position, cell in enumerate(fixed):
        if position in slots or role(cell) != "answer":
            continue
        names = names_defined(text_of(cell))
        hits = [i for i, own in free.items() if names and names <= own.names]
        if hits:
            notes.append(f"the answer {_label(cell)!r} was recognised by its names")
            take(position, hits)
    return slots


def _grade_id(cell):
    return cell.get("metadata", {}).get("nbgrader", {}).get("grade_id")


def _cell_id(cell):
    return cell.get("id")


_TEXT = ("source", text_of)


def _best(cell, cells, indices, notes):
    """Of several cells with one name: the first the learner changed."""
    if role(cell) not in ("answer", "code"):
        return indices
    changed = [i for i in indices if not _same(cell, cells[i])]
    changed = [i for i in changed if cells[i].core] or changed
    if len(indices) > 1:
        notes.append(f"the cell {_label(cell)!r} was there {len(indices)} times")
    return (changed or indices)[:1]


def _same(cell, own):
    return own.core == text_of(cell).strip()


def _helpers(fixed, cells, slots, taken):
    """Learners' own code cells, after the released cell that they stand behind."""
    position_of = {i: position for position, found in slots.items() for i in found}
    helpers: dict = {}
    anchor = -1
    for index, cell in enumerate(cells):
        if index in taken:
            anchor = position_of[index]
        elif cell.kind == "code" and cell.core:
            known = any(_same(released, cell) for released in fixed)
            if not known and not _is_check(fixed, cell):
                new = {
                    "cell_type": "code",
                    "id": f"helper-{index}",
                    "metadata": {},
                    "source": cell.source,
                }
                helpers.setdefault(anchor, []).append(_finish(new, "helper"))
    return helpers


def _is_check(fixed, own):
    """A check or show cell under its own name, edited: never run as a helper."""
    return any(
        role(cell) in ("check", "show")
        and (
            (own.grade_id and own.grade_id == _grade_id(cell))
            or (own.cell_id and own.cell_id == _cell_id(cell))
        )
        for cell in fixed
    )
