"""Where a course keeps its files: released, submitted, autograded, gradebook."""

import functools
import json
import os
from dataclasses import dataclass

from course.errors import CourseError
from course.grading.run.finding import Catalog
from course.grading.run.handed_in import is_household
from course.grading.run.intake import check_name
from course.notebooks.fault import Fault
from course.notebooks.printable import printable_line, same_name

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

    def notebook_of(self, result):
        """Where the notebook of a `Result` with its verdicts lies."""
        names = (result.student, result.unit, f"{result.notebook}.ipynb")
        return os.path.join(self.path("autograded"), *map(check_name, names))

    def releases(self, unit):
        """{notebook: {language: released notebook}} of a unit.

        Raises:
            CourseError: Nothing was released under that name.
        """
        found: dict = {}
        is_name = unit not in ("", ".", "..") and os.path.basename(unit) == unit
        for place in self.released if is_name else ():
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

    def units(self):
        """Names of all units that were released."""
        found = set()
        for released in self.released:
            for language in LANGUAGES:
                folder = self.path(os.path.join(released, language))
                for name in os.listdir(folder) if os.path.isdir(folder) else ():
                    place = os.path.join(folder, name)
                    if os.path.isdir(place) and any(
                        map(_is_notebook, os.listdir(place))
                    ):
                        found.add(name)
        return tuple(sorted(found))

    def catalog(self, unit):
        """The `Catalog` of a unit, by which what was handed in is recognised."""
        return _catalog(self, unit)

    def students(self, unit):
        """(names, problems): who handed in this unit, and what is in nobody's name."""
        folder, names, problems = self.path(self.submitted), [], []
        if not os.path.isdir(folder):
            raise CourseError(f"there is no directory {folder} with submissions")
        for name in sorted(os.listdir(folder)):
            place = os.path.join(folder, name)
            if os.path.isfile(place) or is_household(name) or name[0] == ".":
                if name.lower().endswith((".ipynb", ".zip")):
                    shown = printable_line(name)
                    problems.append(f"{shown} lies in no student's folder")
                continue
            try:
                there = os.path.lexists(os.path.join(place, unit))
                if there or self.catalog(unit).find(folder, name).concerns_unit():
                    names.append(check_name(name))
            except Fault as fault:
                problems.append(fault.message)
        return names, problems + _find_similar(names)


def _find_similar(names):
    """Names of one and the same person, perhaps, as two systems write them."""
    groups: dict = {}
    for name in names:
        groups.setdefault(same_name(name), []).append(name)
    return [
        f"{', '.join(map(ascii, group))} differ only in case or in how accents are "
        "stored, and are graded as different students"
        for group in groups.values()
        if len(group) > 1
    ]


@functools.lru_cache(maxsize=8)
def _catalog(folders, unit):
    ids = {
        name: frozenset(
            flags["grade_id"]
            for released in releases.values()
            for cell in released["cells"]
            if (flags := cell.get("metadata", {}).get("nbgrader"))
            and flags.get("grade_id")
        )
        for name, releases in folders.releases(unit).items()
    }
    return Catalog(unit, folders.units(), ids)


def _notebooks(folder):
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        if _is_notebook(name):
            with open(os.path.join(folder, name), encoding="utf-8") as stream:
                yield name.removesuffix(".ipynb"), json.load(stream)


def _is_notebook(name):
    return name.endswith(".ipynb")
