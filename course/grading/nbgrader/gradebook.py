"""The one writer to nbgrader's gradebook and to its `autograded` directory."""

import contextlib
import json
import os
import sys

from nbgrader.api import Gradebook

from course.grading.nbgrader.configuration import COURSE_ID
from course.grading.nbgrader.feedback import with_verdicts
from course.grading.run.intake import read_bytes
from course.notebooks.fault import Fault
from course.notebooks.rebuild import role


class GradebookWriter:
    """Puts results into a gradebook; doing so twice changes nothing.

    Args:
        folders: A `Folders` with a gradebook.
        unit: The unit's name.
    """

    def __init__(self, folders, unit):
        self.folders = folders
        self.unit = unit
        self.releases = folders.releases(unit)
        # nbgrader runs `alembic` from the PATH when it makes a gradebook.
        own = os.path.dirname(sys.executable)
        os.environ["PATH"] = f"{own}{os.pathsep}{os.environ.get('PATH', '')}"
        self.gradebook = Gradebook(folders.gradebook, COURSE_ID)
        self._prepare()

    def close(self):
        self.gradebook.close()

    def write(self, result):
        """Scores, comments and the autograded notebook of one result; commits."""
        gradebook = self.gradebook
        gradebook.update_or_create_student(result.student)
        when = self._timestamp(result.student)
        gradebook.update_or_create_submission(
            self.unit, result.student, **({"timestamp": when} if when else {})
        )
        notebook = gradebook.find_submission_notebook(
            result.notebook, self.unit, result.student
        )
        save_marks(notebook, result)
        gradebook.db.commit()
        self._write_notebook(result)  # last: that it is there says that all is done

    def _prepare(self):
        """The unit's notebooks and cells, as `generate_assignment` would save them."""
        gradebook = self.gradebook
        gradebook.update_or_create_assignment(self.unit)
        for name, releases in self.releases.items():
            released = next(iter(releases.values()))
            kernel = json.dumps(released["metadata"].get("kernelspec", {}))
            gradebook.update_or_create_notebook(name, self.unit, kernelspec=kernel)
            for cell in released["cells"]:
                flags = cell.get("metadata", {}).get("nbgrader", {})
                place = (flags.get("grade_id"), name, self.unit)
                if flags.get("grade"):
                    gradebook.update_or_create_grade_cell(
                        *place,
                        max_score=float(flags["points"]),
                        cell_type=cell["cell_type"],
                    )
                if flags.get("solution"):
                    gradebook.update_or_create_solution_cell(*place)
                if flags:
                    gradebook.update_or_create_source_cell(
                        *place,
                        cell_type=cell["cell_type"],
                        source="".join(cell["source"]),
                        checksum=flags.get("checksum"),
                    )

    def _timestamp(self, student):
        with contextlib.suppress(Fault, ValueError):
            where = self.folders.path(self.folders.submitted)
            parts = (student, self.unit, "timestamp.txt")
            return read_bytes(where, *parts, limit=200).decode("ascii").strip() or None
        return None

    def _write_notebook(self, result):
        """The rebuilt notebook with its verdicts, for the form grader and feedback."""
        notebook = with_verdicts(result, self.releases[result.notebook])
        path = self.folders.autograded(result)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(f"{path}.partial", "w", encoding="utf-8") as stream:
            json.dump(notebook, stream, indent=1, ensure_ascii=False)
        os.replace(f"{path}.partial", path)


def save_marks(notebook, result):
    """Puts a result's marks into nbgrader's row of a submitted notebook.

    Args:
        notebook: An `nbgrader.api.SubmittedNotebook`.
        result: A `Result`.
    """
    for grade in notebook.grades:
        mark = result.marks.get(grade.name)
        if mark is not None:
            grade.auto_score = mark.score
            by_hand = grade.manual_score is not None
            grade.needs_manual_grade = mark.score is None or by_hand
    untouched = _untouched(result)
    for comment in notebook.comments:
        comment.auto_comment = "No response." if comment.name in untouched else None


def _untouched(result):
    """grade_ids of answers that stand as they were given out."""
    cells = (result.rebuilt or {"cells": []})["cells"]
    return {
        cell["metadata"]["nbgrader"]["grade_id"]
        for cell in cells
        if role(cell) == "answer" and cell["metadata"]["course"]["origin"] != "learner"
    }
