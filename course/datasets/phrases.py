"""Short phrases in English and Spanish that people have translated, from packages.

Measures and names come from Unicode's locale data by way of babel (BSD), names of
pictures from the same data by way of emoji (BSD), messages from Django (BSD), dates
from `course.datasets.dates`. A tenth is held out: no near copy of what is tested, in
either language and of whatever kind, is left in what is learnt.
"""

import functools
import random
import re
import zlib
from collections.abc import Sequence

import numpy as np
from babel import Locale
from babel.units import format_unit

from course import errors
from course.datasets.bilingual import PLACEHOLDER
from course.datasets.corpus import messages
from course.datasets.dates import draw_days, written

Pair = tuple[str, str]  # English, Spanish

KINDS = ("dates", "measures", "names", "pictures", "messages")
DATE_PATTERNS = (
    ("EEEE, MMMM d, y", "EEEE, d 'de' MMMM 'de' y"),
    ("MMMM d, y", "d 'de' MMMM 'de' y"),
    ("d MMMM y", "d 'de' MMMM y"),
    ("EEE, d MMM y", "EEE, d MMM y"),
)
NAMES = ("territories", "languages", "currencies", "scripts")
UNITS = (
    "length-meter length-centimeter length-kilometer length-mile length-foot"
    " length-inch mass-gram mass-kilogram mass-pound volume-liter volume-cubic-meter"
    " area-square-meter area-square-kilometer duration-second duration-minute"
    " duration-hour duration-day duration-week duration-month duration-year"
    " temperature-celsius speed-kilometer-per-hour energy-kilowatt-hour power-watt"
    " digital-megabyte concentr-percent angle-degree electric-volt"
).split()
DRAWN = {"training": 3000, "testing": 200}
LONGEST = 40  # characters of a phrase
TOO_SIMILAR = 0.8  # cosine of their runs of three characters


def date_translations(count: int, seed: int, held_out: bool = False) -> list[Pair]:
    """Days in English words and in the Spanish words that say as much.

    Args:
        count: How many.
        seed: Draws days and wordings.
        held_out: Whether days for testing only, or the others.
    """
    chance, pairs = random.Random(seed), []
    for day in draw_days(chance, count, held_out):
        english, spanish = chance.choice(DATE_PATTERNS)
        pairs.append((written(day, "en", english), written(day, "es", spanish)))
    return pairs


def measure_translations(count: int, seed: int, held_out: bool = False) -> list[Pair]:
    """Numbers with a unit, such as ("1,250 grams", "1250 gramos").

    Args:
        count: How many.
        seed: Draws numbers and units.
        held_out: Whether numbers for testing only (a tenth of all), or the others.
    """
    chance = random.Random(seed)
    pairs: list[Pair] = []
    while len(pairs) < count:
        digits = chance.randint(1, 5)
        number = chance.randrange(1, 10**digits) / chance.choice((1, 10))
        unit = chance.choice(UNITS)
        if _is_held_out(str(number)) == held_out:
            english, spanish = (
                format_unit(number, unit, "long", locale=language)
                for language in ("en", "es")
            )
            pairs.append((english, spanish))
    return pairs


def learnt_pairs(kind: str) -> tuple[list[Pair], list[Pair]]:
    """What the course's translator learns from, and what it is tested on.

    Args:
        kind: One of `KINDS`.

    Raises:
        CourseError: a package is missing; says how to install it.
    """
    draw = {"dates": date_translations, "measures": measure_translations}.get(kind)
    if draw is None:
        return phrase_pairs(kind)
    return (
        draw(DRAWN["training"], seed=0),
        draw(DRAWN["testing"], seed=1, held_out=True),
    )


@functools.cache
def phrase_pairs(kind: str) -> tuple[list[Pair], list[Pair]]:
    """Pairs to learn from and pairs to be tested on: different phrases of one kind.

    Args:
        kind: "names", "pictures" or "messages".

    Returns:
        training, testing: what is tested depends on nothing but the English text, and
        is the same on every machine.

    Raises:
        CourseError: a package is missing; says how to install it.
    """
    pairs = {
        name: [pair for pair in dict(_pairs(name)).items() if _is_short(pair)]
        for name in ("names", "pictures", "messages")
    }
    testing = {
        name: [pair for pair in part if _is_held_out(_words(pair[0]))]
        for name, part in pairs.items()
    }
    every = [pair for part in testing.values() for pair in part]
    near = np.zeros(len(pairs[kind]), bool)  # what is tested is near itself
    for language in range(2):
        ours, theirs = (
            _runs([pair[language] for pair in part]) for part in (pairs[kind], every)
        )
        near |= (ours @ theirs.T).max(axis=1) > TOO_SIMILAR
    return [pair for pair, out in zip(pairs[kind], near) if not out], testing[kind]


def nearest(pairs: Sequence[Pair], texts: Sequence[str]) -> list[str]:
    """What a phrase book says: the translation of the most similar text that it has.

    Args:
        pairs: (text, translation) of the book.
        texts: To be looked up.
    """
    known, translations = zip(*pairs)
    best = (_runs(texts) @ _runs(known).T).argmax(axis=1)
    return [translations[number] for number in best]


def _pairs(kind: str) -> list[Pair]:
    if kind == "messages":
        return list(messages())
    if kind == "names":
        parts = [
            [getattr(Locale(language), part) for language in ("en", "es")]
            for part in NAMES
        ]
        return [
            (english[code], spanish[code])
            for english, spanish in parts
            for code in sorted(english.keys() & spanish.keys())
        ]
    try:
        import emoji
    except ImportError as error:
        raise errors.error("text_missing", package="emoji") from error
    emoji.config.load_language(["en", "es"])
    found = [
        tuple(one[lang].strip(":").replace("_", " ") for lang in ("en", "es"))
        for one in emoji.EMOJI_DATA.values()
        if "es" in one
    ]
    # Flags are names of countries; the five skin tones would be five near copies.
    return [
        pair for pair in found if "skin" not in pair[0] and "bandera" not in pair[1]
    ]


def _is_short(pair: Pair) -> bool:
    return all(
        len(text) <= LONGEST
        and not re.search(r"[<&\n]", text)
        and not PLACEHOLDER.search(text)
        for text in pair
    )


def _is_held_out(text: str) -> bool:
    return zlib.crc32(text.encode()) % 10 == 0


def _words(text: str) -> str:
    """A text's words without what sets near copies apart: who does it, case, years."""
    text = re.sub(r"\([^)]*\)", " ", text.lower())
    words = re.findall(r"[^\W\d_]+", text)
    people = "man men woman women person people boy girl s".split()
    return " ".join(w.removesuffix("s") for w in words if w not in people) or text


def _runs(texts: Sequence[str], size: int = 4096) -> np.ndarray:
    """[text, size] float32 of length 1: runs of three characters, hashed."""
    table = np.zeros((len(texts), size), "float32")
    for row, text in zip(table, texts):
        text = f"  {text.lower()} "
        for place in range(len(text) - 2):
            row[zlib.crc32(text[place : place + 3].encode()) % size] += 1
    return table / np.linalg.norm(table, axis=1, keepdims=True)
