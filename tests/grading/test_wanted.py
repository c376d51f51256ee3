"""What `grade` is asked for: names that do not exist, and what a run says it does."""

import shutil

import pytest

from course.checks import exercise
from course.errors import CourseError
from course.grading.run.options import Options
from course.grading.run.session import Session
from course.paths import PACKAGE
from tests.grading import courses

DEFINED = exercise(courses.NAME)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return courses.make(tmp_path / "class", {"ada": "{}", "bob": "{}"})


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"exercises": ("attention.scaled_dot_produkt",)},
            f"mean {courses.NAME}[?]",
        ),
        ({"exercises": ("attention.softmax",)}, "no exercise 'attention.softmax'"),
        ({"exercises": ("",)}, "no exercise ''"),
        ({"students": ("adda",)}, "no student 'adda'; did you mean ada[?]"),
        ({"students": ("ada", "zoe")}, "no student 'zoe'.*ada, bob"),
        ({"unit": "03_atention"}, "no released notebook of unit '03_atention'"),
        ({"unit": ""}, "unit ''"),
    ],
)
def test_a_name_that_does_not_exist_is_refused(folder, asked, said):
    options = {"unit": courses.UNIT, "course": str(folder), **asked}
    with pytest.raises(CourseError, match=said):
        Session(Options(**options)).grade()
    assert not list((folder / ".grading").rglob("*.json"))


def test_grade_id_and_name_are_both_understood(folder):
    for name in (courses.NAME, DEFINED.grade_id):
        options = Options(courses.UNIT, course=str(folder), exercises=(name,))
        session = Session(options)
        assert session._grade_ids() == [DEFINED.grade_id]


@pytest.fixture
def changeable(tmp_path, monkeypatch):
    """A copy of the course, from which `grade` is run and whose checks may change."""
    ignored = shutil.ignore_patterns("*.ipynb", "__pycache__", "exercises")
    shutil.copytree(PACKAGE, tmp_path / "copy" / "course", ignore=ignored)
    (tmp_path / "copy" / "course" / "exercises").mkdir()
    library = PACKAGE.parent / "transformer_tf"
    (tmp_path / "copy" / "transformer_tf").symlink_to(library)
    monkeypatch.setattr(courses, "ROOT", tmp_path / "copy")
    monkeypatch.chdir(tmp_path)  # `python -m` looks there first
    return tmp_path / "copy" / "course" / "checks" / "attention"


# Which change concerns what, in every run: test_plan.py.
@pytest.mark.full
def test_a_changed_check_is_noticed_by_a_plain_run(tmp_path, changeable):
    right = courses.answered(DEFINED.reference)
    wrong = courses.answered(DEFINED.misconceptions["not_scaled"])
    folder = courses.make(tmp_path / "class", {"ada": right, "bob": wrong})
    assert "new: 2" in courses.grade(folder)
    first = courses.scores(folder)
    assert first["ada"] == DEFINED.points > first["bob"] > 0
    assert "none of them new or changed" in courses.grade(folder)
    path = changeable / "scaled_dot_product.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"values": 4,', '"values": 400,', 1))
    assert "the check has changed: 2" in courses.grade(folder)
    second = courses.scores(folder)
    assert second["ada"] == DEFINED.points and second["bob"] < first["bob"]
    assert courses.gradebook(folder) == second
