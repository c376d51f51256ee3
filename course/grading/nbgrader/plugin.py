"""`nbgrader autograde` with our verdicts: what nbgrader's lists are filled with.

c.Autograde.exporter_class = "course.grading.nbgrader.plugin.RebuildingExporter"
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = [
    "course.grading.nbgrader.plugin.GradeIsolated",
    "course.grading.nbgrader.plugin.SaveVerdicts",
    "nbgrader.preprocessors.AssignLatePenalties",
]
"""

import functools
import os

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Dict, Unicode

from course.grading.nbgrader.assignments import take_in
from course.grading.nbgrader.feedback import with_verdicts
from course.grading.nbgrader.gradebook import GradebookWriter, save_marks
from course.grading.nbgrader.timestamps import set_aside_unreadable
from course.grading.run.folders import Folders
from course.grading.run.jobs import job
from course.grading.run.secret import default_path, secret
from course.grading.run.settings import refuse_readable, settings
from course.grading.run.single import Single
from course.paths import exercises_folder


def folders_of(coursedir):
    """The `Folders` of nbgrader's own course directory."""
    root = os.path.abspath(coursedir.root)
    return Folders(
        root=root,
        released=(os.path.join(root, "exercises"), str(exercises_folder())),
        submitted=coursedir.submitted_directory,
        gradebook=coursedir.db_url,
    )


class RebuildingExporter(NotebookExporter):
    """Starts from the release: a submission itself is parsed nowhere here.

    `nbgrader autograde` makes its exporter before it looks at any submission: so the
    unit is entered into the gradebook here, should `grade` not have done so yet.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        directory = getattr(self.parent, "coursedir", None)
        if directory is not None:
            _enter(folders_of(directory), directory.assignment_id)
            take_in(self.parent, folders_of(directory))
            for folder in getattr(self.parent, "assignments", ()):
                set_aside_unreadable(os.path.abspath(folder), self.log)

    def from_filename(self, filename, resources=None, **options):
        if not getattr(self.parent, "_sanitizing", False):
            return super().from_filename(filename, resources=resources, **options)
        # What was handed in is read where it is graded, in isolation; see below.
        place = resources["nbgrader"]
        folders = folders_of(self.parent.coursedir)  # type: ignore[union-attr]
        releases = folders.releases(place["assignment"])[place["notebook"]]
        notebook = nbformat.from_dict(next(iter(releases.values())))
        return self.from_notebook_node(notebook, resources=resources, **options)


class GradeIsolated(NbGraderPreprocessor):
    """Grades the submission in isolation and shows the verdicts in its notebook."""

    isolation = Unicode("auto", help="as in `transformer-course grade`").tag(
        config=True
    )
    secret = Unicode("", help="file with the secret of the seeds").tag(config=True)
    limits = Dict(help="seconds for cells, exercises, notebooks").tag(config=True)

    def preprocess(self, nb, resources):
        place = resources["nbgrader"]
        folders = folders_of(self.parent.parent.coursedir)
        unit, notebook = place["assignment"], place["notebook"]
        secret_path = self.secret or default_path()
        refuse_readable(folders.root, secret_path)
        single = _single(
            self.isolation,
            folders,
            unit,
            secret(secret_path),
            tuple(sorted(self.limits.items())),
        )
        result = single.grade(job(folders, unit, place["student"], notebook))
        releases = folders.releases(unit)[notebook]
        resources["course_result"] = result
        return nbformat.from_dict(with_verdicts(result, releases)), resources


class SaveVerdicts(NbGraderPreprocessor):
    """Scores come from the verdicts, never from a cell's output."""

    def preprocess(self, nb, resources):
        place = resources["nbgrader"]
        with Gradebook(place["db_url"]) as gradebook:
            notebook = gradebook.find_submission_notebook(
                place["notebook"], place["assignment"], place["student"]
            )
            save_marks(notebook, resources["course_result"])
            gradebook.db.commit()
        return nb, resources


@functools.lru_cache(maxsize=8)
def _enter(folders, unit):
    GradebookWriter(folders, unit).close()


_at_work: list[Single] = []  # at most one, for whatever units are graded here


def begin():
    """Starts importing TensorFlow, for a submission that will soon be graded here."""
    if not _at_work:
        _at_work.append(Single(settings("", {}, b"")))
        _at_work[0].begin()


@functools.lru_cache(maxsize=1)
def _single(isolation, folders, unit, key, limits):
    releases = folders.releases(unit)
    made = settings(unit, releases, key, level=isolation, limits=limits)
    if not _at_work:
        _at_work.append(Single(made))
    _at_work[0].go_on(made)
    return _at_work[0]
