"""Where a course keeps its files: released, submitted, autograded, gradebook."""

import json
import os
from dataclasses import dataclass

from course.errors import CourseError
from course.grading.run.intake import check_name
from course.notebooks.fault import Fault

LANGUAGES = ("en", "es", "")
NO_GRADEBOOK = "none"


@dataclass(frozen=True)
class Folders:
    """nbgrader's layout of directories.

    Args:
        root: The course's directory, absolute.
        released: Directories that hold `<language>/<unit>/<notebook>.ipynb`, or
            `<unit>/<notebook>.ipynb`. The first that has the unit counts; others only
            add languages.
        submitted: Holds `<student>/<unit>/<notebook>.ipynb`.
        gradebook: nbgrader's database, a URL; "" for the one that the course's own
            configuration of nbgrader names, NO_GRADEBOOK for none.
    """

    root: str
    released: tuple
    submitted: str = "submitted"
    gradebook: str = ""

    def path(self, name):
        return os.path.join(self.root, name)

    def autograded(self, result):
        """Where the notebook of a `Result` with its verdicts lies."""
        names = (result.student, result.unit, f"{result.notebook}.ipynb")
        return os.path.join(self.path("autograded"), *map(check_name, names))

    def releases(self, unit):
        """{notebook: {language: released notebook}} of a unit.

        Raises:
            CourseError: Nothing was released under that name.
        """
        found = {}
        for place in self.released:
            known = set(found)
            for language in LANGUAGES:
                folder = os.path.join(self.path(place), language, unit)
                for name, notebook in _notebooks(folder):
                    if not known or name in known:
                        spoken = notebook["metadata"].get("course", {}).get("language")
                        by_language = found.setdefault(name, {})
                        by_language.setdefault(language or spoken or "en", notebook)
        if not found:
            raise CourseError(
                f"no released notebook of unit {unit!r} in {', '.join(self.released)}"
            )
        return found

    def students(self, unit):
        """(names, problems): who handed in this unit, and directories with no name."""
        folder, names, problems = self.path(self.submitted), [], []
        if not os.path.isdir(folder):
            raise CourseError(f"there is no directory {folder} with submissions")
        for name in sorted(os.listdir(folder)):
            try:
                if os.path.lexists(os.path.join(folder, check_name(name), unit)):
                    names.append(name)
            except Fault as fault:
                problems.append(fault.message)
        return names, problems


def _notebooks(folder):
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        if name.endswith(".ipynb"):
            with open(os.path.join(folder, name), encoding="utf-8") as stream:
                yield name.removesuffix(".ipynb"), json.load(stream)
