"""Each limit that a submission meets is named, in both languages."""

import pytest

from course.grading.limit_messages import in_words, lost_message
from course.grading.nbgrader.feedback import with_verdicts
from course.grading.results import Mark, Result
from course.grading.run.columns import spreadsheet
from course.grading.run.page import page
from course.grading.run.report import Report
from course.grading.worker.runners import RunnerDied
from course.messages import LANGUAGES, catalogue
from tests.grading.unit import EXERCISE, RELEASED, RIGHT, handed_in

ID = EXERCISE.grade_id
TOO_LARGE = """
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
open("big", "wb").write(bytes(200 << 20))
"""
DEAF = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
while True:
    pass
"""
FULL = """
import time
for n in range(3):
    open(f"big{n}", "wb").write(bytes(100 << 20))
time.sleep(8)
"""


@pytest.mark.parametrize("fork_server", ["landlock"], indirect=True)
def test_a_process_that_a_file_has_ended_is_told(runners):
    """The first process of a namespace is not ended by this signal."""
    runner = runners.start()
    with pytest.raises(RunnerDied, match="ended"):
        runner.cell(TOO_LARGE, "<cell 1>", 20)
    assert runner.close()["limits"] == ["file"]


@pytest.mark.parametrize("fork_server", ["landlock"], indirect=True)
def test_a_full_directory_is_told(runners):
    runner = runners.start()
    with pytest.raises(RunnerDied, match="ended"):
        runner.cell(FULL, "<cell 1>", 20)
    assert runner.close()["limits"] == ["disk"]


@pytest.mark.parametrize(
    "source, seconds, name",
    [
        ("while True:\n    pass", 0.3, "cell"),
        ("print('x' * 30_000)", 20, "output"),
        pytest.param(DEAF, 0.3, "clock", marks=pytest.mark.full),
        (TOO_LARGE, 20, "file"),
    ],
)
def test_a_result_names_the_limit(grade, source, seconds, name):
    result = grade(handed_in(RIGHT, before=[source]), cell_seconds=seconds)
    assert result.limits == [name]
    assert result.marks[ID].score == 4
    if name == "clock":
        told = str(with_verdicts(result, {"en": RELEASED})["cells"])
        assert lost_message([name], "en") in told


def test_a_notebook_that_used_up_its_time_says_so(grade):
    given = handed_in(RIGHT, before=["import time\ntime.sleep(60)"])
    result = grade(given, cell_seconds=60, notebook_seconds=0.5)
    assert result.limits == ["cell", "notebook"]
    assert result.marks[ID].message == lost_message(["notebook"], "en")


def test_honest_work_meets_no_limit(grade):
    assert grade(RIGHT).limits == []


def test_an_end_without_a_limit_is_told_as_such(grade):
    result = grade("import os\ndef double(x):\n    os._exit(0)")
    assert result.limits == []
    assert result.marks[ID].message == lost_message([], "en")


def test_every_limit_has_words_in_both_languages():
    known = {key for key in catalogue("grading", "en") if ".limit." in key}
    for language in LANGUAGES:
        told = [in_words([key.rpartition(".")[2]], language) for key in sorted(known)]
        assert len(set(told)) == len(known) == 9
    assert lost_message(["memory"], "es").startswith("Tu c\u00f3digo")


def test_the_table_and_the_page_name_the_limit():
    mark = Mark(0.0, 4.0, "raised", message=lost_message(["memory"], "en"))
    met = Result("ada", "unit", "book", marks={"x": mark}, limits=["memory", "output"])
    report = Report("unit", [met, Result("bob", "unit", "book")])
    remarks = [row[5] for row in spreadsheet(report)]
    told = "it used more memory than it may; a cell printed more than is kept"
    assert remarks == ["remark", told, ""]
    assert report.list_limited() == [
        ("ada", "book: it used more memory than it may"),
        ("ada", "book: a cell printed more than is kept"),
    ]
    assert "book: it used more memory than it may" in page(report)
