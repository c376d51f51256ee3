"""Cutting round digits."""

from functools import cache

from transformer_tf.text.json_values import BOOLEAN
from transformer_tf.text.pre_tokenizers.cutting import character_spans, cut
from transformer_tf.text.pre_tokenizers.pre_tokenizer import PreTokenizer
from transformer_tf.text.tables import classes
from transformer_tf.text.tables.ranges import parse_set


class Digits(PreTokenizer, type="Digits"):
    """Cuts a text round its digits.

    Args:
        individual_digits: Whether each digit is a piece, or each number.

    Example:
        >>> text = AlignedText("Route 66")
        >>> [piece.text for piece in Digits()(text)]
        ['Route ', '66']
        >>> [piece.text for piece in Digits(individual_digits=True)(text)]
        ['Route ', '6', '6']
    """

    fields = {"individual_digits": BOOLEAN}

    def __init__(self, individual_digits: bool = False):
        self.individual_digits = individual_digits

    def __call__(self, text):
        behavior = "Isolated" if self.individual_digits else "Contiguous"
        return cut(text, character_spans(text.text, _digits()), behavior)


@cache
def _digits():
    return parse_set(classes.DIGITS)
