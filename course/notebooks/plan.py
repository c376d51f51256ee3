"""What is run of a rebuilt notebook, in order: cells, and checks where they stand."""

import ast
from dataclasses import dataclass

from course.notebooks.as_python import as_python, parse
from course.notebooks.rebuild import role, text_of


@dataclass(frozen=True)
class Step:
    """A cell to run, or an exercise to examine.

    Args:
        position: Of the cell in the rebuilt notebook.
        source: Code to run; "" for a check.
        grade_id: Of the check; "" for a cell.
        points: What nbgrader says the check is worth.
        instead: The release's own code, run if the learner's edit of a cell that is no
            answer raises.
    """

    position: int
    source: str = ""
    grade_id: str = ""
    points: float = 0.0
    instead: str = ""


def steps(notebook, released):
    """The steps of a rebuilt notebook; show cells and absent answers are none."""
    given = {cell.get("id"): text_of(cell) for cell in released["cells"]}
    found = []
    for position, cell in enumerate(notebook["cells"]):
        kind, origin = role(cell), cell["metadata"]["course"]["origin"]
        if kind == "check":
            nbgrader = cell["metadata"]["nbgrader"]
            points = float(nbgrader.get("points", 0))
            found.append(Step(position, grade_id=nbgrader["grade_id"], points=points))
        elif cell["cell_type"] != "code" or kind == "show" or origin == "absent":
            continue
        elif text_of(cell).strip():
            edited = kind == "code" and origin == "learner"
            instead = given.get(cell.get("id"), "") if edited else ""
            found.append(Step(position, source=text_of(cell), instead=instead))
    return found


def modules_of(releases):
    """The modules that released notebooks import, but for the course's own.

    Args:
        releases: {notebook: {language: released notebook}}.

    Returns:
        A sorted list of names. What a show cell imports is not needed.
    """
    books = [book for languages in releases.values() for book in languages.values()]
    found = set()
    for cell in (cell for book in books for cell in book["cells"]):
        if cell["cell_type"] != "code" or role(cell) == "show":
            continue
        try:
            nodes = list(ast.walk(parse(as_python(text_of(cell)))))
        except SyntaxError:
            continue
        for node in nodes:
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
    return sorted(n for n in found if n.partition(".")[0] != "course")
