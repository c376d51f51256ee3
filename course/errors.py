"""Errors that a person can mend: shown as one line, never as a traceback."""


class CourseError(Exception):
    """Says what came, what was expected and what to do, in one line."""
