"""nbgrader's own command, filled with our lists, gives the same verdicts."""

from datetime import datetime

import pytest

from course.checks import exercise
from course.grading.nbgrader.scores import recorded_scores
from course.grading.nbgrader.settings import nbgrader_settings
from tests.grading import courses

DEFINED = exercise(courses.NAME)
CONFIGURATION = """
from course.grading.nbgrader.configuration import configure

c = get_config()
configure(c)
c.CourseDirectory.source_directory = "exercises/en"
c.CourseDirectory.db_url = "sqlite:///gradebook.db"
c.LateSubmissionPlugin.penalty_method = "zero"
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nbgrader")
    right = courses.answered(DEFINED.reference)
    skipped = courses.answered(None).replace(
        '"metadata": {', '"metadata": {"tags": ["skip-execution"], '
    )
    courses.make(
        folder,
        {
            "ada": right,
            "bob": courses.answered(DEFINED.misconceptions["not_scaled"]),
            "cleo": skipped,
            "dora": right[: right.rindex('"points"')],
            "fay": "this is no notebook",
        },
    )
    (folder / "nbgrader_config.py").write_text(CONFIGURATION)
    # Nothing was graded before, and nobody has entered the unit into a gradebook.
    ran = courses.command_of_nbgrader(folder, "autograde", courses.UNIT, "--create")
    assert ran.returncode == 0, ran.stderr[-3000:]
    return folder


def test_scores_are_those_of_the_isolated_verdicts(graded):
    scores = courses.gradebook(graded)
    assert 0 <= scores.pop("bob") < DEFINED.points
    full = DEFINED.points
    assert scores == {"ada": full, "cleo": 0, "dora": full, "fay": 0}


def test_feedback_has_the_diagnosis_and_no_script(graded):
    ran = courses.command_of_nbgrader(graded, "generate_feedback", courses.UNIT)
    assert ran.returncode == 0, ran.stderr[-3000:]
    folder = graded / "feedback" / "bob" / courses.UNIT
    page = (folder / f"{courses.NOTEBOOK}.html").read_text()
    assert "square root" in page
    assert "onerror" not in page
    assert 'class="course-card partly"' in page and ".course-card.partly" in page


# What late work costs, in every run: test_recording.py.
@pytest.mark.full
def test_late_work_costs_the_same_on_both_roads(graded):
    """And a time that nobody can read keeps nobody out on either."""
    with nbgrader_settings(graded).gradebook() as book:
        book.find_assignment(courses.UNIT).duedate = datetime(2026, 11, 20)
        book.db.commit()
    for student, text in {"ada": "2026-11-21 09:00:00 UTC", "dora": "soon"}.items():
        place = graded / "submitted" / student / courses.UNIT
        (place / "timestamp.txt").write_text(text)
    ran = courses.command_of_nbgrader(graded, "autograde", courses.UNIT, "--force")
    assert ran.returncode == 0, ran.stderr[-3000:]
    by_nbgrader = recorded_scores(str(graded), courses.UNIT)
    assert by_nbgrader["ada"].penalty == DEFINED.points
    assert by_nbgrader["ada"].score == 0
    assert by_nbgrader["dora"].score == DEFINED.points
    said = courses.grade(graded)
    assert "the journal has" not in said
    assert recorded_scores(str(graded), courses.UNIT) == by_nbgrader
