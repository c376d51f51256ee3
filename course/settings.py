"""The learner's language and progress, kept in the folder that `start` made."""

import contextlib
import dataclasses
import json
from pathlib import Path

from course.examination.verdict import Verdict
from course.files import write_atomically
from course.messages import LANGUAGES

FOLDER = ".transformer-course"
_spoken: list[str] = []
_session: dict[str, dict] = {}


@dataclasses.dataclass(frozen=True)
class Progress:
    """Where one stands in a unit: exercises right, and points, of how many."""

    unit: str
    right: int
    count: int
    score: int
    points: int


def speak(language: str) -> None:
    _spoken[:] = [language]


def language() -> str:
    """What was last spoken; else the language of this folder, else English."""
    return _spoken[0] if _spoken else language_of(Path.cwd())


def language_of(folder: Path) -> str:
    """The language of a learner's folder; English where none is set."""
    found = learner_folder(folder)
    if found is not None:
        with contextlib.suppress(OSError, ValueError, KeyError):
            stored = json.loads((found / FOLDER / "settings.json").read_text())
            if stored["language"] in LANGUAGES:
                return stored["language"]
    return "en"


def learner_folder(start: Path | None = None) -> Path | None:
    """The folder that `transformer-course start` made, here or above; None if none."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / FOLDER).is_dir():
            return folder
    return None


def record(verdict: Verdict) -> Progress:
    """Remembers a verdict, in the learner's folder if there is one.

    The best score stays: trying something else afterwards loses nothing.
    """
    results = read_results()
    before = results.get(verdict.exercise, {"score": -1})
    if verdict.score >= before["score"]:
        results[verdict.exercise] = {
            "score": verdict.score,
            "points": verdict.points,
            "right": verdict.right,
        }
    _session.update(results)
    folder = learner_folder()
    if folder is not None:
        with contextlib.suppress(OSError):  # a read-only folder loses no verdict
            write_atomically(
                folder / FOLDER / "progress.json", json.dumps(results, indent=1)
            )
    return progress_of(verdict.exercise, results)


def read_results(folder: Path | None = None) -> dict[str, dict]:
    """The best results so far, by exercise."""
    folder = folder or learner_folder()
    stored = {}
    if folder is not None:
        with contextlib.suppress(OSError, ValueError):
            stored = json.loads((folder / FOLDER / "progress.json").read_text())
    return {**_session, **stored} if isinstance(stored, dict) else dict(_session)


def progress_of(exercise: str, results: dict[str, dict]) -> Progress:
    """Where one stands in the unit of an exercise."""
    from course.checks import exercises

    known = exercises()
    unit = known[exercise].unit
    inside = {name: e for name, e in known.items() if e.unit == unit}
    done = [results[name] for name in inside if name in results]
    return Progress(
        unit=unit,
        right=sum(result["right"] for result in done),
        count=len(inside),
        score=sum(result["score"] for result in done),
        points=sum(e.points for e in inside.values()),
    )
