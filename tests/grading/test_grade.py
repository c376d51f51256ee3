"""The command `grade`, from files handed in to the gradebook and the report."""

import json
import os

import pytest

from course.checks import exercise
from tests.grading import courses

DEFINED = exercise(courses.NAME)
POINTS = DEFINED.points


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    elsewhere = folder / "elsewhere.ipynb"
    elsewhere.write_text(courses.answered(DEFINED.reference))
    right = courses.answered(DEFINED.alternatives["softmax_by_hand"])
    courses.make(
        folder,
        {
            "ada": right,
            "bob": courses.answered(DEFINED.misconceptions["not_scaled"]),
            "cleo": courses.answered(None),
            "dora": right[: right.rindex('"points"')],
            "eve": elsewhere,
            "fay": "this is no notebook",
            "gus": None,
        },
    )
    first = courses.grade(folder, "-j", "2")
    return folder, first


def test_every_submission_has_its_score(graded):
    folder, _ = graded
    known = courses.scores(folder)
    wrong = known.pop("bob")
    assert wrong < POINTS
    assert known == {
        "ada": POINTS,
        "cleo": 0,
        "dora": POINTS,
        "eve": 0,
        "fay": 0,
        "gus": 0,
    }


def test_the_gradebook_has_the_same_scores(graded):
    folder, _ = graded
    assert courses.gradebook(folder) == courses.scores(folder)


def test_mistakes_and_faults_have_their_reasons(graded):
    folder, _ = graded
    results = courses.journal(folder)
    (bob,) = results["bob"]["marks"].values()
    assert bob["diagnosis"] == "not_scaled"
    reasons = {s: r["fault"]["reason"] for s, r in results.items() if r["fault"]}
    assert reasons == {"eve": "link", "fay": "not-json", "gus": "missing"}


def test_the_first_verdicts_come_with_an_estimate(graded):
    _, printed = graded
    assert "7/7 graded" in printed


def test_the_autograded_notebook_shows_the_verdict_and_no_seed(graded):
    folder, _ = graded
    path = folder / "autograded" / "bob" / courses.UNIT / f"{courses.NOTEBOOK}.ipynb"
    notebook = json.loads(path.read_text())
    shown = json.dumps(notebook["cells"][3]["outputs"])
    assert "square root" in shown
    assert "text/html" in shown


def test_the_report_is_written(graded):
    folder, _ = graded
    courses.run_here(folder, "report", courses.UNIT)
    table = (folder / "reports" / f"{courses.UNIT}.csv").read_text().splitlines()
    assert len(table) == 8
    assert table[2].startswith("bob,")
    assert "not_scaled" in table[2]
    page = (folder / "reports" / f"{courses.UNIT}.html").read_text()
    assert "not_scaled" in page
    assert "<script" not in page


def test_what_is_graded_is_not_graded_again_and_what_is_new_is(graded):
    folder, _ = graded
    names = os.listdir(folder / "submitted")
    place = folder / ".grading" / courses.UNIT / courses.NOTEBOOK
    before = {name: (place / f"{name}.json").stat().st_mtime_ns for name in names}
    courses.hand_in(folder, "gus", courses.answered(DEFINED.reference))
    printed = courses.grade(folder)
    assert "1/1 graded" in printed
    assert courses.scores(folder)["gus"] == POINTS
    assert courses.gradebook(folder)["gus"] == POINTS
    after = {name: (place / f"{name}.json").stat().st_mtime_ns for name in names}
    assert {name for name in names if before[name] != after[name]} == {"gus"}
    printed = courses.grade(folder, "--student", "ada", "--exercise", courses.NAME)
    assert "1/1 graded" in printed
    assert courses.scores(folder)["ada"] == POINTS
    printed = courses.run_here(folder, "grade", courses.UNIT)
    assert "none of them new or changed" in printed and "graded" not in printed


def test_only_the_owner_can_read_the_secret(graded):
    folder, _ = graded
    path = folder / "config" / "transformer-course" / "secret"
    assert path.stat().st_mode & 0o777 == 0o600
    text = "".join(json.dumps(r) for r in courses.journal(folder).values())
    assert path.read_bytes().hex() not in text
