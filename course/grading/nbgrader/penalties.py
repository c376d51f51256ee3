"""Penalties for late work, by nbgrader's preprocessor and its configured plug-in."""

from nbformat.v4 import new_notebook
from nbgrader.preprocessors import AssignLatePenalties


class LatePenalties:
    """What `nbgrader autograde` would take off a submission that came late.

    Args:
        settings: `NbgraderSettings` of the course.
        gradebook: nbgrader's `Gradebook`, with nothing uncommitted when it is used.
        unit: The unit's name.
    """

    def __init__(self, settings, gradebook, unit):
        self.preprocessor = AssignLatePenalties(config=settings.config)
        self.gradebook = gradebook
        self.place = {"assignment": unit, "db_url": settings.database}

    def assign(self, submission, notebook):
        """Sets the penalty of a submitted notebook, or takes it back."""
        late = submission.total_seconds_late > 0
        if late or notebook.late_submission_penalty is not None:
            place = {"student": submission.student.id, "notebook": notebook.name}
            resources = {"nbgrader": {**self.place, **place}}
            self.preprocessor.preprocess(new_notebook(), resources)
            self.gradebook.db.expire_all()
