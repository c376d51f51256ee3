"""Words and runs of punctuation, cut at white space."""

import re
from functools import cache

from transformer_tf.text.pre_tokenizers.pre_tokenizer import PreTokenizer
from transformer_tf.text.tables import classes
from transformer_tf.text.tables.ranges import character_class


@cache
def _words_and_marks():
    word, space = character_class(classes.WORDS), character_class(classes.SPACES)
    return re.compile(f"[{word}]+|[^{word}{space}]+")


class WhiteSpace(PreTokenizer, type="Whitespace"):
    """Cuts text into words and runs of punctuation; white space is dropped.

    Example:
        >>> [piece.text for piece in WhiteSpace()(AlignedText("Don't stop!?"))]
        ['Don', "'", 't', 'stop', '!?']
    """

    def __call__(self, text):
        found = _words_and_marks().finditer(text.text)
        return [text.slice(*match.span()) for match in found]
