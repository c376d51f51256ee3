"""Runs a notebook in a kernel of its own and collects the verdicts of its checks."""

from pathlib import Path

import nbclient
import nbformat

from course.checks import exercise
from course.errors import CourseError
from course.examination.silence import silence
from course.grading.nbgrader.configuration import SHOW_TAG
from course.messages import text
from course.notebooks.rebuild import role
from course.showing.card import MIME, PIECES_MIME, text_of_card

SECONDS_A_CELL = 120


def verdicts_of(path: Path) -> list[str]:
    """The card of each check in a notebook, as text, in the notebook's order.

    A cell that never comes back is stopped, and what comes after it is run.

    Raises:
        CourseError: the file is not there, is no notebook, or its kernel dies.
    """
    notebook = _read(path)
    if not any(role(cell) == "check" for cell in notebook.cells):
        return []  # a lesson, or the index
    for cell in notebook.cells:
        if role(cell) == "show":
            cell.metadata.setdefault("tags", []).append(SHOW_TAG)
    try:
        with silence():
            nbclient.NotebookClient(
                notebook,
                timeout=SECONDS_A_CELL,
                interrupt_on_timeout=True,
                allow_errors=True,
                kernel_name="python3",
                shutdown_kernel="immediate",
                skip_cells_with_tag=SHOW_TAG,
                resources={"metadata": {"path": str(path.parent.resolve())}},
            ).execute()
    except nbclient.exceptions.CellTimeoutError as error:
        raise CourseError(
            f"{path}: a cell ran for more than {SECONDS_A_CELL} s; is there a loop "
            "that never ends?"
        ) from error
    except nbclient.exceptions.DeadKernelError as error:
        raise CourseError(f"{path}: Python stopped while running it") from error
    found = [
        text_of_card(
            output.data[MIME],
            exercise(output.data[MIME]["exercise"]),
            output.data.get(PIECES_MIME, {}).get("text", ""),
        )
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if MIME in output.get("data", {})
    ]
    if not found:
        raise CourseError(f"{path}: no check in it gave a verdict")
    language = notebook.metadata.get("course", {}).get("language", "en")
    stopped = [
        text("engine.cell_stopped", language, cell=number, seconds=SECONDS_A_CELL)
        for number, cell in enumerate(notebook.cells, start=1)
        for output in cell.get("outputs", [])
        if output.get("ename") == "KeyboardInterrupt"
    ]
    return stopped + found


def _read(path: Path) -> nbformat.NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError as error:
        raise CourseError(f"there is no {path}") from error
    except IsADirectoryError as error:
        raise CourseError(f"{path} is a folder; name a notebook in it") from error
    except Exception as error:
        raise CourseError(
            f"{path} cannot be read as a notebook: it may be cut off or not a notebook"
        ) from error
