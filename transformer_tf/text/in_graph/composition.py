"""TensorFlow's own: the exact steps, one after another, from texts to pieces."""

from typing import Any, NamedTuple

import tensorflow as tf

from transformer_tf.text.in_graph.words import checked, places


class Pieces(NamedTuple):
    """The ids of a batch of texts, each text's in one stretch.

    Fields:
        ids: [piece] int32.
        begin: [row] int32, the place of each text's first id in `ids`.
        count: [row] int32, how many ids it has.
    """

    ids: Any
    begin: Any
    count: Any

    @classmethod
    def of_counts(cls, ids, count):
        """From the ids of all texts in order, and how many each has."""
        return cls(ids, tf.cumsum(count, exclusive=True), count)


class Composition(tf.Module):
    """Cuts texts into words and words into pieces.

    Args:
        words: The part that finds words.
        pieces: The part that cuts them.
        longest_word: The most symbols of a word.

    Call:
        texts: [row] strings.

    Returns:
        `Pieces`.
    """

    def __init__(self, words, pieces, longest_word):
        super().__init__(name="composition")
        self.words, self.pieces, self.longest_word = words, pieces, longest_word

    def __call__(self, texts):
        words = checked(self.words(texts), self.longest_word)
        pieces = self.pieces(words)
        place = places(pieces >= 0)
        row = tf.gather(words.row, place)
        count = tf.math.unsorted_segment_sum(tf.ones_like(row), row, tf.size(texts))
        return Pieces.of_counts(tf.gather(pieces, place), count)
