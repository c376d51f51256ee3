"""`nbgrader autograde` finds what `transformer-course grade` finds, and no links."""

import pytest

from course.checks import exercise
from tests.grading import courses
from tests.grading.hostile_class import zipped

UNIT, NOTEBOOK = courses.UNIT, courses.NOTEBOOK
DEFINED = exercise(courses.NAME)
CONFIGURATION = """
from course.grading.nbgrader.configuration import configure

c = get_config()
configure(c)
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nbgrader")
    right, untouched = courses.answered(DEFINED.reference), courses.answered(None)
    courses.make(folder, {"ada": right, "bob": untouched, "eve": None, "fay": None})
    submitted = folder / "submitted"
    (submitted / "bob" / UNIT / f"{NOTEBOOK} (1).ipynb").write_text(right)
    (submitted / "eve" / UNIT / f"Copy of {NOTEBOOK}.ipynb").write_text(right)
    (submitted / "fay" / UNIT / "w.zip").write_bytes(zipped(weights__ipynb=right))
    (submitted / "gus" / UNIT.upper()).mkdir(parents=True)
    (submitted / "gus" / UNIT.upper() / f"{NOTEBOOK}.ipynb").write_text(right)
    (folder / "key").write_text("the instructor's own")
    (submitted / "ada" / UNIT / "notes.txt").symlink_to(folder / "key")
    (submitted / "mallory").symlink_to(folder)
    (submitted / "Jose\u0301" / UNIT).mkdir(parents=True)
    (submitted / "Jose\u0301" / UNIT / f"{NOTEBOOK}.ipynb").write_text(right)
    (submitted / "caf\udce9" / UNIT).mkdir(parents=True)
    (submitted / "caf\udce9" / UNIT / f"{NOTEBOOK}.ipynb").write_text(right)
    (folder / "nbgrader_config.py").write_text(CONFIGURATION)
    ran = courses.command_of_nbgrader(folder, "autograde", UNIT)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return folder


def test_every_notebook_is_found(graded):
    full = DEFINED.points
    names = ("ada", "bob", "eve", "fay", "gus", "Jose\u0301")
    assert courses.gradebook(graded) == dict.fromkeys(names, full)


def test_no_link_is_followed(graded):
    kept = list((graded / "autograded").rglob("*"))
    assert not [path for path in kept if path.name in ("notes.txt", "key")]
    assert not (graded / "autograded" / "mallory").exists()
