"""Real texts and what each of them is: sections, fields, languages.

Nothing that is tested on is of a country, or of a message, that was learnt from.
"""

import dataclasses
import json
import random
import re
from collections.abc import Iterable, Iterator
from typing import Any

from course.datasets.corpus import ENGLISH, SPANISH, package_files, without_markup

LEARNT, TESTED = 32, 20  # texts of each name
LONGEST = 24  # words: the rest of a longer text is cut off
KINDS = ("section", "field")
# Those of at least 60 countries outside of the tests, said in words.
SECTIONS = (
    "Introduction",
    "Geography",
    "People and Society",
    "Environment",
    "Government",
    "Economy",
    "Communications",
    "Military and Security",
    "Space",
)
FIELDS = (
    "Agricultural products",
    "Broadcast media",
    "Citizenship",
    "Economic overview",
    "Environmental issues",
    "Exports - commodities",
    "Flag",
    "Imports - commodities",
    "Industries",
    "Judicial branch",
    "Languages",
    "Legal system",
    "Location",
    "National anthem(s)",
    "Natural hazards",
    "Natural resources",
    "Political parties",
    "Terrain",
)
# Most of them have a close relative among the others.
LANGUAGES = tuple("ca cs da de en es fr gl it nl pl pt sk sv".split())


@dataclasses.dataclass(frozen=True)
class TextTask:
    """Texts to learn from, and others to be tested on.

    Args:
        training: For each name, such as "Economy" or "es", its texts.
        testing: (text, name) for each text.
    """

    training: dict[str, list[str]]
    testing: list[tuple[str, str]]


def factbook_task(kind: str) -> TextTask:
    """From which section, or field, of the World Factbook is this text?

    Args:
        kind: "section" (9 of them, such as "Economy") or "field" (18, such as
            "Terrain").

    Raises:
        CourseError: the package is missing; says how to install it.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}; got {kind!r}")
    names = FIELDS if kind == "field" else SECTIONS
    found: dict[str, list[tuple[str, str]]] = {}
    for country, path, text in _factbook():
        found.setdefault(text, []).append((country, path[KINDS.index(kind)]))
    # What stands under two names, such as the climate, belongs to neither.
    rows = [(*v[0], t) for t, v in found.items() if len({n for _, n in v}) == 1]
    return _split(rows, names)


def language_task() -> TextTask:
    """In which of 14 languages is this message of Django's catalogues (BSD)?

    Raises:
        CourseError: the package is missing; says how to install it.
    """
    from babel.messages.mofile import read_mo

    rows = []
    for language in set(LANGUAGES) - {"en"}:
        pattern = rf"locale/{language}/LC_MESSAGES/django\.mo$"
        for path in package_files(SPANISH, pattern):
            with path.open("rb") as stream:
                for one in read_mo(stream):
                    if isinstance(one.string, str) and one.id != one.string:
                        rows.append((str(one.id), language, _message(one.string)))
    english = sorted({(source, "en", _message(source)) for source, _, _ in rows})
    return _split([*rows, *english], LANGUAGES)


def words_of(text: str) -> list[str]:
    """The words of a text in small letters, without numbers and punctuation."""
    return re.findall(r"[^\W\d_]+", text.lower())


def _factbook() -> Iterator[tuple[str, tuple[str, ...], str]]:
    """(country, (section, field, ...), the first words) of what is said in words."""
    for path in package_files(ENGLISH, r"data/.*/[a-z]{2}\.json$"):
        for place, text in _leaves(json.loads(path.read_text(encoding="utf-8"))):
            words = text.split()[:LONGEST]
            spelt = sum(word.strip(".,;:()").isalpha() for word in words)
            if len(words) > 5 and spelt >= 0.75 * len(words) and len(place) > 1:
                yield path.stem, place, " ".join(words)


def _leaves(tree: Any, place: tuple = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*place, key))
        elif key == "text" and isinstance(value, str):
            yield place, without_markup(value)


def _message(text: str) -> str:
    """Without markup and without what a program fills in, such as %(count)d."""
    return without_markup(re.sub(r"%(\(\w+\))?[sdr]|\{\w*\}", " ", text))


def _split(rows: Iterable[tuple[str, str, str]], names: Iterable[str]) -> TextTask:
    """Of (source, name, text): a third of the sources is for testing."""
    rows = sorted(row for row in rows if len(words_of(row[2])) > 3)
    chance = random.Random(0)
    sources = sorted({source for source, _, _ in rows})
    chance.shuffle(sources)
    chance.shuffle(rows)
    kept = set(sources[: len(sources) // 3])
    training: dict[str, list[str]] = {name: [] for name in names}
    testing: dict[str, list[str]] = {name: [] for name in names}
    for source, name, text in rows:
        part, most = (testing, TESTED) if source in kept else (training, LEARNT)
        if name in part and len(part[name]) < most:
            part[name].append(text)
    return TextTask(training, [(t, name) for name in names for t in testing[name]])
