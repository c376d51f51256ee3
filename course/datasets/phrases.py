"""Short phrases in English and Spanish that say the same, from installed packages.

Names of emoji (emoji, BSD; the texts are Unicode's), names of countries, languages and
currencies (Babel, BSD), messages of a web framework (Django, BSD), and dates, of which
there are as many as anybody wants. A tenth of the phrases is held out, and a tenth of
the days.
"""

import random
import re
import zlib
from collections.abc import Iterator, Sequence

from babel import Locale

from course import errors
from course.datasets.corpus import messages
from course.datasets.dates import PATTERNS, drawn_days, written

KINDS = ("emoji", "names", "messages", "dates")
WORDS = range(1, 8)


def phrase_pairs(kind: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Pairs (English, Spanish) of one kind but "dates".

    Args:
        kind: "emoji", "names" or "messages".

    Returns:
        training, testing: different pairs in any order; no English phrase is in both.

    Raises:
        CourseError: a package is missing; says how to install it.
    """
    found: dict[str, str] = {}
    for english, spanish in _SOURCES[kind]():
        if english and len(english.split()) in WORDS and len(spanish.split()) in WORDS:
            found.setdefault(english, spanish)
    parts: tuple[list, list] = ([], [])
    for english, spanish in found.items():
        # By what it says, not where it stands: the same on every machine.
        is_held_out = zlib.crc32(english.lower().encode()) % 10 == 0
        parts[is_held_out].append((english, spanish))
    return parts


def date_translations(
    count: int, seed: int, held_out: bool = False
) -> list[tuple[str, str]]:
    """Dates in words in both languages, worded alike.

    Args:
        count: How many.
        seed: Draws the days and their wording.
        held_out: Whether of the days that `dates.date_pairs` never draws.
    """
    chance, pairs = random.Random(seed), []
    full, long, middle, abbreviated, short = PATTERNS["es"]
    alike = (full, long, short, middle, abbreviated)
    wordings = list(zip(PATTERNS["en"], alike, strict=True))
    for day in drawn_days(chance, count, held_out):
        english, spanish = chance.choice(wordings)
        pairs.append((written(day, "en", english), written(day, "es", spanish)))
    return pairs


def nearest(known: Sequence[tuple[str, str]], texts: Sequence[str]) -> list[str]:
    """What looking up gives: the translation of the most similar phrase known.

    Args:
        known: Pairs (text, translation).
        texts: What is to be translated.
    """
    table = [(_runs(text), translation) for text, translation in known]
    found = []
    for text in texts:
        asked = _runs(text)
        best = max(table, key=lambda row: len(asked & row[0]) / len(asked | row[0]))
        found.append(best[1])
    return found


def _runs(text: str) -> set[str]:
    """Runs of three characters, the borders of words among them."""
    text = f" {text.lower()} "
    return {text[n : n + 3] for n in range(len(text) - 2)}


def _emoji() -> Iterator[tuple[str, str]]:
    try:
        import emoji
    except ImportError as error:
        raise errors.error("text_missing", package="emoji") from error
    emoji.config.load_language(["en", "es"])
    for names in emoji.EMOJI_DATA.values():
        if "es" in names and "skin_tone" not in names["en"]:
            one, other = (names[n].strip(":").replace("_", " ") for n in ("en", "es"))
            yield one, other


def _names() -> Iterator[tuple[str, str]]:
    english, spanish = Locale("en"), Locale("es")
    for kind in ("territories", "languages", "currencies"):
        known, other = getattr(english, kind), getattr(spanish, kind)
        yield from ((known[key], other[key]) for key in known if key in other)


def _messages() -> Iterator[tuple[str, str]]:
    for english, spanish in messages():
        if not re.search(r"[%{<&]|\.\w|\n", english + spanish):
            yield english, spanish


_SOURCES = {"emoji": _emoji, "names": _names, "messages": _messages}
