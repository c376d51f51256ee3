"""nbgrader's own autograde, where nothing of ours is configured, runs no submission."""

import json
import shutil

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from course.grading.nbgrader.gradebook import GradebookWriter
from course.grading.run.folders import Folders
from course.kernel import NAME
from course.paths import PACKAGE, exercises_folder
from tests.grading import courses
from tests.selection import table

UNIT, NOTEBOOK = "00_map", "1_map"
PLAIN = {"name": "python3", "display_name": "Python 3", "language": "python"}


def install(tmp_path, monkeypatch):
    """What an installation puts beside Jupyter's other kernels."""
    place = tmp_path / "jupyter" / "kernels" / NAME
    place.mkdir(parents=True)
    shutil.copy(PACKAGE / "kernel.json", place)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))


def a_class(tmp_path, kernel=None):
    """A folder without configuration, and what a hostile submission would leave."""
    folder, marker = tmp_path / "class", tmp_path / "marker"
    place = folder / "exercises" / "en" / UNIT
    shutil.copytree(exercises_folder() / "en" / UNIT, place)
    handed_in = folder / "submitted" / "eve" / UNIT
    handed_in.mkdir(parents=True)
    ran = f"open({str(marker)!r}, 'a').write('ran')"
    for path in place.glob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        if kernel:
            path.write_text(json.dumps(notebook | {"metadata": {"kernelspec": kernel}}))
        notebook["metadata"]["kernelspec"] = PLAIN
        for cell in notebook["cells"]:
            locked = cell["metadata"].get("nbgrader", {}).get("locked")
            if cell["cell_type"] == "code" and not locked:
                cell["source"] = ran
        courses.write_notebook(handed_in / path.name, notebook)
    # Files beside a notebook are copied to where its kernel starts.
    for name in ("course.py", "ipykernel_launcher.py", "sitecustomize.py"):
        (handed_in / name).write_text(ran)
    return folder, marker


def enter_by_ours(folder):
    folders = Folders(str(folder), (str(folder / "exercises"),))
    GradebookWriter(folders, UNIT).close()


def enter_by_stock(folder):
    """The released notebooks taken for a source, as a newcomer to nbgrader would."""
    shutil.copytree(folder / "exercises" / "en", folder / "source")
    ran = courses.command_of_nbgrader(folder, "generate_assignment", UNIT)
    assert ran.returncode == 0, ran.stderr[-3000:]


def refused(folder, marker):
    """Runs stock autograde, which must run nothing; gives what it said."""
    ran = courses.command_of_nbgrader(folder, "autograde", UNIT)
    assert ran.returncode != 0
    assert not marker.exists()
    assert not list((folder / "autograded").rglob("*.ipynb"))
    return ran.stderr


WAYS = [enter_by_ours, enter_by_stock]


@pytest.mark.parametrize("enter", table(WAYS, [enter_by_ours]))
def test_the_kernel_of_the_release_refuses(tmp_path, monkeypatch, enter):
    install(tmp_path, monkeypatch)
    folder, marker = a_class(tmp_path)
    enter(folder)
    assert "transformer-course: refused" in refused(folder, marker)


@pytest.mark.full
def test_a_release_that_was_saved_with_another_kernel_refuses_too(tmp_path):
    folder, marker = a_class(tmp_path, PLAIN)
    enter_by_ours(folder)
    refused(folder, marker)


@pytest.mark.full
def test_a_kernel_that_is_not_installed_refuses_too(tmp_path):
    folder, marker = a_class(tmp_path, {**PLAIN, "name": f"{NAME}-elsewhere"})
    enter_by_stock(folder)
    assert "NoSuchKernel" in refused(folder, marker)


@pytest.mark.full
def test_another_kernel_would_have_run_it(tmp_path):
    """The attack is real: a release that names Python's usual kernel is run."""
    folder, marker = a_class(tmp_path, PLAIN)
    enter_by_stock(folder)
    courses.command_of_nbgrader(folder, "autograde", UNIT)
    assert marker.exists()


def test_the_kernel_is_pythons_own_otherwise(tmp_path, monkeypatch):
    install(tmp_path, monkeypatch)
    cell = new_code_cell("import course, sys; print(sys.path[0] == '', 6 * 7)")
    NotebookClient(new_notebook(cells=[cell]), kernel_name=NAME, timeout=60).execute()
    assert cell["outputs"][0]["text"] == "True 42\n"
