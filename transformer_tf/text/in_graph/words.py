"""TensorFlow's own: the words of a batch, flat, and what stands beside a place."""

from typing import Any, NamedTuple

import tensorflow as tf


class Words(NamedTuple):
    """What a model cuts into pieces: words, each a stretch of symbols.

    Fields:
        symbol: [symbol] int32, bytes or code points, of all words and between them.
        row: [symbol] int32, the text of the batch that each comes from, ascending.
        begin: [word] int32, the place of each word's first symbol, ascending.
        length: [word] int32, how many symbols it has, at least one.
    """

    symbol: Any
    row: Any
    begin: Any
    length: Any


def before(values, first):
    """[place] -> what stands one place earlier, and `first` at the front."""
    return tf.concat([[tf.cast(first, values.dtype)], values[:-1]], axis=0)


def after(values, last):
    """[place] -> what stands one place later, and `last` at the end."""
    return tf.concat([values[1:], [tf.cast(last, values.dtype)]], axis=0)


def opens_row(row):
    """[place] bools: where another text of the batch begins."""
    return tf.not_equal(row, before(row, -1))


def places(condition):
    """[place] bools -> [true place] int32, ascending."""
    return tf.cast(tf.where(condition)[:, 0], tf.int32)


def room_in_word(words):
    """[symbol] int32: how many symbols are left in the word there, 0 between words."""
    size = tf.size(words.symbol)
    word = tf.cumsum(word_opens(words)) - 1
    end = tf.concat([[0], words.begin + words.length], axis=0)
    return tf.maximum(tf.gather(end, word + 1) - tf.range(size), 0)


def word_opens(words):
    """[symbol] int32: 1 where a word begins."""
    size = tf.shape(words.symbol)
    return tf.scatter_nd(words.begin[:, None], tf.ones_like(words.begin), size)


def check_lengths(words, limit):
    """The words themselves, once none is longer than `limit` symbols."""
    longest = tf.reduce_max(tf.concat([words.length, [0]], axis=0))
    place = tf.gather(words.begin, places(words.length > limit)[:1])
    tf.debugging.Assert(
        longest <= limit,
        [
            "The text of row",
            tf.gather(words.row, place),
            "has a word of more than",
            limit,
            "symbols: raise longest_word, or cut the text",
        ],
    )
    return words
