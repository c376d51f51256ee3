"""Cutting at what a pattern finds."""

from typing import Any

from transformer_tf.text.json_values import BOOLEAN, Field
from transformer_tf.text.pattern import Pattern
from transformer_tf.text.pre_tokenizers.cutting import (
    behavior_from_json,
    check_behavior,
    cut,
)
from transformer_tf.text.pre_tokenizers.pre_tokenizer import PreTokenizer


class Split(PreTokenizer, type="Split"):
    """Cuts a text at every match of a pattern.

    Args:
        pattern: A string or a `Pattern`.
        behavior: What becomes of a match: "Removed", "Isolated" (a piece of its own),
            "MergedWithPrevious", "MergedWithNext", or "Contiguous" (one piece with the
            matches right beside it).
        invert: Whether matches are what is kept, and the cuts lie between.

    Example:
        >>> [piece.text for piece in Split("-")(AlignedText("well-known"))]
        ['well', '-', 'known']
        >>> split = Split(" ", behavior="MergedWithNext")
        >>> [piece.text for piece in split(AlignedText("low tide"))]
        ['low', ' tide']
    """

    fields = {
        "pattern": Field(Pattern.from_json),
        "behavior": Field(behavior_from_json),
        "invert": BOOLEAN,
    }

    def __init__(self, pattern: Any, behavior: str = "Isolated", invert: bool = False):
        self.pattern = Pattern(pattern) if isinstance(pattern, str) else pattern
        self.behavior = check_behavior(behavior)
        self.invert = invert

    def __call__(self, text):
        matches = self.pattern.spans(text.text)
        return cut(text, matches, self.behavior, self.invert)

    def to_json(self):
        return {**super().to_json(), "pattern": self.pattern.to_json()}
