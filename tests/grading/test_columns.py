"""Tables for platforms: what each imports, and no formula, however it is read."""

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import CourseError
from course.grading.run.columns import FORMULA, as_csv, canvas, moodle, spreadsheet
from course.grading.run.report import Report, Standing
from course.grading.run.roster import read_roster

STANDINGS = {
    "1234": Standing(3.5, 0.5, 4.0, {"first": 3.5}, [], True),
    "77": Standing(4.0, 0.0, 4.0, {"first": 4.0}, [], True),
}
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,00_map (4711),Quiz (5)
    Points Possible,,,,,4.0,10.0
"Lovelace, Ada",1234,u1,ada,A,,7
"Turing, Alan",77,u2,alan,A,,8
"Hopper, Grace",88,u3,grace,A,,9
"""
MOODLE = """\ufeffIdentifier,"Full name",Grade,"Maximum grade","Last modified (grade)"
"Teilnehmer/in 1234","Ada Lovelace",,10.00,-
"Participant 77","Alan Turing",,10.00,-
"Participant 88","Grace Hopper",,10.00,-
"""
HOSTILE = st.text(
    st.sampled_from([*FORMULA, *" ,;\t|\"'\r\n", "a", "1", "é", "\u202e", "\0"]),
    max_size=12,
)


def roster(tmp_path, text):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    return read_roster(path, STANDINGS)


def report(names=()):
    return Report("00_map", [], STANDINGS, class_list=names)


def test_canvas_gets_its_own_export_back_with_one_column(tmp_path):
    table = roster(tmp_path, CANVAS)
    assert table.ids == "ID"
    rows = canvas(report(table.students()), table)
    heads = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert rows[0] == [*heads, "00_map (4711)"]
    assert rows[1][0].strip() == "Points Possible" and rows[1][-1] == 4.0
    by_id = {row[1]: row for row in rows[2:]}
    assert by_id["1234"] == ["Lovelace, Ada", "1234", "u1", "ada", "A", 3.0]
    assert by_id["88"][-1] == ""


def test_canvas_without_a_roster_has_the_ids():
    rows = canvas(report(), column="Unit 0 (9)")
    assert rows[0][-1] == "Unit 0 (9)"
    assert ["1234", "1234", "", "", "", 3.0] in rows


@pytest.mark.parametrize("word", ["Participant", "Teilnehmer/in"])
def test_moodle_gets_its_worksheet_back_with_grades(tmp_path, word):
    text = MOODLE.replace("Teilnehmer/in", word)
    table = roster(tmp_path, text)
    rows = moodle(report(table.students()), table)
    assert rows[0] == list(table.heads)
    assert [f"{word} 1234", "Ada Lovelace", 3.0, "10.00", "-"] in rows
    assert ["Participant 88", "Grace Hopper", "", "10.00", "-"] in rows


def test_moodle_without_a_roster_has_what_its_importer_needs():
    rows = moodle(report())
    row = dict(zip(rows[0], rows[1]))
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(row)
    assert row["Identifier"] == "Participant 1234" and row["Grade"] == 3.0


def test_any_table_can_be_the_roster(tmp_path):
    table = roster(tmp_path, "name;mail;who\nAda;a@x;1234\nGrace;g@x;88\nAlan;t@x;77\n")
    assert table.ids == "who"
    rows = spreadsheet(report(table.students()), table)
    grace = next(row for row in rows if row[0] == "Grace")
    assert grace[:5] == ["Grace", "g@x", "88", "88", 0.0]
    assert "not handed in" in grace


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n"])
def test_a_roster_of_somebody_else_is_refused(tmp_path, text):
    with pytest.raises(CourseError, match="no column of"):
        roster(tmp_path, text)


@settings(max_examples=400, deadline=None)
@given(HOSTILE, HOSTILE)
def test_no_cell_is_a_formula_whatever_separates_cells(name, text):
    written = as_csv([[name, 1.5, text], ["x", -2.0, text]])
    rows = [*csv.reader(io.StringIO(written, newline=""))]
    split = [cell for sep in ",;\t|" for cell in _cells(written, sep)]
    naive = re.split(r"[,;\t|\r\n\"]+", written)
    for cell in [*(c for row in rows for c in row), *split, *naive]:
        bare = cell.strip().strip('"').strip()
        assert bare in ("-2.0", "") or bare[0] not in FORMULA


def _cells(text, separator):
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return [cell for row in reader for cell in row]


def test_the_formula_of_a_semicolon_is_text():
    assert as_csv([["ada;=1+1;x"]]) == "ada;'=1+1;x\n"
