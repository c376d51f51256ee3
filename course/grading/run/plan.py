"""What a run has to grade, and why: new, changed, or asked for."""

from collections import defaultdict
from dataclasses import dataclass, field

from course.grading.run.supervisor import Task

# What a mark depends on, the most telling first, and how a change of it is said.
REASONS = {
    "new": "new",
    "asked": "as asked",
    "submission": "resubmitted",
    "release": "the release has changed",
    "check": "the check has changed",
    "course": "another version of the course",
}
_MOST = 5


@dataclass
class Plan:
    """Notebooks to grade.

    Attributes:
        tasks: A list of `Task`.
        reasons: Reason -> list of what it concerns, in words.
        left: Students whose other marks are of an earlier submission, release, check.
        count: How many notebooks were looked at.
    """

    tasks: list = field(default_factory=list)
    reasons: dict = field(default_factory=lambda: defaultdict(list))
    left: list = field(default_factory=list)
    count: int = 0

    def add(self, student, notebook, known, current, asked=None):
        """Adds a notebook if anything of it must be graded.

        Args:
            student, notebook: Whose, and which.
            known: The digests of what is in the journal; None if it has no result.
            current: The digests of what would be graded now.
            asked: grade_ids that are graded in any case and alone; all of them if
                empty; None if nothing was asked for.
        """
        self.count += 1
        stale = _stale(known, current)
        todo = stale
        if known is None:
            todo = dict.fromkeys(current, "new")
        elif asked is not None:
            todo = {i: "asked" for i in asked or current if i in current}
            if asked and set(stale) - set(todo) - {""}:
                self.left.append(student)
        if not todo:
            return
        only = [] if not set(current) - set(todo) - {""} else sorted(set(todo) - {""})
        digests = {i: current[i] if i in todo else known[i] for i in current}
        digests[""] = known[""] if only and asked else current[""]
        self.tasks.append(Task(student, notebook, only, digests))
        why = min(todo.values(), key=list(REASONS).index)
        what = f"{student} {notebook}" + (f" ({', '.join(only)})" if only else "")
        self.reasons[why].append(what)

    def lines(self):
        """The plan in words, for the terminal."""
        if not self.tasks:
            return [f"{self.count} notebooks, none of them new or changed"]
        found = [f"{self.count} notebooks; to grade: {len(self.tasks)}"]
        for reason in REASONS:
            if what := self.reasons.get(reason):
                shown = ", ".join(what[:_MOST]) + (", ..." if len(what) > _MOST else "")
                found.append(f"  {REASONS[reason]}: {len(what)} ({shown})")
        if self.left:
            names = ", ".join(sorted(set(self.left))[:_MOST])
            found.append(
                f"  other exercises keep marks that have been overtaken: {names}; "
                "grade without --exercise to bring them up to date"
            )
        return found


def _stale(known, current):
    """grade_id -> the first of what has changed, for marks that no longer hold."""
    found = {}
    for grade_id, parts in current.items():
        before = (known or {}).get(grade_id, {})
        changed = [p for p in REASONS if p in parts and before.get(p) != parts[p]]
        if changed:
            found[grade_id] = changed[0] if before else "release"
    return found
