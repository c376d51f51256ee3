"""What `from course import ...` gives in a runner: the same names, doing nothing."""

import course


def take_away():
    """Check cells are not run when grading; what else calls them is told nothing."""
    for name in ("check", "hint", "speak", "examine", "exercises"):
        setattr(course, name, _nothing)
    course.say = _english


def _english(en="", es=""):
    return en


def _nothing(*arguments, **options):
    return None
