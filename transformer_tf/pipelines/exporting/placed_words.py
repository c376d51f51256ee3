"""TensorFlow's own: tokens without the spaces at their ends, and the words they are in.

What `pipelines.words` does to one text, for the texts of a batch at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from transformer_tf.pipelines.words import (
    LETTER,
    PUNCTUATION,
    SPACE,
    cuts_at_spaces,
    kinds,
)
from transformer_tf.text import Tokenizer
from transformer_tf.text.in_graph.code_point_map import code_point_table
from transformer_tf.text.in_graph.placed import PlacedTokens
from transformer_tf.text.in_graph.utf8 import code_points
from transformer_tf.text.in_graph.words import after, before, opens_row, places


class PlacedWords:
    """Trims tokens, and finds words where the tokenizer cuts at spaces alone.

    Args:
        tokenizer: The tokenizer that the tokens are of.

    Call:
        tokens: `PlacedTokens` of a batch.
        texts: The texts they are of: one or two [row] strings.

    Returns:
        The tokens with other `start`, `end` and `word`.
    """

    def __init__(self, tokenizer: Tokenizer):
        by_kind: dict[int, list[str]] = {}
        for character, kind in kinds().items():
            by_kind.setdefault(kind, []).append(character)
        self.kind = code_point_table(by_kind)
        self.finds_words = cuts_at_spaces(tokenizer)

    def __call__(self, tokens: PlacedTokens, texts: Sequence[Any]) -> PlacedTokens:
        start, end, word, taken = tokens.start, tokens.end, tokens.word, 0
        for number, given in enumerate(texts):
            characters = code_points(given)
            kind = tf.cast(tf.gather(self.kind, characters.value), tf.int32)
            lengths = tf.strings.length(given, unit="UTF8_CHAR")
            base = tf.cumsum(lengths, exclusive=True)[:, None]
            of_text = tf.equal(tokens.sequence, number)
            here = (base + tf.where(of_text, x, 0) for x in (start, end))
            first, last = self._trim(kind, *here)
            start = tf.where(of_text, first - base, start)
            end = tf.where(of_text, last - base, end)
            if self.finds_words:
                numbers = self._numbers(kind, characters.row)
                # Behind the last character of a text there is one word more.
                row = tf.range(tf.size(given))[:, None]
                found = tf.gather(numbers, tf.minimum(first, tf.size(kind))) + row
                behind = tf.equal(first - base, lengths[:, None])
                before_it = tf.gather(numbers, tf.maximum(first - 1, 0)) + row + 1
                found = tf.where(behind, before_it, found)
                word = tf.where(of_text, taken + found, word)
                taken = tf.reduce_max(word) + 1
        return tokens._replace(start=start, end=end, word=word)

    @staticmethod
    def _trim(kind: Any, start: Any, end: Any) -> Any:
        """Spans of the batch's characters without the spaces at their ends."""
        size = tf.size(kind)
        inked = tf.concat([[-1], places(tf.not_equal(kind, SPACE)), [size]], axis=0)
        flat = tf.reshape(start, [-1]), tf.reshape(end, [-1])
        following = tf.gather(inked, tf.searchsorted(inked, flat[0]))
        start = tf.minimum(tf.reshape(following, tf.shape(start)), end)
        last = tf.gather(inked, tf.searchsorted(inked, flat[1]) - 1)
        return start, tf.maximum(tf.reshape(last, tf.shape(end)) + 1, start)

    @staticmethod
    def _numbers(kind: Any, row: Any) -> Any:
        """[character + 1] the number of the word that each character is in."""
        opens = opens_row(row)
        one_before = tf.where(opens, SPACE, before(kind, SPACE))
        one_after = tf.where(after(opens, True), SPACE, after(kind, SPACE))
        between = tf.equal(one_before, LETTER) & tf.equal(one_after, LETTER)
        inside = tf.equal(kind, PUNCTUATION) & between
        apart = tf.not_equal(kind, LETTER) & ~inside
        begins = apart | before(apart, True) | opens
        return tf.concat([tf.cumsum(tf.cast(begins, tf.int32)), [0]], axis=0)
