"""The table and the page say what was found, and nothing in them is live."""

import csv
import io
import re

from course.grading.results import Mark, Result
from course.grading.run.columns import as_csv, spreadsheet
from course.grading.run.page import page
from course.grading.run.report import Report, Standing

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


def table(report):
    text = as_csv(spreadsheet(report))
    return {row["student"]: row for row in csv.DictReader(io.StringIO(text))}


def test_the_table_has_scores_and_mistakes():
    rows = table(REPORT)
    assert rows["bob"]["score"] == "1.0"
    assert rows["bob"]["first mistake"] == "not_scaled"
    assert rows["dan"]["first"] == ""
    assert rows["eve"]["remark"] == HOSTILE


def test_the_gradebook_counts_and_not_the_journal():
    standings = {
        "bob": Standing(3.5, 0.5, 4.0, {"first": 3.5}, [], True),
        "zoe": Standing(most=4.0),
    }
    report = Report("unit", RESULTS, standings, class_list=["yan", "bob"])
    rows = table(report)
    assert rows["bob"]["score"] == "3.0"
    assert rows["bob"]["raw score"] == "3.5"
    assert rows["bob"]["late penalty"] == "0.5"
    assert rows["bob"]["first"] == "3.5"
    assert rows["bob"]["first mistake"] == "not_scaled"
    assert {n for n, row in rows.items() if row["remark"] == "not handed in"} == {
        "yan",
        "zoe",
    }
    assert report.absent() == ["yan", "zoe"]
    text = page(report)
    assert "Handed in nothing" in text and "<bdi>yan</bdi>; <bdi>zoe</bdi>" in text
    assert len(report.totals()) == len(RESULTS)


def test_a_name_that_turns_the_text_turns_no_other():
    names = ["a\u202egrade", "bob", "cleo"]
    results = [
        Result(
            n, "unit", "book", notes=["mended"], marks={"first": Mark(1.0, 4.0, "x")}
        )
        for n in names
    ]
    text = page(Report("unit", results))
    outside = re.sub(r"<bdi>[^<]*</bdi>", "", text)
    assert "\u202e" in text and "\u202e" not in outside
    assert "<bdi>a\u202egrade</bdi>; <bdi>bob</bdi>; <bdi>cleo</bdi>" in text


def test_mistakes_are_counted():
    assert REPORT.mistakes()["first"][0] == ("not_scaled", 2)


def test_same_answers_are_shown_to_a_human():
    assert [names for _, names in REPORT.alike()] == [["bob", "cleo"]]
    told = dict(REPORT.odd())
    assert "all answers are the same" in told["bob"] == told["cleo"]


def test_nothing_on_the_page_is_live():
    text = page(REPORT)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "default-src 'none'" in text
    assert "to be graded by hand" in text


def test_an_empty_class_has_a_page():
    assert "No submission" in page(Report("unit", []))
