"""Cutting at what a pattern finds, or at a kind of character."""

from functools import cache

from transformer_tf.text.pattern import Pattern
from transformer_tf.text.pre_tokenizers.pre_tokenizer import PreTokenizer
from transformer_tf.text.tables import bert, classes
from transformer_tf.text.tables.ranges import parse_set

BEHAVIORS = (
    "Removed",
    "Isolated",
    "MergedWithPrevious",
    "MergedWithNext",
    "Contiguous",
)


class Split(PreTokenizer, type="Split"):
    """Cuts a text at every match of a pattern.

    Args:
        pattern: A string or a `Pattern`.
        behavior: What becomes of a match: "Removed", "Isolated" (a piece of its own),
            "MergedWithPrevious", "MergedWithNext", or "Contiguous" (one piece with the
            matches right beside it).
        invert: Whether matches are what is kept, and the cuts lie between.
    """

    fields = ("pattern", "behavior", "invert")

    def __init__(self, pattern, behavior="Isolated", invert=False):
        self.pattern = Pattern(pattern) if isinstance(pattern, str) else pattern
        self.behavior = checked_behavior(behavior)
        self.invert = invert

    def __call__(self, text):
        matches = self.pattern.spans(text.text)
        return cut(text, matches, self.behavior, self.invert)

    def to_json(self):
        return {**super().to_json(), "pattern": self.pattern.to_json()}

    @classmethod
    def from_json(cls, values):
        return super().from_json(
            {**values, "pattern": Pattern.from_json(values["pattern"])}
        )


class CharacterSplit(Split):
    """Cuts a text into its characters, every one a piece."""

    def __init__(self):
        super().__init__(Pattern(regex=r"[\s\S]"))

    def __call__(self, text):
        return [text.slice(i, i + 1) for i in range(len(text))]


class Punctuation(PreTokenizer, type="Punctuation"):
    """Cuts a text at punctuation marks.

    Args:
        behavior: What becomes of a mark, as in `Split`.
    """

    fields = ("behavior",)

    def __init__(self, behavior="Isolated"):
        self.behavior = checked_behavior(behavior)

    def __call__(self, text):
        return cut(text, _spans(text.text, _punctuation()), self.behavior)


class Digits(PreTokenizer, type="Digits"):
    """Cuts a text round its digits.

    Args:
        individual_digits: Whether each digit is a piece, or each number.
    """

    fields = ("individual_digits",)

    def __init__(self, individual_digits=False):
        self.individual_digits = individual_digits

    def __call__(self, text):
        behavior = "Isolated" if self.individual_digits else "Contiguous"
        return cut(text, _spans(text.text, _digits()), behavior)


@cache
def _punctuation():
    return parse_set(bert.PUNCTUATION)


@cache
def _digits():
    return parse_set(classes.DIGITS)


def _spans(text, characters):
    return [(i, i + 1) for i, character in enumerate(text) if character in characters]


def checked_behavior(behavior):
    """The behaviour itself, once it is known to be one."""
    if behavior not in BEHAVIORS:
        raise ValueError(f"behavior must be one of {BEHAVIORS}; got {behavior!r}")
    return behavior


def cut(text, matches, behavior, invert=False):
    """The pieces of `text` when it is cut at `matches`, list of (start, end)."""
    spans, done = [], 0
    for start, end in matches:
        if start > done:
            spans.append((done, start, invert))
        spans.append((start, end, not invert))
        done = end
    if done < len(text):
        spans.append((done, len(text), invert))
    return [text.slice(start, end) for start, end in _grouped(spans, behavior)]


def _grouped(spans, behavior):
    """(start, end) of the pieces, from (start, end, is a match)."""
    if behavior == "Removed":
        return [(start, end) for start, end, match in spans if not match]
    if behavior == "Isolated":
        return [(start, end) for start, end, _ in spans]
    if behavior == "MergedWithNext":
        mirrored = [(-end, -start, match) for start, end, match in reversed(spans)]
        pieces = _grouped(mirrored, "MergedWithPrevious")
        return [(-end, -start) for start, end in reversed(pieces)]
    pieces, previous = [], None
    for start, end, match in spans:
        if behavior == "Contiguous":
            joins = match == previous
        else:
            joins = match and previous is False
        if joins:
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((start, end))
        previous = match
    return pieces
