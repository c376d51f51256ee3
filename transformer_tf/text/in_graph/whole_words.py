"""TensorFlow's own: words that are one piece, found by all their symbols at once."""

import numpy as np
import tensorflow as tf

from transformer_tf.text.in_graph.pair_table import NOTHING, PairTable

HALF = 7  # symbols that fit one int64 in base 257
LONGEST = 2 * HALF
POWERS = 257 ** np.arange(HALF, dtype=np.int64)


class WholeWords:
    """A dictionary from short words to ids.

    A word's two halves are two numbers, different for different symbols; their places
    in sorted lists of the halves that occur are looked up as a pair.

    Args:
        words: {tuple of symbols: id}, of at most 14 symbols each.
        alphabet: The at most 256 symbols, distinct ints.

    Call:
        symbols: [symbol] int32, each in `alphabet`.
        begin, length: [word] int32, where each word lies in `symbols`.

    Returns:
        [word] int32: the id of each word, or -1.
    """

    def __init__(self, words, alphabet):
        digit = np.zeros(max(alphabet) + 1, np.int64)
        digit[list(alphabet)] = 1 + np.arange(len(alphabet))
        rows = np.zeros((len(words), LONGEST), np.int64)
        for row, word in zip(rows, words):
            row[: len(word)] = digit[list(word)]
        first, left = np.unique(rows[:, :HALF] @ POWERS, return_inverse=True)
        second, right = np.unique(rows[:, HALF:] @ POWERS, return_inverse=True)
        sizes = len(first) + 1, len(second) + 1
        self.id = PairTable(left, right, [*words.values()], *sizes)
        self.digit = tf.constant(digit)
        # One more at the end, so that every number has a place.
        end = np.iinfo(np.int64).max
        self.first = tf.constant(np.append(first, end))
        self.second = tf.constant(np.append(second, end))

    def __call__(self, symbols, begin, length):
        digits = tf.pad(tf.gather(self.digit, symbols), [[0, LONGEST]])
        column = tf.range(LONGEST)
        digits = tf.gather(digits, begin[:, None] + column)
        digits = tf.where(column < length[:, None], digits, 0)
        left, has_left = _place(self.first, digits[:, :HALF])
        right, has_right = _place(self.second, digits[:, HALF:])
        found = has_left & has_right & (length <= LONGEST)
        return tf.where(found, self.id(left, right), NOTHING)


def _place(known, digits):
    """[word, half] digits -> the place of their number in `known`; whether it is."""
    number = tf.reduce_sum(digits * POWERS, axis=1)
    place = tf.searchsorted(known, number)
    return place, tf.equal(tf.gather(known, place), number)
