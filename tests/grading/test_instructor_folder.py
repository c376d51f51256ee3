"""The folder that `transformer-course course` makes: ready, and nothing overwritten."""

from pathlib import Path

import pytest

from course.errors import CourseError
from course.grading.nbgrader.instructor_folder import make_folder
from course.grading.nbgrader.settings import nbgrader_settings
from course.paths import exercises_folder

RELEASED = {
    str(path.relative_to(exercises_folder()))
    for path in exercises_folder().rglob("*.ipynb")
    if ".ipynb_checkpoints" not in path.parts
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class") / "new"
    return folder, make_folder(folder, "moodle")


def test_it_is_configured_and_has_every_notebook(made):
    folder, report = made
    settings = nbgrader_settings(folder)
    assert settings.isolates
    assert "assignsubmission" in settings.config.FileNameCollectorPlugin.named_regexp
    copied = {
        str(path.relative_to(folder / "exercises"))
        for path in (folder / "exercises").rglob("*.ipynb")
    }
    assert copied == RELEASED
    lessons = [place for place in report["made"] if place.startswith("lessons/")]
    assert len(report["made"]) == len(RELEASED) + len(lessons) + 1


def test_the_gradebook_knows_every_unit(made):
    folder, _ = made
    book = nbgrader_settings(folder).gradebook()
    units = {Path(path).parts[1] for path in RELEASED if path.count("/") == 2}
    assert {assignment.name for assignment in book.assignments} == units
    book.close()


def test_a_second_time_changes_nothing(made):
    folder, _ = made
    notebook = folder / "exercises" / "en" / "00_map" / "1_map.ipynb"
    configuration = folder / "nbgrader_config.py"
    kept = notebook.read_text(), configuration.read_text()
    notebook.write_text(kept[0] + "\n")
    configuration.write_text(kept[1] + "# mine\n")
    missing = folder / "exercises" / "es" / "00_map" / "1_map.ipynb"
    missing.unlink()
    report = make_folder(folder, "canvas")
    assert report["made"] == ["exercises/es/00_map/1_map.ipynb"]
    assert report["differs"] == ["exercises/en/00_map/1_map.ipynb"]
    assert notebook.read_text() == kept[0] + "\n"
    assert configuration.read_text() == kept[1] + "# mine\n"


@pytest.mark.parametrize("text", ["", "c = get_config()\nc.Exchange.root = '/x'\n"])
def test_a_configuration_that_isolates_nothing_is_kept_and_said(tmp_path, text):
    (tmp_path / "nbgrader_config.py").write_text(text)
    with pytest.raises(CourseError, match="does not call configure"):
        make_folder(tmp_path)
    assert (tmp_path / "nbgrader_config.py").read_text() == text
    assert not (tmp_path / "gradebook.db").exists()
