"""Whole notebooks, show cells included, as a learner opens them and with answers.

What `run_notebooks.py` runs here is this checkout; `tests/test_wheel.py` has it run all
that an installed wheel gives.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course.building.notebook import source_notebook
from course.learning.folder import start
from course.messages import LANGUAGES, text
from course.paths import repository, units_of
from tests.grading.courses import environment

PROGRAM = Path(__file__).with_name("run_notebooks.py")
UNITS = units_of(repository())
# Quick ones: a page without exercises, one whose cells show an answer not yet written.
SHORT = ("en/index.ipynb", "es/03_attention/1_*.ipynb", "es/06_tokenizers/2_*.ipynb")
RAISES = ["a = 1", "a + missing", "b = 3", "print(b)\n1 / 0", "import time"]


def run(folder, *patterns):
    """The status, and the reports by notebook."""
    done = subprocess.run(
        [sys.executable, PROGRAM, folder, *patterns],
        env=environment(folder),
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 1), done.stderr
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, {report.pop("notebook"): report for report in reports}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("learners")
    for language in LANGUAGES:
        start(folder / language, language)
    cells = [new_code_cell(source, id=f"c{n}") for n, source in enumerate(RAISES)]
    (folder / "raises.ipynb").write_text(json.dumps(new_notebook(cells=cells)))
    return run(folder, *SHORT, "raises.ipynb")


def test_a_few_notebooks_of_a_learner_s_folder_run(ran):
    _, reports = ran
    mine = {name: one for name, one in reports.items() if name != "raises.ipynb"}
    assert len(mine) == len(SHORT)
    for name, report in mine.items():
        assert report["raised"] == [], name
        assert report["status"] == 0
        assert report["memory_mb"] > 100 and report["processor"] > 0


def test_a_cell_that_waits_for_an_answer_says_so(ran):
    """One shows what an answer makes, the other what the first would have made."""
    _, reports = ran
    (report,) = (one for name, one in reports.items() if "/2_byte_pairs" in name)
    waits = text("engine.unwritten", "es", name="learn_merges")
    assert report["printed"].count(waits) == 2


def test_what_cells_raise_is_reported(ran):
    status, reports = ran
    assert status == 1
    raised = reports["raises.ipynb"]["raised"]
    assert [one.partition(":")[0] for one in raised] == ["c1", "c3"]
    assert "NameError" in raised[0] and "ZeroDivisionError" in raised[1]


def test_no_notebook_is_a_failure(tmp_path):
    assert run(tmp_path) == (1, {})


@pytest.mark.full
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unit", UNITS)
def test_every_notebook_runs_with_its_answers(unit, language, tmp_path):
    """Its plots, tables and trainings show the reference's answers."""
    lesson = repository() / "course" / "lessons" / f"{unit}.py"
    for script in [lesson, *sorted((repository() / "solutions" / unit).glob("*.py"))]:
        notebook = json.dumps(source_notebook(script, language))
        (tmp_path / f"{script.stem}.ipynb").write_text(notebook)
    status, reports = run(tmp_path)
    assert status == 0, [one["raised"] for one in reports.values() if one["raised"]]
