"""A class's submissions as a learning platform's zip has them."""

import json
import zipfile

from course.building.classroom import Submission


def canvas(number, submission, name):
    late = "LATE_" if number % 5 == 4 else ""
    return f"{submission.student}test_{late}{number + 100}_{number + 9000}_{name}"


def moodle(number, submission, name):
    return f"{submission.student} Ñandú_{number + 100}_assignsubmission_file/{name}"


def moodle_flat(number, submission, name):
    return f"{submission.student} Ñandú_{number + 100}_assignsubmission_file_{name}"


def blackboard(number, submission, name):
    when = f"2026-11-{number % 28 + 1:02d}-09-30-07"
    return f"Unit {submission.unit}_{submission.student}_attempt_{when}_{name}"


def classroom(number, submission, name):
    return f"{submission.unit}/{submission.student.title()} Byron - {name}"


def by_number(number, submission):
    return str(number + 100)


def by_user_name(number, submission):
    return submission.student


def by_full_name(number, submission):
    return f"{submission.student.title()} Byron"


# What a platform calls a file, and what its pattern makes of the student.
PLATFORMS = {
    "canvas": ("canvas", canvas, by_number),
    "moodle": ("moodle", moodle, by_number),
    "moodle, not as folders": ("moodle", moodle_flat, by_number),
    "blackboard": ("blackboard", blackboard, by_user_name),
    "classroom": ("classroom", classroom, by_full_name),
}


def write(path, submissions: list[Submission], kind):
    """Writes the zip; gives student as collected -> `Submission`."""
    _, named, student = PLATFORMS[kind]
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for number, submission in enumerate(submissions):
            for name, notebook in submission.notebooks.items():
                place = named(number, submission, name)
                archive.writestr(place, json.dumps(notebook))
    return {student(n, one): one for n, one in enumerate(submissions)}
