"""The ladder of hints, and what stands at its end."""

import textwrap

import pytest

import course
from course import api, hint, ours
from course.showing import ShownComparison, ShownHint
from tests.course_exercises import EXERCISES

NAME = "attention.softmax"


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch, tmp_path):
    monkeypatch.setattr(api, "_hints_given", {})
    monkeypatch.setattr(api.settings, "_session", {})
    monkeypatch.chdir(tmp_path)
    course.speak("en")


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_last_hint_gives_the_link_and_our_solution(name, language):
    course.speak(language)
    exercise = EXERCISES[name]
    hints = [repr(hint(name)) for _ in range(exercise.hints + 2)]
    for early in hints[: exercise.hints - 1]:
        assert "ours(" not in early
    for late in hints[exercise.hints - 1 :]:
        assert exercise.paper in late
        assert f'ours("{name}")' in late
    shown = ours(name)
    assert isinstance(shown, ShownComparison)
    assert shown.ours
    assert "BEGIN SOLUTION" not in shown.ours
    assert '"""' not in shown.ours  # in one language, and in the learner's cell
    course.speak("en")


def test_our_solution_is_not_shown_before():
    assert isinstance(ours(NAME), ShownHint)
    hint(NAME)
    assert isinstance(ours(NAME), ShownHint)


def test_it_is_shown_after_passing(monkeypatch):
    monkeypatch.setattr(api.settings, "read_results", lambda: {NAME: {"right": True}})
    global softmax
    softmax = EXERCISES[NAME].reference
    shown = ours(NAME)
    assert shown.yours.startswith("def softmax")
    assert textwrap.indent(shown.ours, "  ") in repr(shown)


@pytest.mark.parametrize("ask", [hint, ours, course.check])
def test_a_misspelt_name_is_answered_with_a_guess(ask):
    with pytest.raises(ValueError, match=r"did you mean: attention\.softmax"):
        ask("attention.sofmax")
