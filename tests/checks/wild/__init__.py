"""Wrong answers as people wrote them, each with the place where it was seen.

Most are one line of the reference written as in that place; see `edit`. The sources
are public threads, `repository#number`, or say what kind of code it is from. Nothing
here was used to build the checks: `named` says what they made of it.
"""

import ast
import dataclasses
import sys
from typing import Any

from course.examination.candidate import source_of
from tests.course_exercises import EXERCISES


@dataclasses.dataclass(frozen=True)
class Wild:
    """One wrong answer.

    Args:
        exercise: What it answers.
        seen: Where.
        named: The misconception that is to be named; "" where none describes it.
        changes: (old, new) pieces of the reference's source.
        written: The answer itself, where it is not made of the reference.
    """

    exercise: str
    seen: str
    named: str
    changes: tuple[tuple[str, str], ...] = ()
    written: Any = None

    @property
    def answer(self) -> Any:
        return self.written or edit(EXERCISES[self.exercise].original, self.changes)


def edit(definition: Any, changes: tuple[tuple[str, str], ...]) -> Any:
    """A definition with pieces of its source replaced, as `ast.unparse` writes it.

    Raises:
        ValueError: A piece is not there, or changes nothing.
    """
    source = ast.unparse(ast.parse(source_of(definition)))
    for old, new in changes:
        if old not in source or old == new:
            raise ValueError(f"{old!r} is not in\n{source}")
        source = source.replace(old, new)
    namespace = dict(vars(sys.modules[definition.__module__]))
    exec(compile(source, "<wild>", "exec"), namespace)
    return namespace[definition.__name__]
