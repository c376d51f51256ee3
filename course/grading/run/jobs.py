"""Jobs: one notebook of one student, as plain data that can travel anywhere."""

import json

from course.grading.run.intake import read_submission
from course.grading.run.journal import digest
from course.notebooks.fault import Fault
from course.notebooks.rebuild import role


def job(folders, unit, student, notebook, only=()):
    """What a worker needs to grade one notebook.

    Args:
        folders: A `Folders`.
        unit, student, notebook: Names.
        only: grade_ids to examine; all if empty.

    Returns:
        A dict: the names, "only", "text" (as handed in), "notes" (on how it was
        found), "fault" (None, or why there is no text).
    """
    text, notes, fault = "", [], None
    try:
        where = folders.path(folders.submitted)
        text, notes = read_submission(where, student, unit, notebook)
    except Fault as found:
        fault = {"reason": found.reason, "message": found.message}
    return {
        "student": student,
        "unit": unit,
        "notebook": notebook,
        "only": list(only),
        "text": text,
        "notes": notes,
        "fault": fault,
    }


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
