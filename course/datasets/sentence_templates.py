"""Sentence templates: "turn (on|off) [the] {area} light[s]" -> tagged words.

(a|b)    one of them            [a|b]    one of them, or nothing
(a;b)    all, in some order     <rule>   a template that has a name
{list}   a value of a list      {list:slot}   the same, for a slot of that name
"""

import re
from collections.abc import Callable, Mapping
from random import Random

OPEN, NAMED, CLOSE = "\x02", "\x03", "\x04"
WORD = re.compile(rf"{OPEN}\w+{NAMED}|{CLOSE}|\w+(?:['’]\w+)*|%")
PART = re.compile(r"[()\[\]|;]|<[^>]*>|\{[^}]*\}|[^()\[\]|;<>{}]+")
END = {"(": ")", "[": "]"}


class Templates:
    """Draws sentences from templates.

    Args:
        rules: The named templates.
        value: `value(name, rng)` draws a value of a list; a template itself.
    """

    def __init__(self, rules: Mapping[str, str], value: Callable[[str, Random], str]):
        self.rules, self.value = rules, value

    def draw(self, template: str, rng: Random):
        """One sentence of a template.

        Returns:
            words, tags: two equally long tuples of str; a tag is O, B-slot or I-slot.

        Raises:
            ValueError: a bracket is not closed, or never was opened.
        """
        return _tag(self._text(template, rng).lower())

    def _text(self, template: str, rng: Random) -> str:
        text, _ = self._group(PART.findall(template), rng, end="")
        return text

    def _group(self, parts: list[str], rng: Random, end: str):
        """The text up to `end`, and the parts behind it."""
        choices, ordered = [""], True
        while parts:
            part, *parts = parts
            if part == end:
                return self._one(choices, rng, ordered, end), parts
            if part in END.values():
                raise ValueError(f"a bracket was never opened: {part!r} is too much")
            if part in "|;":
                choices.append("")
                ordered = part == "|"
            elif part in END:
                inner, parts = self._group(parts, rng, END[part])
                choices[-1] += inner
            else:
                choices[-1] += self._part(part, rng)
        if end:
            raise ValueError(f"a bracket is not closed: {end!r} is missing")
        return self._one(choices, rng, ordered, end), []

    def _one(self, choices: list[str], rng: Random, ordered: bool, end: str) -> str:
        if end == "]" and rng.random() < 0.5:
            return ""
        if ordered:
            return rng.choice(choices)
        rng.shuffle(choices)
        return " ".join(choices)

    def _part(self, part: str, rng: Random) -> str:
        if part[0] == "<":
            return self._text(self.rules[part[1:-1]], rng)
        if part[0] == "{":
            name, _, slot = part[1:-1].partition(":")
            value = self._text(self.value(name, rng), rng)
            return f" {OPEN}{slot or name}{NAMED}{value}{CLOSE} "
        return part


def _tag(text: str):
    words, tags, slot, place = [], [], "", "B"
    for piece in WORD.findall(text):
        if piece[0] == OPEN:
            slot, place = piece[1:-1], "B"
        elif piece == CLOSE:
            slot = ""
        else:
            words.append(piece)
            tags.append(f"{place}-{slot}" if slot else "O")
            place = "I"
    return tuple(words), tuple(tags)
