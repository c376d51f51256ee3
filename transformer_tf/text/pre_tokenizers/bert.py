"""BERT's pre-tokenisation: words, and every punctuation mark for itself."""

import re
from functools import cache

from transformer_tf.text.pre_tokenizers.pre_tokenizer import PreTokenizer
from transformer_tf.text.tables import bert
from transformer_tf.text.tables.ranges import character_class


@cache
def _pattern():
    space, mark = character_class(bert.CUT_SPACES), character_class(bert.PUNCTUATION)
    return re.compile(f"[{mark}]|[^{space}{mark}]+")


class BertPreTokenizer(PreTokenizer, type="BertPreTokenizer"):
    """Cuts at white space, which is dropped, and round every punctuation mark.

    Example:
        >>> [piece.text for piece in BertPreTokenizer()(AlignedText("Don't stop."))]
        ['Don', "'", 't', 'stop', '.']

    Source: https://arxiv.org/abs/1810.04805 and the code published with it.
    """

    def __call__(self, text):
        return [text.slice(*match.span()) for match in _pattern().finditer(text.text)]
