"""Who is in the class: a table that a learning platform or a human wrote."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from course.errors import CourseError


@dataclass(frozen=True)
class Roster:
    """A table of students.

    Args:
        heads: The names of its columns.
        rows: One dict a student, by name of column.
        ids: The name of the column with the names of the folders in `submitted/`.
        numbered: Whether a name is only the last word of what stands there: Moodle
            writes "Participant 1234", in the site's language.
    """

    heads: tuple[str, ...]
    rows: tuple[dict, ...]
    ids: str
    numbered: bool = False

    def students(self) -> dict[str, dict]:
        """student -> row, in the table's order."""
        return {_student(row[self.ids], self.numbered): row for row in self.rows}


def read_roster(path: str | Path, students) -> Roster:
    """Reads a CSV, whatever separates its columns.

    A gradebook that Canvas exported, a grading worksheet of Moodle, or any table with a
    row of names of columns. The column with the students' ids is the one that has most
    of those who handed in.

    Args:
        path: Of the file.
        students: Who handed in, names of folders.

    Raises:
        CourseError: It is no such table, or nobody who handed in is in it.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} is no table that can be read: {error}") from None
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    heads = tuple(head for head in reader.fieldnames or () if head)
    rows = [{h: (row[h] or "").strip() for h in heads} for row in reader]
    known = set(students)
    hits = {
        (head, numbered): sum(_student(row[head], numbered) in known for row in rows)
        for head in heads
        for numbered in (False, True)
    }
    ids, numbered = max(hits, key=hits.__getitem__, default=("", False))
    if not ids or (known and not hits[ids, numbered]):
        raise CourseError(
            f"no column of {path} has names of folders in submitted/, such as "
            f"{', '.join(sorted(known)[:3])}; its columns: {', '.join(heads)}"
        )
    # Canvas puts rows about the columns between the names of the columns and the class.
    return Roster(heads, tuple(row for row in rows if row[ids]), ids, numbered)


def _student(value: str, numbered: bool) -> str:
    return value.rpartition(" ")[2] if numbered else value
