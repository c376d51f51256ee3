"""Which of a student's files may be a notebook of a unit: told by what is in them."""

import difflib
import re
from dataclasses import dataclass

from course.grading.run.folder_walk import walk
from course.grading.run.handed_in import CHECKPOINTS, HandedIn, is_household
from course.notebooks.decoding import decode
from course.notebooks.printable import same_name

MOST_CANDIDATES = 40
_CHECKPOINTS = f"/{CHECKPOINTS}/"  # what Jupyter saved earlier, by itself
_COPY_MARK = re.compile(r"[ _-]*\(\d+\)\Z|[ _-]+cop(?:y|ia)[ _-]*\d*\Z", re.IGNORECASE)
_ALIKE = 0.8


@dataclass(frozen=True)
class Catalog:
    """What tells the notebooks of a unit from each other and from other units.

    Args:
        unit: The unit's name.
        units: Names of all units.
        ids: Notebook -> the grade_ids of its release.
    """

    unit: str
    units: tuple
    ids: dict

    def near(self, name):
        """Whether a folder's (or zip's) name is the unit's, or a slip of it."""
        if name in self.units:
            return name == self.unit
        name = _COPY_MARK.sub("", name.removesuffix(".zip").removesuffix(".ZIP"))
        likeness = {unit: _likeness(name, unit) for unit in self.units}
        best = max(likeness.values(), default=0)
        return best >= _ALIKE and likeness.get(self.unit, 0) == best

    def choose_names(self, names):
        """Of the names in a student's folder those to look at, the best first."""
        others = [n for n in names if n not in self.units and not is_household(n)]
        near = [name for name in others if self.near(name)]
        rest = [name for name in others if name not in near]
        if self.unit in names:
            return [self.unit, *near, *rest]
        return [*near, *rest, *(name for name in names if name in self.units)]

    def find(self, root, student):
        """A `Found`: what a student handed in that may concern this unit."""
        handed_in = walk(root, student, self.choose_names)
        matches = {file.path: self.matches(file) for file in handed_in.notebooks}
        return Found(self, handed_in, matches)

    def matches(self, file):
        """Notebook -> number of its grade_ids in a file."""
        text, _ = decode(file.data)
        counts = {b: sum(i in text for i in ids) for b, ids in self.ids.items()}
        return {book: count for book, count in counts.items() if count}


@dataclass(frozen=True)
class Found:
    """A student's files, and which notebooks of the unit they match."""

    catalog: Catalog
    handed_in: HandedIn
    matches: dict

    def concerns_unit(self):
        """Whether anything in it shows that this unit was handed in."""
        names = [path.partition("/")[0] for path in self.matches]
        names += [file.path.partition("/")[0] for file in self.handed_in.files]
        return any(self.matches.values()) or any(map(self.catalog.near, names))

    def candidates(self, notebook):
        """Files that may be this notebook, the likeliest first."""
        exact = self.exact(notebook)
        ranked = []
        for order, file in enumerate(self.handed_in.notebooks):
            matches = self.matches[file.path]
            named = file.path == exact or self._is_named(file.name, notebook)
            if notebook in matches or named or (not matches and self._is_unknown(file)):
                older = _CHECKPOINTS in f"/{file.path}"
                first = (older, file.path != exact, -matches.get(notebook, 0), order)
                ranked.append((first, file))
        if any(not older for (older, *_), _ in ranked):
            ranked = [(first, file) for first, file in ranked if not first[0]]
        found = [file for _, file in sorted(ranked, key=lambda entry: entry[0])]
        for file in found[MOST_CANDIDATES:]:
            self.handed_in.leave_out(file.path, "one of too many copies")
        return found[:MOST_CANDIDATES]

    def exact(self, notebook):
        """The path under which it should have been handed in."""
        return f"{self.catalog.unit}/{notebook}.ipynb"

    def _is_named(self, name, notebook):
        return _letters(notebook) in _letters(name)

    def _is_unknown(self, file):
        """It lies where the unit's work should lie, and is named like no other."""
        *folders, name = file.path.split("/")
        names = self.catalog.ids
        here = any(map(self.catalog.near, folders)) or not folders
        return here and not any(self._is_named(name, other) for other in names)


def _leading_number(name):
    match = re.match(r"\d*", name)
    return match.group() if match else ""


def _likeness(name, unit):
    mine, theirs = _letters(name), _letters(unit)
    number = _leading_number(theirs)
    if mine == theirs or (number and mine == number):
        return 1.0
    if number and _leading_number(mine) not in ("", number):
        return 0.0
    return difflib.SequenceMatcher(None, mine[:100], theirs[:100]).ratio()


def _letters(name):
    return re.sub(r"[\W_]+", "", same_name(name))
