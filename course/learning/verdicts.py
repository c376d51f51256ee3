"""Runs a notebook in a kernel of its own and collects the verdicts of its checks."""

from pathlib import Path

import nbclient
import nbformat

from course import errors
from course.checks import exercise
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
        raise errors.error(
            "cell_too_long", path=path, seconds=SECONDS_A_CELL
        ) from error
    except nbclient.exceptions.DeadKernelError as error:
        raise errors.error("python_stopped", path=path) from error
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
        raise errors.error("no_verdict", path=path)
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
        raise errors.error("no_file", path=path) from error
    except IsADirectoryError as error:
        raise errors.error("is_a_folder", path=path) from error
    except Exception as error:
        raise errors.error("no_notebook", path=path) from error
