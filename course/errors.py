"""Errors that a person can mend: shown as one line, never as a traceback."""

from typing import Any


class CourseError(Exception):
    """Says what came, what was expected and what to do, in one line."""


def error(key: str, **details: Any) -> CourseError:
    """An error that a learner may meet, in the learner's language.

    Args:
        key: Of the catalogues `errors.po`.
        details: What its text leaves open.
    """
    from course.messages import text
    from course.settings import language

    return CourseError(text(f"errors.{key}", language(), **details))
