"""From the files of a submission to the notebook that is graded.

Of several files that may be one notebook the one with the most answers counts. What is
read here may be hostile: it is read where time and memory are bounded, by a process
that has nothing to lose.
"""

import base64
from dataclasses import asdict, dataclass, field

from course.notebooks.anomalies import anomalies
from course.notebooks.as_python import as_python, magics_in
from course.notebooks.decoding import decode
from course.notebooks.fault import Fault
from course.notebooks.language import language_of
from course.notebooks.printable import printable_line
from course.notebooks.rebuild import rebuild, role, text_of

_MOST_SHOWN = 8


@dataclass
class Reading:
    """What a submission holds of one notebook.

    Args:
        language: Of the release that it was made from.
        notebook: The released notebook with the learner's work in it.
        files: Paths of files that go beside it -> where each stood.
        notes: What was repaired, for the instructor.
        told: The same as far as it concerns the learner: keys of messages and their
            details, for the texts themselves are not where this is read.
        anomalies: What needs manual review.
    """

    language: str
    notebook: dict
    files: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)
    told: list = field(default_factory=list)
    anomalies: list = field(default_factory=list)

    def to_data(self):
        return asdict(self)


@dataclass
class _Candidate:
    path: str
    language: str
    notebook: dict
    notes: list
    answered: int
    present: int


def read_submission(submission: dict, releases: dict, forbidden: dict) -> Reading:
    """Reads one notebook of a submission.

    Args:
        submission: "candidates" and "files", lists of {"path", "data" in base 64}, the
            likeliest candidate first; "exact", the path that was asked for;
            "left_out", {path: why}.
        releases: {language: released notebook}.
        forbidden: {grade_id of a check: dotted names that its exercise forbids}.

    Raises:
        Fault: No cell can be read from any candidate.
    """
    found, faults = [], []
    for file in submission["candidates"]:
        try:
            data = base64.b64decode(file["data"])
            found.append(_read(file["path"], data, releases))
        except Fault as fault:
            faults.append((file["path"], fault))
    exact = submission["exact"]
    related = [c for c in found if c.answered or c.present or c.path == exact]
    if not related:
        if faults:
            raise faults[0][1]
        raise Fault("missing", f"{exact} was not handed in; {_others(found)}")
    best = max(related, key=lambda candidate: (candidate.answered, candidate.present))
    reading = Reading(best.language, best.notebook, notes=best.notes)
    if best.path != exact:
        reading.notes.insert(0, f"found as {best.path!r}")
    reading.notes += [f"{path}: {fault.message}" for path, fault in faults]
    if len(related) > 1:
        reading.anomalies.append(_several(related, best))
    _gather_files(reading, best, submission)
    _tell_magics(reading)
    reading.anomalies += anomalies(best.notebook, forbidden)
    return reading


def _read(path, data, releases):
    if not data.strip(b"\x00 \t\r\n"):
        raise Fault("empty", f"{path} is empty; hand in the saved notebook")
    text, notes = decode(data)
    language = language_of(releases, text)
    notebook, more = rebuild(releases[language], text)
    origins = [
        cell["metadata"]["course"]["origin"]
        for cell in notebook["cells"]
        if role(cell) == "answer"
    ]
    answered, absent = origins.count("learner"), origins.count("absent")
    present = len(origins) - absent
    return _Candidate(path, language, notebook, notes + more, answered, present)


def _others(found):
    shown = ", ".join(printable_line(c.path, 60) for c in found[:_MOST_SHOWN])
    return f"there is: {shown}"


def _several(related, best):
    told = ", ".join(
        f"{printable_line(c.path, 80)!r} with {c.answered}"
        for c in related[:_MOST_SHOWN]
    )
    return (
        f"{len(related)} files may be this notebook, by how many answers they hold: "
        f"{told}; graded was {printable_line(best.path, 80)!r}"
    )


def _gather_files(reading, best, submission):
    """The learner's own files in the notebook's folder and below go with it."""
    above = best.path.rpartition("/")[0]
    start = f"{above}/" if above else ""
    inside = [f["path"] for f in submission["files"] if f["path"].startswith(start)]
    reading.files = {path.removeprefix(start): path for path in inside}
    left = {p: why for p, why in submission["left_out"].items() if p.startswith(start)}
    if reading.files:
        names = _list(reading.files)
        reading.notes.append(f"files that went with the notebook: {names}")
        reading.told.append(["grading.files_taken", {"names": names}])
    if left:
        names = _list(f"{p.removeprefix(start)} ({why})" for p, why in left.items())
        reading.notes.append(f"files that did not go with the notebook: {names}")
        reading.told.append(["grading.files_left", {"names": names}])


def _tell_magics(reading):
    skipped = []
    for position, cell in enumerate(reading.notebook["cells"], start=1):
        mine = cell["metadata"]["course"]["origin"] in ("learner", "helper")
        if mine and cell["cell_type"] == "code":
            magics = magics_in(as_python(text_of(cell)))
            skipped += [f"{magic} [{position}]" for magic in magics]
    if skipped:
        lines = _list(skipped)
        reading.notes.append(f"lines that only a notebook runs: {lines}")
        reading.told.append(["grading.magics", {"lines": lines}])


def _list(names):
    names = [printable_line(name, 100) for name in names]
    more = len(names) - _MOST_SHOWN
    return ", ".join(names[:_MOST_SHOWN]) + (f", … (+{more})" if more > 0 else "")
