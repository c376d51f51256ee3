"""TensorFlow's own: GPT-2's words, found in all the texts of a batch at once."""

import numpy as np
import tensorflow as tf

from transformer_tf.text.in_graph.code_point_map import code_point_table
from transformer_tf.text.in_graph.utf8 import code_points
from transformer_tf.text.in_graph.words import Words, after, before, opens_row
from transformer_tf.text.tables import byte_level, classes
from transformer_tf.text.tables.ranges import parse_set

OTHER, LETTER, NUMBER, SPACE, NONE = range(5)
APOSTROPHE, BLANK = ord("'"), ord(" ")


class ByteLevelWords:
    """Cuts texts where GPT-2's pattern does, and hands on the bytes of each word.

    The pattern tries, from left to right: 's 't 're 've 'm 'll 'd; letters, numbers or
    other signs, each run with one space before it; white space, but for the last of it
    where a word follows. So nearly every cut can be seen from two neighbours.

    Args:
        byte_ids: [256] the id that each byte has in the vocabulary.
        digits_apart: Whether each digit is cut off first, so that texts end before it.

    Call:
        texts: [row] strings.

    Returns:
        `Words` whose symbols are the ids of bytes.

    Source: the pattern published with GPT-2, `encoder.py`.
    """

    def __init__(self, byte_ids, digits_apart=False):
        self.byte_ids = tf.constant(np.asarray(byte_ids), tf.int32)
        self.kind = code_point_table(
            {
                LETTER: parse_set(byte_level.LETTERS),
                NUMBER: parse_set(byte_level.NUMBERS),
                SPACE: parse_set(byte_level.SPACES),
            }
        )

        digits = parse_set(classes.DIGITS) if digits_apart else ()
        self.is_apart = code_point_table({1: digits}) if digits_apart else None

    def __call__(self, texts):
        characters = code_points(texts)
        begin = tf.boolean_mask(characters.begin, self._begins_word(characters))
        symbol = tf.gather(self.byte_ids, tf.cast(characters.data, tf.int32))
        length = after(begin, tf.size(symbol)) - begin
        return Words(symbol, characters.row_of_byte, begin, length)

    def _begins_word(self, characters):
        value, opens = characters.value, opens_row(characters.row)
        if self.is_apart is not None:
            is_apart = tf.gather(self.is_apart, value) > 0
            opens |= is_apart | before(is_apart, False)
        closes = after(opens, True)
        kind = tf.gather(self.kind, value)
        kind_before = tf.where(opens, tf.constant(NONE, kind.dtype), before(kind, NONE))
        kind_after = tf.where(closes, tf.constant(NONE, kind.dtype), after(kind, NONE))
        follows_blank = ~opens & tf.equal(before(value, 0), BLANK)
        is_space, changes = tf.equal(kind, SPACE), tf.not_equal(kind, kind_before)
        goes_on = tf.equal(kind_after, SPACE) | tf.equal(kind_after, NONE)
        begins = tf.where(is_space, changes | ~goes_on, changes & ~follows_blank)

        # 's and the like: only where a word begins at the apostrophe.
        starts = begins & tf.equal(value, APOSTROPHE)
        one = tf.where(closes, 0, after(value, 0))
        closes_next = closes | after(closes, True)
        two = tf.where(closes_next, 0, after(after(value, 0), 0))
        short = starts & is_in(one, "stmd")
        long = tf.equal(one, ord("l")) & tf.equal(two, ord("l"))
        long |= is_in(one, "rv") & tf.equal(two, ord("e"))
        long &= starts
        second = before(short | long, False)
        third = before(before(long, False), False)
        beyond = before(second & before(short, False), False) | before(third, False)
        return opens | beyond | (begins & ~second & ~third)


def is_in(value, letters):
    """[place] bools: where the code point is one of a few letters."""
    found = [tf.equal(value, ord(letter)) for letter in letters]
    return tf.reduce_any(tf.stack(found), axis=0)
