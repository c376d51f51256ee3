"""Spoken commands for a house, in English and Spanish, to train small models on.

Drawn from the sentence templates of home-assistant-intents (Apache-2.0): alternatives
in (a|b), optional words in [a], any order in (a;b), lists in {name}, rules in <name>.
What a household fills in by itself (its rooms, what it buys) is filled in here.
"""

import functools
import importlib.metadata
import json
import re

import numpy as np

from course.errors import CourseError

PACKAGE = "home-assistant-intents"
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
PIECE = re.compile(r"[()\[\]|;]|<[^>]*>|\{[^}]*\}|[^()\[\]|;<>{}]+")


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
    templates = _templates(language)
    generator = np.random.default_rng(seed)
    sentences: list[str] = []
    while len(sentences) < count:
        wanted = templates[generator.integers(len(templates))]
        block, text = wanted[generator.integers(len(wanted))]
        draw = _Draw(generator, block, OWN_WORDS[language])
        words = re.findall(r"[^\W_]+", draw.text(text).lower())
        if words and not draw.unknown:
            sentences.append(" ".join(words))
    return sentences


class _Draw:
    """One sentence being drawn from a template.

    Args:
        generator: numpy.random.Generator.
        block: The rules and lists that hold for this template.
        own: The household's own words by the name of their list.
    """

    def __init__(self, generator, block, own):
        self._generator, self._block, self._own = generator, block, own
        self.unknown = False  # whether something would have to be made up

    def text(self, template):
        return self._choose(_parsed(template))

    def _choose(self, node):
        kind, options = node
        if kind == "optional" and self._generator.random() < 0.5:
            return ""
        if kind == "any_order":
            order = self._generator.permutation(len(options))
            return " ".join(self._sequence(options[n]) for n in order)
        return self._sequence(options[self._generator.integers(len(options))])

    def _sequence(self, parts):
        return "".join(
            self._leaf(part) if isinstance(part, str) else self._choose(part)
            for part in parts
        )

    def _leaf(self, text):
        if text[0] == "<":
            return self.text(self._block["expansion_rules"][text[1:-1]])
        if text[0] == "{":
            return self._from_list(text[1:-1].partition(":")[0])
        return text

    def _from_list(self, name):
        known = self._block["lists"].get(name, {})
        own = self._own.get(OWN_LISTS.get(name, name))
        words = own.split() if own else known.get("values")
        if words:
            word = words[self._generator.integers(len(words))]
            return self.text(word["in"] if isinstance(word, dict) else word)
        if "range" in known:
            return str(self._generator.integers(1, 100))
        self.unknown = True
        return ""


@functools.cache
def _templates(language):
    """For each thing that can be wanted, its templates with their rules and lists."""
    try:
        files = importlib.metadata.files(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError as error:
        raise CourseError(
            f"the commands come from the package {PACKAGE}, which is not installed: "
            "pip install 'transformer_tf[course]'"
        ) from error
    path = next(f for f in files if f.as_posix().endswith(f"data/{language}.json"))
    data = json.loads(path.read_text(encoding="utf-8"))
    return [
        [
            (
                {k: data[k] | block.get(k, {}) for k in ("expansion_rules", "lists")},
                sentence,
            )
            for block in data["intents"][name]["data"]
            for sentence in block["sentences"]
        ]
        for name in sorted(data["intents"])
    ]


@functools.cache
def _parsed(template):
    """A template as a tree: (kind, options), each option a list of texts and trees."""
    pieces = PIECE.findall(template)
    return _group(pieces[::-1], "", "one")


def _group(pieces, closing, kind):
    options: list[list] = [[]]
    while pieces:
        piece = pieces.pop()
        if piece == closing:
            break
        if piece in ("|", ";"):
            options.append([])
            kind = "any_order" if piece == ";" else kind
        elif piece == "(":
            options[-1].append(_group(pieces, ")", "one"))
        elif piece == "[":
            options[-1].append(_group(pieces, "]", "optional"))
        else:
            options[-1].append(piece)
    return kind, options
