"""A class of submissions made from the exercises' own tables.

What each submission is, is known: so a grader's table can be compared with the truth.
"""

import copy
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

from course.building.answers import answer_text
from course.building.notebook import source_notebook
from course.checks import exercises
from course.examination.exercise import Exercise
from course.notebooks.rebuild import role
from course.paths import exercises_folder

NAMES = (
    "ada alan alonso barbara blas carmen donald edsger elena frances grace haskell "
    "ines john julia katherine leslie margarita miguel niklaus olga peter radia ramon "
    "shafi tony ulises vera william ximena yukihiro zoe"
).split()


@dataclasses.dataclass(frozen=True)
class Submission:
    """One student's notebooks of one unit, and what is known about them.

    Args:
        student: The student's id.
        unit: The unit's folder.
        what: One phrase for the table: "two misconceptions".
        notebooks: By file name, the notebook as nbformat's dict.
        expected: By exercise name: "right", "nothing", or a misconception's name.
    """

    student: str
    unit: str
    what: str
    notebooks: dict[str, dict]
    expected: dict[str, str]


def classroom(root: Path, units: list[str], least: int = 16) -> Iterator[Submission]:
    """A class's submissions, spread over the units so that each kind is there: right,
    untouched, mistaken, different, half done, broken, damaged, in Spanish. Each is made
    when it is asked for, a unit after the other.

    Args:
        root: The checkout.
        units: The units' folders.
        least: How many there are at least; no student twice in a unit.
    """
    kinds: tuple[tuple[str, str, dict], ...] = (
        ("everything right", "right", {}),
        ("untouched", "nothing", {}),
        ("misconceptions", "first_mistakes", {}),
        ("right, written otherwise", "other", {}),
        ("half done", "half", {}),
        ("a syntax error", "broken_first", {}),
        ("checks deleted", "right", {"checks": False}),
        ("misconceptions, in Spanish", "other_mistakes", {"language": "es"}),
    )
    each = -(-least // len(units))
    for place, unit in enumerate(units):
        builder = _Builder(root, unit)
        for number in range(place * each, (place + 1) * each):
            what, answer, settings = kinds[number % len(kinds)]
            student = _name(number)
            answers = getattr(builder, answer)
            yield builder.make(student, what, answers, **settings)


def _name(number: int) -> str:
    again, which = divmod(number, len(NAMES))
    return NAMES[which] + (str(again + 1) if again else "")


class _Builder:
    """Makes submissions of one unit; an answer is (text or None, what is expected)."""

    def __init__(self, root: Path, unit: str):
        self.unit = unit
        self.exercises = [e for e in exercises().values() if e.unit == unit]
        self.solutions = {}
        for script in sorted((root / "solutions" / unit).glob("*.py")):
            for cell in source_notebook(script, "en").cells:
                if role(cell) == "answer":
                    self.solutions[cell.id] = cell.source

    def right(self, exercise: Exercise):
        return self.solutions[f"{exercise.grade_id}-answer"], "right"

    def nothing(self, exercise: Exercise):
        return None, "nothing"

    def first_mistakes(self, exercise: Exercise):
        return self._mistake(exercise, 0)

    def other_mistakes(self, exercise: Exercise):
        return self._mistake(exercise, 2)

    def _mistake(self, exercise: Exercise, which: int):
        name = list(exercise.misconceptions)[which]
        return answer_text(exercise, exercise.misconceptions[name]), name

    def other(self, exercise: Exercise):
        alternative = next(iter(exercise.alternatives.values()))
        return answer_text(exercise, alternative), "right"

    def half(self, exercise: Exercise):
        first = self.exercises.index(exercise) < len(self.exercises) / 2
        return self.right(exercise) if first else self.nothing(exercise)

    def broken_first(self, exercise: Exercise):
        if exercise is not self.exercises[0]:
            return self.right(exercise)
        return f"{self.right(exercise)[0]}\n    this is no Python", "nothing"

    def make(
        self, student: str, what: str, answer, language="en", checks=True
    ) -> Submission:
        answers = {f"{e.grade_id}-answer": answer(e) for e in self.exercises}
        notebooks = {}
        for path in sorted((exercises_folder() / language / self.unit).glob("*.ipynb")):
            notebook = json.loads(path.read_text(encoding="utf-8"))
            for cell in notebook["cells"]:
                text, _ = answers.get(cell["id"], (None, ""))
                if text is not None:
                    cell["source"] = text
            if not checks:
                cells = notebook["cells"]
                notebook["cells"] = [c for c in cells if role(c) != "check"]
            notebooks[path.name] = copy.deepcopy(notebook)
        expected = {e.name: answer(e)[1] for e in self.exercises}
        return Submission(student, self.unit, what, notebooks, expected)
