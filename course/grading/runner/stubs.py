"""What `from course import ...` gives in a runner: the same names, doing nothing."""

import types

import course


def install():
    """Check cells are not run when grading; what else calls them is told nothing."""
    for name in course.__all__:
        setattr(course, name, _nothing)
    course.say = _english
    course.my_pieces = _pieces_of_the_library


def _english(en="", es=""):
    return en


def _pieces_of_the_library(*names):
    """Graded is what the capstone's own lines do: what they stand on is the same."""
    from course.pieces import BY_EXERCISE

    pieces = [BY_EXERCISE[name] for name in names]
    return types.SimpleNamespace(**{piece.__name__: piece for piece in pieces})


def _nothing(*arguments, **options):
    return None
