"""What grading found, as plain data that is written to the journal."""

from dataclasses import asdict, dataclass, field, replace

from course.notebooks.printable import printable_line, printable_tree

MOST_NOTES = 60


@dataclass
class Mark:
    """One exercise of one student.

    Args:
        score, points: Earned, and to be had; the score is None if a human must look.
        outcome: Of the verdict, or "fault".
        diagnosis: The misconception's name, or None.
        message: For the learner, without any hidden value.
        parts: Name -> (earned, to be had).
        seconds: How long the examination took.
        card: The verdict as a piece of HTML, or "".
        verdict: The verdict's own data, or None.
    """

    score: float | None
    points: float
    outcome: str
    diagnosis: str | None = None
    message: str = ""
    parts: dict = field(default_factory=dict)
    seconds: float = 0.0
    card: str = ""
    verdict: dict | None = None

    def scale_to(self, points):
        """What the release promised is what can be earned, should the two differ."""
        if points and points != self.points:
            self.score = self.score and self.score * points / self.points
            self.points = points


@dataclass
class Result:
    """One notebook of one student.

    Args:
        student, unit, notebook: Names.
        language: "en" or "es".
        fault: None, or {"reason": ..., "message": ...} if nothing could be read.
        marks: grade_id -> `Mark`.
        cells: Position in the rebuilt notebook -> {"error": ..., "output": ...}.
        notes: What was repaired.
        told: What the learner should know of it, in the learner's language.
        anomalies: What a human may want to look at; never punished by machine.
        seconds: Stage -> seconds.
        usage: Processor seconds and bytes at most of the submission's processes.
        limits: Names of the limits it met; see `course.grading.limit_messages`.
    """

    student: str
    unit: str
    notebook: str
    language: str = "en"
    fault: dict | None = None
    marks: dict = field(default_factory=dict)
    cells: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)
    told: list = field(default_factory=list)
    anomalies: list = field(default_factory=list)
    seconds: dict = field(default_factory=dict)
    usage: dict = field(default_factory=dict)
    rebuilt: dict | None = None
    limits: list = field(default_factory=list)

    @property
    def score(self):
        return sum(mark.score or 0 for mark in self.marks.values())

    @property
    def points(self):
        return sum(mark.points for mark in self.marks.values())

    def over(self, older):
        """This result, with the marks of an older one where it has none itself."""
        marks = {**(older.marks if older else {}), **self.marks}
        return replace(self, marks=marks)

    def to_data(self):
        """Plain data in which every text of the submission is printable and bounded.

        Whatever a result goes to (the journal, the gradebook, another machine, a page)
        it goes there by this method.
        """
        data = asdict(
            replace(self, notes=_few(self.notes), anomalies=_few(self.anomalies))
        )
        return printable_tree(data)

    @classmethod
    def from_data(cls, data):
        marks = {name: Mark(**mark) for name, mark in data["marks"].items()}
        return cls(**{**data, "marks": marks})


def _few(notes):
    """Each note once, on one line, and not more than a human would read."""
    lines = list(dict.fromkeys(printable_line(note, 1500) for note in notes))
    more = len(lines) - MOST_NOTES
    return lines[:MOST_NOTES] + ([f"and {more} more of this kind"] if more > 0 else [])
