"""The one writer to nbgrader's gradebook and to its `notebook_of` directory."""

import contextlib
import json

from course.files import write_atomically
from course.grading.nbgrader.feedback import with_verdicts
from course.grading.nbgrader.penalties import LatePenalties
from course.grading.nbgrader.settings import nbgrader_settings
from course.grading.nbgrader.timestamps import read_timestamp
from course.kernel import SPECIFICATION
from course.notebooks.rebuild import role

_NOT_CONFIGURED = (
    "nbgrader's own autograde, form grader and feedback are not set up here: run "
    "`transformer-course course` on this folder"
)

PATIENCE = 60_000  # milliseconds that one writer waits for another


class GradebookWriter:
    """Puts results into a gradebook; doing so twice changes nothing.

    Args:
        folders: A `Folders` with a gradebook.
        unit: The unit's name.

    Attributes:
        gradebook: nbgrader's `Gradebook`.
        notes: What an instructor should know about how it was recorded; list of str.
    """

    def __init__(self, folders, unit):
        self.folders = folders
        self.unit = unit
        self.notes = []
        self.releases = folders.releases(unit)
        settings = nbgrader_settings(folders.root, folders.gradebook)
        if not settings.isolates:
            self.notes.append(_NOT_CONFIGURED)
        self.gradebook = settings.gradebook()
        self.penalties = LatePenalties(settings, self.gradebook, unit)
        with _one_commit(self.gradebook.db):
            self._prepare()

    def close(self):
        self.gradebook.close()

    def write(self, result):
        """Scores, comments and the autograded notebook of one result; commits."""
        with _one_commit(self.gradebook.db):
            submission, notebook = self._write_marks(result)
        self.penalties.assign(submission, notebook)  # over a connection of its own
        self._write_notebook(result)  # last: that it is there says that all is done

    def _write_marks(self, result):
        gradebook = self.gradebook
        gradebook.update_or_create_student(result.student)
        submission = gradebook.update_or_create_submission(self.unit, result.student)
        self._set_timestamp(submission)
        notebook = gradebook.find_submission_notebook(
            result.notebook, self.unit, result.student
        )
        save_marks(notebook, result)
        return submission, notebook

    def refresh(self):
        """Records what does not depend on grading: when it came, and what that costs.

        A timestamp may arrive, and a due date be set, after a submission was graded.
        """
        for submission in self.gradebook.assignment_submissions(self.unit):
            self._set_timestamp(submission)
            self.gradebook.db.commit()
            for notebook in submission.notebooks:
                self.penalties.assign(submission, notebook)

    def _prepare(self):
        """The unit's notebooks and cells, as `generate_assignment` would save them."""
        gradebook = self.gradebook
        gradebook.update_or_create_assignment(self.unit)
        for name, releases in self.releases.items():
            released = next(iter(releases.values()))
            # Whatever kernel a release was last saved with: see course/kernel.py.
            kernel = json.dumps(SPECIFICATION)
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

    def _set_timestamp(self, submission):
        """As its file says it; without a readable one what is recorded stays."""
        where = self.folders.path(self.folders.submitted)
        when, why = read_timestamp(where, submission.student.id, self.unit)
        if when is not None:
            submission.timestamp = when
        note = f"{submission.student.id}: {why}"
        if why and note not in self.notes:
            self.notes.append(note)

    def _write_notebook(self, result):
        """The rebuilt notebook with its verdicts, for the form grader and feedback."""
        notebook = with_verdicts(result, self.releases[result.notebook])
        path = self.folders.notebook_of(result)
        write_atomically(path, json.dumps(notebook, indent=1, ensure_ascii=False))


@contextlib.contextmanager
def _one_commit(database):
    """nbgrader commits row by row, and waits for the disk each time: here once.

    SQLite is locked before anything is read: another process may be about to enter the
    same unit, and would find it missing until this one is done.
    """
    from sqlalchemy import text

    if database.get_bind().dialect.name == "sqlite":
        database.execute(text(f"PRAGMA busy_timeout = {PATIENCE}"))
        database.execute(text("BEGIN IMMEDIATE"))
    database.commit = database.flush
    try:
        yield
    except BaseException:
        database.rollback()  # lets go of the lock, too
        raise
    finally:
        del database.commit
    database.commit()


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
    untouched = _find_untouched(result)
    for comment in notebook.comments:
        comment.auto_comment = "No response." if comment.name in untouched else None


def _find_untouched(result):
    """grade_ids of answers that stand as they were given out."""
    cells = (result.rebuilt or {"cells": []})["cells"]
    return {
        cell["metadata"]["nbgrader"]["grade_id"]
        for cell in cells
        if role(cell) == "answer" and cell["metadata"]["course"]["origin"] != "learner"
    }
