"""Spoken commands for a house, in English and Spanish, to train small models on.

Drawn from the sentence templates of home-assistant-intents (Apache-2.0). What a
household fills in by itself (its rooms, what it buys) is filled in here, in single
words: `course.datasets.slots` has longer names, and tags.
"""

import functools
import random

from course.datasets.sentence_templates import Templates
from course.datasets.slots import intents

OWN_WORDS = {
    "en": {
        "area": "kitchen bedroom bathroom garage hall office garden attic cellar",
        "floor": "first second third",
        "name": "lamp television radio fan heater oven camera curtain",
        "item": "milk bread eggs apples rice coffee cheese tomatoes",
    },
    "es": {
        "area": "cocina dormitorio baño garaje pasillo despacho jardín desván sótano",
        "floor": "primera segunda tercera",
        "name": "lámpara televisión radio ventilador estufa horno cámara cortina",
        "item": "leche pan huevos manzanas arroz café queso tomates",
    },
}
OWN_LISTS = {"shopping_list_item": "item", "todo_list_item": "item"}


def commands(language: str, count: int, seed: int = 0) -> list[str]:
    """Draws sentences: first what is wanted, evenly; then a template; then its words.

    Args:
        language: "en" or "es".
        count: How many; some will be equal.
        seed: Of the draw.

    Returns:
        Lower-case sentences of words parted by single blanks, without punctuation.

    Raises:
        CourseError: the package is missing; says how to install it.
    """
    wanted = _templates(language)
    rng = random.Random(seed)
    sentences: list[str] = []
    while len(sentences) < count:
        templates, template = rng.choice(rng.choice(wanted))
        try:
            words, _ = templates.draw(template, rng)
        except _Unfilled:
            continue
        words = [word for word in words if word != "%"]
        if words:
            sentences.append(" ".join(words))
    return sentences


class _Unfilled(LookupError):
    """A list without values: something would have to be made up."""


@functools.cache
def _templates(language):
    """For each thing that can be wanted, its templates with what fills them."""
    data = intents(language)
    return [
        [
            (_fill(data, block, language), sentence)
            for block in data["intents"][name]["data"]
            for sentence in block["sentences"]
        ]
        for name in sorted(data["intents"])
    ]


def _fill(data, block, language):
    rules, lists = (
        data[kind] | block.get(kind, {}) for kind in ("expansion_rules", "lists")
    )

    def value(name, rng):
        own = OWN_WORDS[language].get(OWN_LISTS.get(name, name))
        if own:
            return rng.choice(own.split())
        known = lists.get(name, {})
        if "range" in known:
            return str(rng.randrange(1, 100))
        if not known.get("values"):
            raise _Unfilled(name)
        word = rng.choice(known["values"])
        return word["in"] if isinstance(word, dict) else word

    return Templates(rules, value)
