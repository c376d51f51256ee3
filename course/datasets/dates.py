"""Dates as people write them in English and Spanish, and as ISO 8601 writes them.

Babel (BSD) knows how dates are written in both languages, so there are as many pairs as
anybody wants, all of them right. A tenth of the days is held out: none of them is seen
in training, in either language and any wording.
"""

import datetime
import random
import zlib
from collections.abc import Iterator

from babel.dates import format_date

PATTERNS = {
    "en": (
        "EEEE, MMMM d, y",
        "MMMM d, y",
        "MMM d, y",
        "d MMMM y",
        "EEE, d MMM y",
    ),
    "es": (
        "EEEE, d 'de' MMMM 'de' y",
        "d 'de' MMMM 'de' y",
        "d 'de' MMMM y",
        "EEE, d MMM y",
        "d MMM y",
    ),
}
FIRST, LAST = datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)


def written(day: datetime.date, language: str, pattern: str) -> str:
    """A day in words: written(..., "es", "d 'de' MMMM y") is "9 de marzo 2021".

    Args:
        day: The day.
        language: "en" or "es".
        pattern: A pattern of Unicode's locale data, such as those of `PATTERNS`.
    """
    return format_date(day, pattern, locale=language)


def is_held_out(day: datetime.date) -> bool:
    """Whether a day is for testing only: the same on every machine."""
    return zlib.crc32(day.isoformat().encode()) % 10 == 0


def date_pairs(
    count: int, seed: int, languages: tuple[str, ...] = ("en", "es")
) -> list[tuple[str, str]]:
    """Pairs to learn from: ("martes, 9 de marzo de 2021", "2021-03-09").

    Args:
        count: How many.
        seed: Draws days, languages and wordings, all equally likely.
        languages: Of which languages.
    """
    return _draw(count, seed, languages, held_out=False)


def unseen_date_pairs(count: int, seed: int, language: str) -> list[tuple[str, str]]:
    """Pairs to be tested on, of days that `date_pairs` never draws."""
    return _draw(count, seed, (language,), held_out=True)


def alignment_of(text: str, day: datetime.date) -> list[int]:
    """Where in a text stands what decides each character of the ISO date.

    Args:
        text: What `written` gives, for a pattern in which the day of the month and the
            year are numbers.
        day: The day that it names.

    Returns:
        One place in `text` for each of the ten characters of the ISO date: the digit
        itself for year and day, the beginning of the month's name for both digits of
        the month; -1 for the two hyphens, and for a leading zero of the day.
    """
    year, number = str(day.year), str(day.day)
    years = text.rindex(year)
    words = text[:years]
    days = next(
        place
        for place in range(len(words))
        if words[place:].startswith(number)
        and not words[place - 1 : place].isdigit()
        and not words[place + len(number) : place + len(number) + 1].isdigit()
    )
    # The month is the last name before the year that is no "de".
    months, place = -1, 0
    for word in words.replace(",", " ").split(" "):
        if word.isalpha() and word != "de":
            months = place
        place += len(word) + 1
    tens = days if len(number) == 2 else -1
    return [
        *range(years, years + 4),
        -1,
        months,
        months,
        -1,
        tens,
        days + len(number) - 1,
    ]


def draw_days(
    chance: random.Random, count: int, held_out: bool
) -> Iterator[datetime.date]:
    """Days of two centuries, all equally likely.

    Args:
        chance: Draws them.
        count: How many.
        held_out: Whether those for testing only, or the others.
    """
    while count:
        day = FIRST + datetime.timedelta(chance.randrange((LAST - FIRST).days + 1))
        if is_held_out(day) == held_out:
            count -= 1
            yield day


def _draw(count, seed, languages, held_out) -> list[tuple[str, str]]:
    chance, pairs = random.Random(seed), []
    for day in draw_days(chance, count, held_out):
        language = chance.choice(languages)
        pattern = chance.choice(PATTERNS[language])
        pairs.append((written(day, language, pattern), day.isoformat()))
    return pairs
