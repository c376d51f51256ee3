"""Cutting at punctuation marks."""

from functools import cache

from transformer_tf.text.json_values import Field
from transformer_tf.text.pre_tokenizers.cutting import (
    behavior_from_json,
    character_spans,
    check_behavior,
    cut,
)
from transformer_tf.text.pre_tokenizers.pre_tokenizer import PreTokenizer
from transformer_tf.text.tables import bert
from transformer_tf.text.tables.ranges import parse_set


class Punctuation(PreTokenizer, type="Punctuation"):
    """Cuts a text at punctuation marks.

    Args:
        behavior: What becomes of a mark, as in `Split`.

    Example:
        >>> [piece.text for piece in Punctuation()(AlignedText("Stop, now!"))]
        ['Stop', ',', ' now', '!']
    """

    fields = {"behavior": Field(behavior_from_json, "Isolated")}

    def __init__(self, behavior: str = "Isolated"):
        self.behavior = check_behavior(behavior)

    def __call__(self, text):
        return cut(text, character_spans(text.text, _punctuation()), self.behavior)


@cache
def _punctuation():
    return parse_set(bert.PUNCTUATION)
