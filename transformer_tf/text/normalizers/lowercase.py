"""Lower-casing, one character at a time."""

from functools import cache

from transformer_tf.text.normalizers.normalizer import Normalizer
from transformer_tf.text.tables.lower_case import LOWER
from transformer_tf.text.tables.ranges import parse_map


@cache
def lower_case_table():
    """{character: lower case}, of the characters that have another."""
    return parse_map(LOWER)


class Lowercase(Normalizer, type="Lowercase"):
    """Writes every character in lower case, whatever stands beside it.

    So a capital sigma at the end of a word becomes σ, as in the `tokenizers` library,
    and not ς.

    Example:
        >>> Lowercase()(AlignedText("ÁRBOL")).text
        'árbol'
    """

    def __call__(self, text):
        return text.replace(lower_case_table())
