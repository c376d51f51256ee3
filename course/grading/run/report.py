"""A class at a glance: one table for a learning platform, one page for the teacher."""

import csv
import hashlib
import io
import statistics
from collections import Counter, defaultdict

from course.grading.limit_messages import in_words
from course.notebooks.rebuild import role, text_of

_SLOW = 10


class Report:
    """What is worth knowing about the results of one unit.

    Args:
        unit: The unit's name.
        results: A list of `Result`.

    Attributes:
        students: name -> list of results, by name.
        exercises: grade_id -> list of (student, `Mark`), in the notebooks' order.
    """

    def __init__(self, unit, results):
        self.unit = unit
        self.students = defaultdict(list)
        self.exercises = defaultdict(list)
        for result in sorted(results, key=lambda r: (r.student, r.notebook)):
            self.students[result.student].append(result)
            for grade_id, mark in result.marks.items():
                self.exercises[grade_id].append((result.student, mark))

    def totals(self):
        """student -> (score, points)."""
        return {
            student: (sum(r.score for r in results), sum(r.points for r in results))
            for student, results in self.students.items()
        }

    def table(self):
        """The table as CSV text: a row a student, scores and mistakes by exercise."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        ids = list(self.exercises)
        heads = [head for name in ids for head in (name, f"{name} mistake")]
        writer.writerow(["student", "score", "points", "remark", *heads])
        totals = self.totals()
        for student, results in self.students.items():
            marks = {n: mark for r in results for n, mark in r.marks.items()}
            cells = []
            for name in ids:
                mark = marks.get(name)
                score = "" if mark is None or mark.score is None else mark.score
                cells += [score, (mark.diagnosis or mark.outcome) if mark else ""]
            remarks = [r.fault["message"] for r in results if r.fault]
            remarks += [in_words(r.limits) for r in results if r.limits]
            remark = "; ".join(remarks)
            row = [student, *totals[student], remark, *cells]
            writer.writerow([_harmless(value) for value in row])
        return stream.getvalue()

    def mistakes(self):
        """grade_id -> [(misconception or outcome, count)], the most frequent first."""
        return {
            name: Counter(
                mark.diagnosis or mark.outcome
                for _, mark in marks
                if mark.outcome != "right"
            ).most_common()
            for name, marks in self.exercises.items()
        }

    def means(self):
        """grade_id -> mean share of the points, from 0 to 1."""
        return {
            name: statistics.fmean((m.score or 0) / (m.points or 1) for _, m in marks)
            for name, marks in self.exercises.items()
        }

    def odd(self):
        """[(student, what)] that a human should look at; nobody lost a point for it."""
        found = []
        for student, results in self.students.items():
            for result in results:
                found += [(student, text) for text in result.anomalies]
                found += [
                    (student, f"{name}: {mark.message}")
                    for name, mark in result.marks.items()
                    if mark.score is None or mark.outcome == "delegated"
                ]
        for notebook, names in self.alike():
            what = f"{notebook}: all answers are the same as another's, word for word"
            found.append((", ".join(names), what))
        return found

    def failed(self):
        """[(student, what)]: could not be read, or had to be repaired."""
        found = []
        for student, results in self.students.items():
            for result in results:
                if result.fault:
                    found.append((student, result.fault["message"]))
                found += [(student, note) for note in result.notes]
        return found

    def limited(self):
        """[(student, which limit was met, in words)]."""
        return [
            (student, f"{result.notebook}: {in_words([name])}")
            for student, results in self.students.items()
            for result in results
            for name in result.limits
        ]

    def slow(self):
        """[(student, notebook, seconds)], the slowest first."""
        times = [
            (r.student, r.notebook, r.seconds.get("all", 0.0))
            for results in self.students.values()
            for r in results
        ]
        return sorted(times, key=lambda row: -row[2])[:_SLOW]

    def alike(self):
        """[(notebook, students whose answers to it are the same text)]."""
        groups = defaultdict(list)
        for student, results in self.students.items():
            for result in results:
                written = "\n".join(_written(result)).split()
                if sum(map(len, written)) > 200:
                    whole = hashlib.sha256(" ".join(written).encode()).hexdigest()
                    groups[result.notebook, whole].append(student)
        return [(book, names) for (book, _), names in groups.items() if len(names) > 1]


def _written(result):
    for cell in (result.rebuilt or {"cells": []})["cells"]:
        own = cell["metadata"]["course"]["origin"] == "learner"
        if own and role(cell) == "answer":
            yield text_of(cell)


def _harmless(value):
    """Spreadsheets run what begins like a formula."""
    if isinstance(value, str) and value[:1] in "=+-@\t\r" and value:
        return f"'{value}"
    return value
