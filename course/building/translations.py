"""Tells when a text changed in one language and its translation was not touched.

For each text of the course a file beside its source remembers what both languages
said when they last agreed. A text that has changed in one language only is stale; one
that has changed in both must be confirmed, by `transformer-course translated`.
"""

import dataclasses
import hashlib
import json
from pathlib import Path

from course.building.script import read
from course.files import write_atomically
from course.messages import LANGUAGES, catalogue
from course.paths import lessons_folder

RECORD = "translations.json"


@dataclasses.dataclass(frozen=True)
class Stale:
    """A text whose languages may no longer say the same.

    Args:
        place: The file and the cell's key, or the message's key.
        changed: The languages that have changed since they agreed; both are named
            for a text that is new.
    """

    place: str
    changed: tuple[str, ...]

    def __str__(self) -> str:
        if len(self.changed) == 1:
            other = next(lang for lang in LANGUAGES if lang not in self.changed)
            return f"{self.place}: {self.changed[0]} has changed, {other} has not"
        return f"{self.place}: new in both languages, or changed in both"


def stale_texts(root: Path) -> list[Stale]:
    """Every text of the course that is not as it was when both languages agreed."""
    found = []
    for record, texts in _sources(root).items():
        agreed = _read(record)
        for key, now in texts.items():
            before = agreed.get(key, [None] * len(LANGUAGES))
            changed = tuple(
                language
                for language, one, other in zip(LANGUAGES, now, before, strict=True)
                if one != other
            )
            if changed:
                place = f"{record.parent.relative_to(root)}/{key}"
                found.append(Stale(place, changed))
    return found


def confirm(root: Path, reviewed: bool = False) -> list[Stale]:
    """Records that the languages agree, where both have changed.

    Args:
        root: The checkout.
        reviewed: Also where only one has changed: somebody has compared the two.

    Returns:
        What stays stale, and was therefore not recorded.
    """
    stale = {s.place: s for s in stale_texts(root)}
    kept = []
    for record, texts in _sources(root).items():
        agreed = _read(record)
        for key, now in texts.items():
            one = stale.get(f"{record.parent.relative_to(root)}/{key}")
            if one is not None and len(one.changed) == 1 and not reviewed:
                kept.append(one)
            else:
                agreed[key] = now
        agreed = {key: agreed[key] for key in sorted(agreed) if key in texts}
        if agreed or record.exists():
            write_atomically(record, json.dumps(agreed, indent=0) + "\n")
    return kept


def _sources(root: Path) -> dict[Path, dict[str, list[str]]]:
    """By record file: each text's key and its fingerprints, one a language."""
    found: dict[Path, dict[str, list[str]]] = {}
    lessons = sorted(lessons_folder().glob("[0-9]*.py"))
    for script in [*sorted((root / "solutions").glob("*/*.py")), *lessons]:
        texts: dict[str, dict[str, str]] = {}
        for cell in read(script):
            if cell.kind == "text":
                texts.setdefault(cell.key, {})[cell.language] = _fingerprint(
                    cell.source
                )
        record = found.setdefault(script.parent / RECORD, {})
        for key, versions in texts.items():
            record[f"{script.name}#{key}"] = [versions[lang] for lang in LANGUAGES]
    messages = root / "course" / "messages"
    record = found.setdefault(messages / RECORD, {})
    for path in sorted((messages / LANGUAGES[0]).glob("*.po")):
        catalogues = [catalogue(path.stem, language) for language in LANGUAGES]
        for key in catalogues[0]:
            record[key] = [_fingerprint(each.get(key, "")) for each in catalogues]
    return found


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _read(record: Path) -> dict[str, list[str]]:
    return json.loads(record.read_text()) if record.exists() else {}
