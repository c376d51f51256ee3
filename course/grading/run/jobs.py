"""Jobs: one notebook of one student, as plain data that can travel anywhere."""

import base64
import json

from course.grading.run.intake import read_bytes
from course.grading.run.journal import digest
from course.notebooks.fault import Fault
from course.notebooks.printable import printable_line
from course.notebooks.rebuild import role


def job(folders, unit, student, notebook, only=()):
    """What a worker needs to grade one notebook.

    Args:
        folders: A `Folders`.
        unit, student, notebook: Names.
        only: grade_ids to examine; all if empty.

    Returns:
        A dict: the names, "only", "submission" (see `course.notebooks.reading`), and
        "fault" (None, or why there is nothing to read).
    """
    submission, fault = {}, None
    try:
        submission = submission_of(folders, unit, student, notebook)
    except Fault as found:
        fault = {"reason": found.reason, "message": printable_line(found.message, 500)}
    return {
        "student": student,
        "unit": unit,
        "notebook": notebook,
        "only": list(only),
        "submission": submission,
        "fault": fault,
    }


def submission_of(folders, unit, student, notebook):
    """The files that may be a notebook, and those that are to lie beside it.

    Raises:
        Fault: There is none.
    """
    root = folders.path(folders.submitted)
    found = folders.catalog(unit).find(root, student)
    candidates, handed_in = found.candidates(notebook), found.handed_in
    if not candidates:
        try:
            read_bytes(root, student, unit, f"{notebook}.ipynb")
        except Fault as fault:
            if fault.reason != "missing":
                raise
        raise Fault("missing", _missing(unit, notebook, handed_in))
    return {
        "exact": found.exact(notebook),
        "candidates": [_as_text(file) for file in candidates],
        "files": [_as_text(file) for file in handed_in.files],
        "left_out": dict(handed_in.left_out),
    }


def _as_text(file):
    return {"path": file.path, "data": base64.b64encode(file.data).decode()}


def _missing(unit, notebook, handed_in):
    there = [file.path for file in (*handed_in.notebooks, *handed_in.files)]
    there += [f"{path} ({why})" for path, why in handed_in.left_out.items()]
    told = f"{unit}/{notebook}.ipynb was not handed in"
    shown = ", ".join(printable_line(path, 60) for path in there[:6])
    return f"{told}; there is: {shown}" if there else told


def digests_of(job, releases, sources):
    """What each mark of a job's result depends on, by short names.

    Args:
        job: What `job` gave.
        releases: {language: released notebook} of its notebook.
        sources: `Sources` of the course.

    Returns:
        A dict grade_id -> {"submission", "release", "check", "course"}; the grade_id
        "" stands for the notebook as a whole.
    """
    handed_in = {name: value for name, value in job.items() if name != "only"}
    whole = {
        "submission": digest(json.dumps(handed_in, sort_keys=True)),
        "release": digest(json.dumps(releases, sort_keys=True)),
        "course": sources.course,
    }
    ids = points_of(releases)
    return {"": whole, **{i: {**whole, "check": sources.check(i)} for i in ids}}


def points_of(releases):
    """grade_id -> points of the checks of a released notebook."""
    cells = next(iter(releases.values()))["cells"]
    flags = [c["metadata"]["nbgrader"] for c in cells if role(c) == "check"]
    return {flag["grade_id"]: float(flag["points"]) for flag in flags}
