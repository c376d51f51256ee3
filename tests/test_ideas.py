"""The table of ideas: every lesson, exercise and test that it names is there."""

import ast
import re

import pytest

from course.building.script import read
from course.checks import exercises
from course.paths import lessons_folder, repository

PAGE = repository() / "course" / "ideas.md"
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d+ \|", line)
]
LESSON_ONLY = {"Speech and vision: sounds and pictures as tokens"}


def names(cell):
    return re.findall(r"`([^`]+)`", cell)


def test_there_are_49_and_each_once():
    assert [int(row[0]) for row in ROWS] == list(range(1, 50))
    assert len({row[1] for row in ROWS}) == 49


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
class TestEveryIdea:
    def test_its_lesson_is_there(self, row):
        assert names(row[2])
        for name in names(row[2]):
            unit, _, key = name.partition("#")
            cells = read(lessons_folder() / f"{unit}.py")
            assert key in {cell.key for cell in cells}, name

    def test_its_exercises_are_there(self, row):
        assert names(row[3]) or row[1] in LESSON_ONLY
        assert set(names(row[3])) <= set(exercises())

    def test_its_test_is_there(self, row):
        (name,) = names(row[4])
        path, _, function = name.partition("::")
        tree = ast.parse((repository() / path).read_text(encoding="utf-8"))
        found = [n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
        assert function in found, name
