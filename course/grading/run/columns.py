"""A unit's scores in the columns that a learning platform or a spreadsheet takes."""

import csv
import io
import re

from course.errors import CourseError
from course.grading.limit_messages import in_words

FORMULA = "=+-@＝＋－＠"
# Where a spreadsheet may begin a cell: at a start, and after whatever it takes for a
# separator, whether that is a comma, a semicolon or a tab there.
_BEGINS = re.compile(rf"(^|[,;|\t\r\n\"'])(\s*)(?=[{re.escape(FORMULA)}])")
_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_MOODLE = (
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum grade",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
)


def spreadsheet(report, roster=None, column=""):
    """A row a student: scores, penalty, remarks, and each exercise with its mistake.

    Args:
        report: A `Report`.
        roster: A `Roster`, or None; its columns stand first.
        column: Not used: every column has its own name.

    Returns:
        Rows, the names of the columns first.
    """
    ids = report.grade_ids()
    heads = [head for name in ids for head in (name, f"{name} mistake")]
    fixed = ["student", "score", "points", "raw score", "late penalty", "remark"]
    extra = [head for head in (roster.heads if roster else ()) if head not in fixed]
    rows = [[*extra, *fixed, *heads]]
    known = roster.students() if roster else {}
    for student, standing in report.standings.items():
        marks = {n: m for r in report.students[student] for n, m in r.marks.items()}
        cells = []
        for name in ids:
            mark = marks.get(name)
            score = standing.exercises.get(name, "")
            undecided = mark is not None and mark.score is None and not score
            cells += ["" if undecided else score, _mistake(mark)]
        row = known.get(student, {})
        totals = [standing.score, standing.most, standing.raw, standing.penalty]
        first = [row.get(head, "") for head in extra]
        rows.append([*first, student, *totals, _remark(report, student), *cells])
    return rows


def canvas(report, roster=None, column=""):
    """What Canvas' gradebook imports; best with its own export as the roster.

    Args:
        report, roster: As for `spreadsheet`.
        column: Of the assignment, as Canvas has it: "Unit 3 (4711)"; else the unit's
            name, with which Canvas makes a new assignment.
    """
    heads = [head for head in _CANVAS if not roster or head in roster.heads]
    column = column or _column(report.unit, roster)
    most = max((s.most for s in report.standings.values()), default=0)
    points = ["    Points Possible", *[""] * (len(heads) - 1), most]
    rows = [[*heads, column], points]
    known = roster.students() if roster else {}
    for student, standing in report.standings.items():
        if roster and student not in known:
            continue
        given = {"Student": student, "ID": student}
        row = known.get(student, given)
        rows.append([*(row.get(head, "") for head in heads), _score_of(standing)])
    return rows


def moodle(report, roster=None, column=""):
    """Moodle's grading worksheet; best with the downloaded one as the roster.

    Args:
        report, roster: As for `spreadsheet`.
        column: With the scores; "Grade" unless the site is in another language.
    """
    heads = roster.heads if roster else _MOODLE
    column = column or "Grade"
    if column not in heads:
        raise CourseError(
            f"the roster has no column {column!r}; say with --column which one holds "
            f"the scores: {', '.join(heads)}"
        )
    known = roster.students() if roster else {}
    rows = [list(heads)]
    for student, standing in report.standings.items():
        if roster and student not in known:
            continue
        given = {"Identifier": f"Participant {student}", "Maximum grade": standing.most}
        row = {**known.get(student, given), column: _score_of(standing)}
        rows.append([row.get(head, "") for head in heads])
    return rows


FORMS = {"spreadsheet": spreadsheet, "canvas": canvas, "moodle": moodle}


def as_csv(rows):
    """Rows as CSV text in which no cell can be a formula, whatever separates cells."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return stream.getvalue()


def _harmless(value):
    """Spreadsheets run what begins like a formula; an apostrophe makes it text."""
    if isinstance(value, str):
        return _BEGINS.sub(r"\1\2'", value.replace("\0", ""))
    return value


def _column(unit, roster):
    """The unit's column in a Canvas export: "03_attention (4711)" or the bare name."""
    for head in roster.heads if roster else ():
        if re.fullmatch(rf"{re.escape(unit)}(?: \(\d+\))?", head):
            return head
    return unit


def _score_of(standing):
    """Nothing for who handed nothing in: a platform has rules of its own for that."""
    return standing.score if standing.handed_in else ""


def _mistake(mark):
    return (mark.diagnosis or mark.outcome) if mark else ""


def _remark(report, student):
    if not report.standings[student].handed_in:
        return "not handed in"
    results = report.students[student]
    remarks = [r.fault["message"] for r in results if r.fault]
    remarks += [in_words(r.limits) for r in results if r.limits]
    if report.standings[student].by_hand:
        remarks.append("to be looked at by hand")
    return "; ".join(remarks)
