"""A class at a glance: what counts, what was mistaken, what a human should see."""

import hashlib
import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from course.grading.limit_messages import in_words
from course.notebooks.rebuild import role, text_of

_SLOW = 10


@dataclass
class Standing:
    """One student's points of a unit, as they count.

    Args:
        raw: Points before a penalty.
        penalty: Points taken off for being late.
        most: Points to be had.
        exercises: grade_id -> points.
        by_hand: grade_ids that a human must look at.
        handed_in: Whether there is a submission.
    """

    raw: float = 0.0
    penalty: float = 0.0
    most: float = 0.0
    exercises: dict = field(default_factory=dict)
    by_hand: list = field(default_factory=list)
    handed_in: bool = False

    @property
    def score(self):
        return max(0.0, self.raw - self.penalty)


class Report:
    """What is worth knowing about one unit: what counts, and what grading found.

    Args:
        unit: The unit's name.
        results: A list of `Result`: the journal, for mistakes, remarks and times.
        standings: student -> `Standing`: the gradebook, for every score. Without it
            scores are the journal's.
        class_list: Further students who should have handed in.

    Attributes:
        students: name -> list of results, by name; [] for who handed in nothing.
        standings: name -> `Standing`, by name, for everybody.
        exercises: grade_id -> list of (student, `Mark`), in the notebooks' order.
    """

    def __init__(self, unit, results, standings=None, class_list=()):
        self.unit = unit
        graded = defaultdict(list)
        self.exercises = defaultdict(list)
        for result in sorted(results, key=lambda r: (r.student, r.notebook)):
            graded[result.student].append(result)
            for grade_id, mark in result.marks.items():
                self.exercises[grade_id].append((result.student, mark))
        standings = {s: _standing(r) for s, r in graded.items()} | (standings or {})
        most = max((s.most for s in standings.values()), default=0.0)
        for student in class_list:
            standings.setdefault(student, Standing(most=most))
        self.standings = dict(sorted(standings.items()))
        self.students = {name: graded.get(name, []) for name in self.standings}

    def grade_ids(self):
        """Of every exercise, as the notebooks have them."""
        known = [name for one in self.standings.values() for name in one.exercises]
        return list(dict.fromkeys([*self.exercises, *known]))

    def totals(self):
        """student -> (score, points) of those who handed in."""
        return {
            student: (one.score, one.most)
            for student, one in self.standings.items()
            if one.handed_in
        }

    def absent(self):
        """Students who handed in nothing."""
        return [name for name, one in self.standings.items() if not one.handed_in]

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
        """grade_id -> mean share of the points that count, 1 for all of them."""
        return {
            name: statistics.fmean(
                (self.standings[student].exercises.get(name) or 0) / (mark.points or 1)
                for student, mark in marks
            )
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
            found += [(student, what) for student in names]
        return found

    def list_failed(self):
        """[(student, what)]: could not be read, or had to be repaired."""
        found = []
        for student, results in self.students.items():
            for result in results:
                if result.fault:
                    found.append((student, result.fault["message"]))
                found += [(student, note) for note in result.notes]
        return found

    def list_limited(self, language="en"):
        """[(student, which limit was met, in words)]."""
        return [
            (student, f"{result.notebook}: {in_words([name], language)}")
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
                written = "\n".join(_learner_texts(result)).split()
                if sum(map(len, written)) > 200:
                    whole = hashlib.sha256(" ".join(written).encode()).hexdigest()
                    groups[result.notebook, whole].append(student)
        return [(book, names) for (book, _), names in groups.items() if len(names) > 1]


def _learner_texts(result):
    for cell in (result.rebuilt or {"cells": []})["cells"]:
        own = cell["metadata"]["course"]["origin"] == "learner"
        if own and role(cell) == "answer":
            yield text_of(cell)


def _standing(results):
    marks = {name: mark for r in results for name, mark in r.marks.items()}
    return Standing(
        raw=sum(r.score for r in results),
        most=sum(r.points for r in results),
        exercises={name: mark.score or 0.0 for name, mark in marks.items()},
        by_hand=[name for name, mark in marks.items() if mark.score is None],
        handed_in=True,
    )
