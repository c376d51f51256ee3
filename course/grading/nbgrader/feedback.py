"""The notebook that a learner gets back: own cells, what they printed, each verdict."""

import copy

from course.messages import text
from course.notebooks.rebuild import role
from course.showing.card import MIME


def with_verdicts(result, releases):
    """The rebuilt notebook with its outputs.

    What a learner's code printed is plain text; the only HTML is our own card.

    Args:
        result: A `Result`.
        releases: {language: released notebook}.

    Returns:
        A dict in notebook format 4.
    """
    released = releases.get(result.language) or next(iter(releases.values()))
    notebook = copy.deepcopy(result.rebuilt or released)
    for position, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code":
            continue
        outputs = []
        if role(cell) == "check":
            mark = result.marks.get(cell["metadata"]["nbgrader"]["grade_id"])
            if mark is not None:
                outputs.append(_verdict(mark))
        ran = result.cells.get(str(position))
        if ran and ran["output"]:
            outputs.append(_text(ran["output"]))
        if ran and ran["error"]:
            error = ran["error"]
            lines = f"{error['lines']}\n" if error["lines"] else ""
            outputs.append(_text(f"{lines}{error['kind']}: {error['message']}\n"))
        cell["outputs"] = outputs
        cell["execution_count"] = None
    if result.told:
        notebook["cells"].append(_note_cell(result))
    return notebook


def _note_cell(result):
    """A last cell that says what became of files and lines that are not graded."""
    heading = text("grading.notes", result.language)
    return {
        "cell_type": "code",
        "id": "grading-notes",
        "metadata": {"course": {"origin": "grading"}},
        "source": f"# {heading}",
        "outputs": [_text("".join(f"{note}\n" for note in result.told))],
        "execution_count": None,
    }


def _verdict(mark):
    if not mark.card:
        score = "–" if mark.score is None else f"{mark.score:g}"
        return _text(f"{score} / {mark.points:g}   {mark.message}\n")
    data = {"text/plain": str(mark.score), "text/html": mark.card, MIME: mark.verdict}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _text(said):
    return {"output_type": "stream", "name": "stdout", "text": said}
