"""A learner's folder: made once, kept safe, and changed only without losing work."""

import json

import pytest

from course import settings
from course.errors import CourseError
from course.learning.folder import INSTALL, start
from course.notebooks.rebuild import role
from course.paths import exercises_folder


@pytest.fixture
def folder(tmp_path):
    start(tmp_path / "mine", None)
    return tmp_path / "mine"


def first_notebook(folder):
    return min(p for p in folder.glob("*/*.ipynb") if p.name != "lesson.ipynb")


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def write_answer(path, text):
    """Writes the first answer and returns its cell's id."""
    notebook = read(path)
    cell = next(c for c in notebook["cells"] if role(c) == "answer")
    cell["source"] = text
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return cell["id"]


def cell_of(path, cell_id):
    return next(c for c in read(path)["cells"] if c.get("id") == cell_id)


def source_of(path, cell_id):
    return "".join(cell_of(path, cell_id)["source"])


def test_holds_every_notebook_and_lesson(folder):
    released = {
        f"{p.parent.name}/{p.name}" for p in exercises_folder().glob("en/*/*.ipynb")
    }
    present = {f"{p.parent.name}/{p.name}" for p in folder.glob("*/*.ipynb")}
    assert released <= present
    assert all(name.endswith("/lesson.ipynb") for name in present - released)


def test_a_second_start_changes_nothing(folder):
    path = first_notebook(folder)
    write_answer(path, "mine = 1")
    before = {p: p.read_bytes() for p in folder.rglob("*.ipynb")}
    report = start(folder, None)
    assert {p: p.read_bytes() for p in folder.rglob("*.ipynb")} == before
    assert not report["new"]
    assert not report["updated"]


def test_another_language_carries_the_answers_over(folder):
    path = first_notebook(folder)
    answer = write_answer(path, "mine = 1")
    before = path.read_bytes()
    start(folder, "es")
    assert source_of(path, answer) == "mine = 1"
    assert 'speak("es")' in path.read_text().replace("\\", "")
    assert settings.language_of(folder) == "es"
    kept = list((folder / settings.FOLDER / "before").rglob(path.name))
    assert [p.read_bytes() for p in kept] == [before]


def test_there_and_back_again_loses_nothing(folder):
    path = first_notebook(folder)
    answer = write_answer(path, "mine = 1")
    start(folder, "es")
    start(folder, "en")
    assert source_of(path, answer) == "mine = 1"
    released = exercises_folder() / "en" / path.parent.name / path.name
    mine, fresh = read(path)["cells"], read(released)["cells"]
    given = [c["id"] for c in fresh if c["id"] != INSTALL]
    assert [c["id"] for c in mine] == given
    assert [c.get("outputs") for c in mine] == [
        c.get("outputs") for c in fresh if c["id"] != INSTALL
    ]


def test_the_learners_own_cells_stay(folder):
    path = first_notebook(folder)
    notebook = read(path)
    own = {
        "cell_type": "code",
        "id": "my-own",
        "metadata": {},
        "source": "def helper():\n    return 3",
        "outputs": [],
        "execution_count": None,
    }
    notebook["cells"].insert(3, own)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    start(folder, "es")
    assert "def helper()" in path.read_text(encoding="utf-8")


def test_an_older_release_is_brought_up_to_date(folder):
    path = first_notebook(folder)
    answer = write_answer(path, "mine = 1")
    notebook = read(path)
    text = next(c for c in notebook["cells"] if role(c) == "text")
    text["source"] = "an older text"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    report = start(folder, None)
    assert report["updated"] == [f"{path.parent.name}/{path.name}"]
    assert "an older text" not in path.read_text(encoding="utf-8")
    assert source_of(path, answer) == "mine = 1"


@pytest.mark.parametrize("text", ["", "no notebook", "[]", '{"cells": []}', "{}"])
def test_a_broken_notebook_is_left_alone(folder, text):
    path = first_notebook(folder)
    path.write_text(text)
    with pytest.raises(CourseError, match="move it away"):
        start(folder, None)
    assert path.read_text() == text
