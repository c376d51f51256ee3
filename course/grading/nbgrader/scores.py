"""What counts: a unit's scores as the gradebook has them, and `nbgrader export` too."""

import contextlib

from nbgrader.api import MissingEntry

from course.grading.nbgrader.settings import nbgrader_settings
from course.grading.run.report import Standing


def recorded_scores(root: str, unit: str, database: str = "") -> dict[str, Standing]:
    """student -> `Standing`, for everybody in the gradebook; empty if there is none.

    Args:
        root: The course's folder.
        unit: The unit's name.
        database: URL of the gradebook; "" for the configured one.
    """
    settings = nbgrader_settings(root, database)
    if not settings.has_gradebook():
        return {}
    with contextlib.closing(settings.gradebook()) as gradebook:
        try:
            most = gradebook.find_assignment(unit).max_score
        except MissingEntry:
            return {}
        found = {student.id: Standing(most=most) for student in gradebook.students}
        for submission in gradebook.assignment_submissions(unit):
            one = found[submission.student.id]
            one.handed_in = True
            one.raw = submission.score
            one.penalty = submission.late_submission_penalty or 0.0
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    one.exercises[grade.name] = grade.score
                    if grade.needs_manual_grade:
                        one.by_hand.append(grade.name)
        return found
