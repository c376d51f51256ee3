"""What grading found, as plain data that is written to the journal."""

from dataclasses import asdict, dataclass, field, replace


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
        return asdict(self)

    @classmethod
    def from_data(cls, data):
        marks = {name: Mark(**mark) for name, mark in data["marks"].items()}
        return cls(**{**data, "marks": marks})
