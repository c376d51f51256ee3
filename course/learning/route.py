"""What a learner does next, and where: exercises in the order of the notebooks."""

import dataclasses
import functools
import json
from collections.abc import Mapping

from course.checks import exercises
from course.examination.exercise import Exercise
from course.notebooks.rebuild import role
from course.paths import exercises_folder


@dataclasses.dataclass(frozen=True)
class Task:
    """An exercise and the notebook that it stands in.

    Args:
        exercise: What is to be written.
        notebook: The notebook's file, from a learner's folder: "03_attention/3_masks".
    """

    exercise: Exercise
    notebook: str


@functools.cache
def tasks() -> tuple[Task, ...]:
    """Every exercise, in the order in which a learner meets it."""
    by_id = {exercise.grade_id: exercise for exercise in exercises().values()}
    found = []
    for path in sorted((exercises_folder() / "en").glob("*/*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if role(cell) == "check" and cell["id"] in by_id:
                place = f"{path.parent.name}/{path.name}"
                found.append(Task(by_id[cell["id"]], place))
    return tuple(found)


def next_task(results: Mapping[str, dict]) -> Task | None:
    """The first exercise that is not right yet; None when all are."""
    open_ones = (t for t in tasks() if not _right(results, t.exercise.name))
    return next(open_ones, None)


def minutes_left(results: Mapping[str, dict], unit: str) -> int:
    """What the exercises of a unit that are not right yet should take together."""
    return sum(
        task.exercise.minutes
        for task in tasks()
        if task.exercise.unit == unit and not _right(results, task.exercise.name)
    )


def _right(results: Mapping[str, dict], name: str) -> bool:
    return bool(results.get(name, {}).get("right"))
