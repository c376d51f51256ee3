"""Progress: the best result stays, and is written whole or not at all."""

import json

import pytest

import course
from course import settings
from course.examination import MissingCandidate


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / settings.FOLDER).mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(settings, "_session", {})
    monkeypatch.setattr(settings, "_spoken", [])
    return tmp_path


@pytest.fixture
def name():
    return next(iter(course.exercises()))


def test_the_best_result_stays(folder, name):
    exercise = course.exercises()[name]
    settings.record(course.examine(name, exercise.reference))
    progress = settings.record(course.examine(name, MissingCandidate()))
    assert progress.score == exercise.points
    assert progress.right == 1
    stored = json.loads((folder / settings.FOLDER / "progress.json").read_text())
    assert stored[name] == {
        "score": exercise.points,
        "points": exercise.points,
        "right": True,
    }


def test_found_from_a_folder_below(folder):
    (folder / "01_recurrence").mkdir()
    assert settings.learner_folder(folder / "01_recurrence") == folder.resolve()


def test_a_broken_progress_file_does_no_harm(folder, name):
    (folder / settings.FOLDER / "progress.json").write_text("{")
    assert settings.record(course.examine(name, MissingCandidate())).right == 0


def test_language_of_the_folder(folder):
    (folder / settings.FOLDER / "settings.json").write_text('{"language": "es"}')
    assert settings.language() == "es"
    settings.speak("en")
    assert settings.language() == "en"
