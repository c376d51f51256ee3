"""The gradebook is what counts: times, penalties, and what the journal says of it."""

import logging
import shutil
from datetime import datetime

import pytest

from course.grading.nbgrader.comparison import differences
from course.grading.nbgrader.gradebook import GradebookWriter
from course.grading.nbgrader.scores import recorded_scores
from course.grading.nbgrader.settings import nbgrader_settings
from course.grading.nbgrader.timestamps import set_aside_unreadable
from course.grading.results import Mark, Result
from course.grading.run.folders import Folders
from tests.grading import courses

# nbgrader 0.9.6 under SQLAlchemy 2.1.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

POINTS = 12.0
CONFIGURATION = """
from course.grading.nbgrader.configuration import configure

c = get_config()
configure(c)
c.AssignLatePenalties.plugin_class = "half_off.HalfOff"
"""
PLUGIN = """
from nbgrader.plugins import LateSubmissionPlugin

class HalfOff(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 2 if total_seconds_late > 60 else None
"""
DUE = datetime(2026, 11, 20, 18)
UNREADABLE = ("", "tomorrow", "99999999999999999999", "\ufeff", "2026-13-01", "1 " * 90)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A course with an empty gradebook, which takes nbgrader seconds to make."""
    folder = courses.make(tmp_path_factory.mktemp("made"), {"ada": "x", "bob": "x"})
    (folder / "nbgrader_config.py").write_text(CONFIGURATION)
    (folder / "half_off.py").write_text(PLUGIN)
    _writer(folder).close()
    return folder


def _writer(folder):
    released = (str(folder / "exercises"),)
    return GradebookWriter(Folders(str(folder), released), courses.UNIT)


@pytest.fixture
def course(made, tmp_path):
    return shutil.copytree(made, tmp_path / "class")


@pytest.fixture
def writer(course):
    writer = _writer(course)
    yield writer
    writer.close()


def result(student, score):
    check = courses.released()["cells"][-1]["metadata"]["nbgrader"]
    marks = {check["grade_id"]: Mark(score, POINTS, "right")}
    return Result(student, courses.UNIT, courses.NOTEBOOK, marks=marks)


def stamp(course, student, text):
    place = course / "submitted" / student / courses.UNIT / "timestamp.txt"
    place.write_text(text, encoding="utf-8")


def standing(course, student):
    return recorded_scores(str(course), courses.UNIT)[student]


def due(writer):
    assignment = writer.gradebook.find_assignment(courses.UNIT)
    assignment.duedate = DUE
    writer.gradebook.db.commit()


def test_the_configured_plugin_says_what_late_work_costs(course, writer):
    due(writer)
    stamp(course, "ada", "2026-11-20 18:02:00 UTC")
    stamp(course, "bob", "2026-11-20 18:00:30 UTC")
    for student in ("ada", "bob"):
        writer.write(result(student, POINTS))
    assert standing(course, "ada").score == POINTS / 2
    assert standing(course, "bob").score == POINTS


def test_a_time_and_a_due_date_may_come_later(course, writer):
    writer.write(result("ada", POINTS))
    stamp(course, "ada", "2026-11-21 10:00:00 UTC")
    writer.refresh()
    assert standing(course, "ada").score == POINTS
    due(writer)
    writer.refresh()
    assert standing(course, "ada").penalty == POINTS / 2
    stamp(course, "ada", "2026-11-19 10:00:00 UTC")
    writer.refresh()
    assert standing(course, "ada").penalty == 0


@pytest.mark.parametrize("text", UNREADABLE)
def test_an_unreadable_time_keeps_nobody_out(course, writer, text):
    stamp(course, "ada", text)
    writer.write(result("ada", POINTS))
    writer.refresh()
    assert standing(course, "ada").score == POINTS
    notes = [note for note in writer.notes if "timestamp.txt" in note]
    assert len(notes) == bool(text)


@pytest.mark.parametrize("text", UNREADABLE[1:])
def test_nbgrader_meets_no_time_that_it_cannot_read(course, text, caplog):
    stamp(course, "ada", text)
    folder = course / "submitted" / "ada" / courses.UNIT
    set_aside_unreadable(str(folder), logging.getLogger())
    assert not (folder / "timestamp.txt").exists()
    assert (folder / ".timestamp.txt.unreadable").exists()


def test_scores_by_hand_and_extra_credit_count(course, writer):
    writer.write(result("ada", 3.0))
    place = courses.NOTEBOOK, courses.UNIT, "ada"
    (grade,) = writer.gradebook.find_submission_notebook(*place).grades
    grade.manual_score, grade.extra_credit = 7.0, 2.5
    writer.gradebook.db.commit()
    writer.write(result("ada", 4.0))
    assert standing(course, "ada").score == 9.5
    results = [result("ada", 4.0)]
    assert differences(writer.gradebook, courses.UNIT, results) == []


def test_a_difference_is_said(course, writer):
    writer.write(result("ada", 3.0))
    results = [result("ada", 4.0), result("cleo", 1.0)]
    said = differences(writer.gradebook, courses.UNIT, results)
    assert "the journal has 4, the gradebook 3" in said[0]
    assert said[1].startswith("cleo") and "not in the gradebook" in said[1]
    many = [result(f"s{number}", 1.0) for number in range(99)]
    assert len(differences(writer.gradebook, courses.UNIT, many)) == 21


def test_without_a_gradebook_there_are_no_scores_and_none_is_made(tmp_path):
    assert recorded_scores(str(tmp_path), courses.UNIT) == {}
    assert not (tmp_path / "gradebook.db").exists()


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///gradebook.db", "{root}/gradebook.db"),
        ("sqlite:///sub/other.db", "{root}/sub/other.db"),
        ("sqlite:////elsewhere/g.db", "/elsewhere/g.db"),
        ("", "{root}/gradebook.db"),
    ],
)
def test_a_relative_gradebook_lies_in_the_courses_folder(tmp_path, url, path):
    """nbgrader's commands are run there; ours, and their processes, need not be."""
    line = f"c.CourseDirectory.db_url = {url!r}\n" if url else ""
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\n{line}")
    expected = "sqlite:///" + path.format(root=tmp_path)
    assert nbgrader_settings(tmp_path).database == expected
