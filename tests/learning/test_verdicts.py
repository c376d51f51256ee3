"""Notebooks as a learner gets them: run whole, and judged from the terminal."""

import json
from pathlib import Path

import nbclient
import nbformat
import pytest

from course.__main__ import main
from course.learning import verdicts
from course.learning.folder import start


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("learner")
    start(place, "es")
    return place


def write(folder, answers):
    """Puts answers into the first notebook, by cell id."""
    path = folder / "00_map" / "1_map.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.mark.slow
def test_every_cell_of_an_untouched_notebook_runs(folder):
    """The small version of tests/test_wheel.py: show cells too; nothing raises."""
    path = folder / "00_map" / "1_map.ipynb"
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources=resources
    ).execute()


@pytest.mark.slow
def test_check_takes_a_whole_folder(folder, capfd, monkeypatch):
    """Lessons are passed over, TensorFlow is silent, a loop without end is stopped."""
    monkeypatch.setattr(verdicts, "SECONDS_A_CELL", 40)
    # Twenty seconds of work elsewhere.
    loop = "import course.api\n\ncourse.api.SECONDS = 3\n\n\n"
    loop += "def masked_mean(values, mask):\n    while True:\n        pass"
    write(folder, {"map-masked_mean-answer": loop})
    paths = sorted(map(str, Path(folder, "00_map").glob("*.ipynb")))
    assert main(["check", *paths, str(folder / "index.ipynb")]) == 1
    said = capfd.readouterr()
    assert said.err == ""
    assert said.out.count(".ipynb") == 1
    assert "while True" in said.out
    assert "Todavía sin hacer" in said.out
    parts = ["las medias", "relleno infinito"]
    places = [said.out.index(part) for part in parts]
    assert places == sorted(places)


def test_a_lesson_has_no_verdicts(folder):
    assert verdicts.verdicts_of(folder / "00_map" / "lesson.ipynb") == []
