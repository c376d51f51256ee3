"""Words cut at white space, with punctuation apart or not."""

import re
from functools import cache

from transformer_tf.text.pre_tokenizers.pre_tokenizer import PreTokenizer
from transformer_tf.text.tables import classes
from transformer_tf.text.tables.ranges import character_class


@cache
def _words_and_marks():
    word, space = character_class(classes.WORDS), character_class(classes.SPACES)
    return re.compile(f"[{word}]+|[^{word}{space}]+")


@cache
def _no_spaces():
    return re.compile(f"[^{character_class(classes.SPACES)}]+")


class WhiteSpace(PreTokenizer, type="Whitespace"):
    """Cuts text into words and runs of punctuation; white space is dropped."""

    def __call__(self, text):
        found = _words_and_marks().finditer(text.text)
        return [text.slice(*match.span()) for match in found]


class WhiteSpaceSplit(PreTokenizer, type="WhitespaceSplit"):
    """Cuts text at white space only, which is dropped."""

    def __call__(self, text):
        found = _no_spaces().finditer(text.text)
        return [text.slice(*match.span()) for match in found]
