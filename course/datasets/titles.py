"""Short texts about countries and the titles under which a yearbook has them.

From the World Factbook (public domain): "tropical; rainy season (May to November)" is
its text on the climate of a country, and "Climate" the title. A tenth of the countries
is held out, and of their texts those that another country has too.
"""

import collections
import re
import zlib
from collections.abc import Iterator
from typing import Any

from course.datasets.corpus import without_markup
from course.datasets.countries import countries

WORDS = 6  # a text has at least as many
OFTEN = 60  # so many texts for training has a title, at least


def titled_texts() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Pairs (text, title), for training and of countries held out.

    Titles name the field, with the one above it if that is not a whole section:
    "Electricity: consumption". Years are no part of a title.

    Returns:
        training, testing: the same on every machine.

    Raises:
        CourseError: the package is missing; says how to install it.
    """
    training, testing = (
        [
            (text, title)
            for name, country in countries()
            if (zlib.crc32(name.encode()) % 10 == 0) == held_out
            for title, text in _fields(country, ())
            if len(re.findall(r"[^\W\d_]+", text)) >= WORDS
        ]
        for held_out in (False, True)
    )
    counts = collections.Counter(title for _, title in training)
    known = {text for text, _ in training}
    kept = {title for title, count in counts.items() if count >= OFTEN}
    return (
        [pair for pair in training if pair[1] in kept],
        [pair for pair in testing if pair[1] in kept and pair[0] not in known],
    )


def _fields(tree: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(title, text) of all that stands below a place in a country's tree."""
    if not isinstance(tree, dict):
        return
    if isinstance(tree.get("text"), str):
        title = re.sub(r" *\b\d{4}\b", "", ": ".join(path[1:][-2:])).strip()
        yield title, without_markup(tree["text"])
    for key, below in tree.items():
        if key != "text":
            yield from _fields(below, (*path, key))
