"""The figures of the audit, kept exercise by exercise beside the page made of them.

An audit of everything takes hours. Each exercise's figures are written as soon as they
are there, with a fingerprint of what they were measured on; a later audit measures only
what is new or has changed since.
"""

import dataclasses
import hashlib
import inspect
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from course.examination.audit import Row, document
from course.examination.exercise import Exercise
from course.examination.unseen import Unseen
from course.files import write_atomically


@dataclasses.dataclass(frozen=True)
class Kept:
    """What is known of one exercise.

    Args:
        named: The figures on the answers that it names, and the fingerprint then.
        unseen: The same on answers made by machine; None where never measured.
    """

    named: tuple[str, Row]
    unseen: tuple[str, Unseen] | None = None


def fingerprint(exercise: Exercise) -> str:
    """Changes with the exercise's definition, its answers and its probes.

    Their own sources only: not the library, the examiner, or the catalogue of mutants.
    """
    answers = [*exercise.misconceptions.values(), *exercise.alternatives.values()]
    modules = sorted({answer.__module__ for answer in answers})
    texts = [inspect.getsource(sys.modules[name]) for name in modules]
    if getattr(exercise.original, "__module__", None) not in (None, *modules):
        texts.append(inspect.getsource(exercise.original))
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def read(path: Path) -> dict[str, Kept]:
    """The figures by exercise; none where there is no such file yet."""
    if not path.exists():
        return {}
    return {
        name: _read_entry(entry) for name, entry in json.loads(path.read_text()).items()
    }


def write(path: Path, figures: Mapping[str, Kept]) -> None:
    """One line an exercise, in their order, whole or not at all."""
    lines = (
        f"{json.dumps(name)}: {json.dumps(dataclasses.asdict(figures[name]))}"
        for name in sorted(figures)
    )
    write_atomically(path, "{\n" + ",\n".join(lines) + "\n}\n")


def make_page(figures: Mapping[str, Kept], exercises: Mapping[str, Exercise]) -> str:
    """The page made of the figures, in the order in which the exercises are taught."""
    there = [figures[name] for name in exercises if name in figures]
    measured = [kept.unseen[1] for kept in there if kept.unseen]
    missing = len(exercises) - len(measured)
    return document([kept.named[1] for kept in there], measured, missing)


def find_stale(
    figures: Mapping[str, Kept], exercises: Mapping[str, Exercise]
) -> list[str]:
    """Exercises without figures on machine-made answers, or changed since."""
    found = {name: kept.unseen[0] for name, kept in figures.items() if kept.unseen}
    return [n for n, one in exercises.items() if found.get(n) != fingerprint(one)]


def _read_entry(entry: dict[str, Any]) -> Kept:
    print_, row = entry["named"]
    named = (print_, Row(**row))
    if entry["unseen"] is None:
        return Kept(named)
    print_, counts = entry["unseen"]
    for field in ("accepted", "refused"):
        counts[field] = tuple(counts[field])
    return Kept(named, (print_, Unseen(**counts)))
