"""Whatever stands between white space."""

import re
from functools import cache

from transformer_tf.text.pre_tokenizers.pre_tokenizer import PreTokenizer
from transformer_tf.text.tables import classes
from transformer_tf.text.tables.ranges import character_class


@cache
def _no_spaces():
    return re.compile(f"[^{character_class(classes.SPACES)}]+")


class WhiteSpaceSplit(PreTokenizer, type="WhitespaceSplit"):
    """Cuts text at white space only, which is dropped.

    Example:
        >>> [piece.text for piece in WhiteSpaceSplit()(AlignedText("Don't stop!?"))]
        ["Don't", 'stop!?']
    """

    def __call__(self, text):
        found = _no_spaces().finditer(text.text)
        return [text.slice(*match.span()) for match in found]
