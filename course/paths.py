"""Where the course's files lie: in a checkout, or in an installed wheel."""

from pathlib import Path

from course.errors import CourseError

PACKAGE = Path(__file__).parent
GLOSSARY = "glossary.ipynb"
"""Beside the index, in a learner's folder and in exercises/{en,es}/."""


class NotInACheckout(CourseError):
    """What was asked for needs the repository, not only the installed package."""


def repository() -> Path:
    """The checkout that this package is run from.

    Raises:
        NotInACheckout: this is an installed wheel; it has no solutions.
    """
    root = PACKAGE.parent
    if not (root / "solutions").is_dir() or not (root / "setup.cfg").is_file():
        raise NotInACheckout(
            "this command needs the repository (its solutions/ folder), and this is an "
            "installed package: clone the repository and run it from there"
        )
    return root


def exercises_folder() -> Path:
    """The released notebooks, {en,es}/NN_unit/*.ipynb.

    In a checkout course/exercises is a link to exercises/; a wheel holds the files.
    """
    return PACKAGE / "exercises"


def lessons_folder() -> Path:
    """The lessons: scripts, and built notebooks in {en,es}/."""
    return PACKAGE / "lessons"


def units_of(root: Path) -> list[str]:
    """The folders under solutions/ that hold scripts, in order."""
    return sorted({path.parent.name for path in (root / "solutions").glob("*/*.py")})
