"""The table and the page say what was found, and nothing in them is live."""

import csv
import io

from course.grading.results import Mark, Result
from course.grading.run.page import page
from course.grading.run.report import Report

HOSTILE = "<script>alert(1)</script>"


def a_result(student, score, outcome="right", diagnosis=None, **more):
    mark = Mark(score, 4.0, outcome, diagnosis, message=HOSTILE)
    return Result(student, "unit", "book", marks={"first": mark}, **more)


def written(text):
    course = {"origin": "learner"}
    cell = {
        "cell_type": "code",
        "metadata": {"nbgrader": {"solution": True}, "course": course},
        "source": text,
    }
    return {"cells": [cell]}


RESULTS = [
    a_result("=cmd()", 4.0),
    a_result("bob", 1.0, "wrong_values", "not_scaled", rebuilt=written("x = 1 " * 80)),
    a_result("cleo", 0.0, "wrong_values", "not_scaled", rebuilt=written("x = 1 " * 80)),
    a_result("dan", None, "manual", anomalies=[HOSTILE]),
    a_result("eve", 0.0, "fault", fault={"reason": "link", "message": HOSTILE}),
]
REPORT = Report("unit", RESULTS)


def test_the_table_has_scores_and_mistakes():
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(REPORT.table()))}
    assert rows["bob"]["score"] == "1.0"
    assert rows["bob"]["first mistake"] == "not_scaled"
    assert rows["dan"]["first"] == ""
    assert rows["eve"]["remark"] == HOSTILE


def test_no_cell_of_the_table_is_a_formula():
    assert "'=cmd()" in REPORT.table()
    assert "\n=cmd()" not in REPORT.table()


def test_mistakes_are_counted():
    assert REPORT.mistakes()["first"][0] == ("not_scaled", 2)


def test_same_answers_are_shown_to_a_human():
    assert [names for _, names in REPORT.alike()] == [["bob", "cleo"]]
    told = dict(REPORT.odd())["bob, cleo"]
    assert "all answers are the same" in told


def test_nothing_on_the_page_is_live():
    text = page(REPORT)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "default-src 'none'" in text
    assert "to be graded by hand" in text


def test_an_empty_class_has_a_page():
    assert "No submission" in page(Report("unit", []))
