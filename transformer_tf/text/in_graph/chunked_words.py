"""TensorFlow's own: the words of GPT-4's pattern, in all the texts of a batch."""

import tensorflow as tf

from transformer_tf.text.in_graph.byte_level_words import (
    APOSTROPHE,
    BLANK,
    LETTER,
    NONE,
    NUMBER,
    OTHER,
    SPACE,
    ByteLevelWords,
    is_in,
)
from transformer_tf.text.in_graph.words import after, before, opens_row, places

RETURN, NEWLINE = ord("\r"), ord("\n")
_S, _T, _D, _M, _R, _E, _V, _L = "sSſ", "tT", "dD", "mM", "rR", "eE", "vV", "lL"


class ChunkedWords(ByteLevelWords):
    """Cuts texts where the pattern of GPT-4, Llama 3 and Qwen 2 does.

    From left to right it tries: 's 't 're and the like in any case; letters with one
    sign or space before them; up to so many digits; other signs, with one space before
    and line ends behind; white space to its last line end; white space, but for the
    last of it where a word follows. What begins a word can be seen from the run that a
    character is in, its neighbours, and the line ends of the run.

    Args:
        byte_ids: [256] the id that each byte has in the vocabulary.
        digits: The most digits of a word: 3 for GPT-4 and Llama 3, 1 for Qwen 2.

    Call:
        texts: [row] strings.

    Returns:
        `Words` whose symbols are the ids of bytes.

    Source: the pattern cl100k_base, published with tiktoken.
    """

    def __init__(self, byte_ids, digits):
        super().__init__(byte_ids)
        self.digits = digits

    def _begins_word(self, characters):
        value, opens = characters.value, opens_row(characters.row)
        closes = after(opens, True)
        kind = tf.cast(tf.gather(self.kind, value), tf.int32)
        kind_before = tf.where(opens, NONE, before(kind, NONE))
        place = tf.range(tf.size(value))

        opens_run = tf.not_equal(kind, kind_before)
        run = tf.cumsum(tf.cast(opens_run, tf.int32)) - 1
        run_begin = places(opens_run)
        first = tf.gather(run_begin, run)
        last = tf.gather(after(run_begin, tf.size(value)) - 1, run)

        is_digit = tf.equal(kind, NUMBER)
        begins = is_digit & tf.equal((place - first) % self.digits, 0)
        begins |= self._spaces(value, kind, kind_before, closes, place, first, last)

        # Signs, and letters that one sign or space before them may belong to.
        follows_blank = ~opens & tf.equal(before(value, 0), BLANK)
        is_sign = tf.equal(kind, OTHER) & opens_run & ~follows_blank
        begins |= is_sign
        is_alone = is_sign & tf.equal(first, last)
        is_space = tf.equal(kind, SPACE) & ~_is_line(value)
        joins = ~opens & before(is_alone | is_space, False)
        begins |= tf.equal(kind, LETTER) & opens_run & ~joins
        return begins | self._behind_ending(value, kind, closes, is_alone)

    def _spaces(self, value, kind, kind_before, closes, place, first, last):
        """[character] bools: a word begins at this white space."""
        is_space, is_line = tf.equal(kind, SPACE), _is_line(value)
        run = tf.cumsum(tf.cast(tf.equal(place, first), tf.int32)) - 1
        runs = tf.reduce_max(tf.concat([run, [-1]], axis=0)) + 1
        end = tf.size(value)
        least = tf.math.unsorted_segment_min(tf.where(is_line, end, place), run, runs)
        behind_sign = tf.equal(tf.gather(kind_before, first), OTHER)
        # Line ends right behind signs belong to them.
        taken = is_line & behind_sign & (place < tf.gather(least, run))
        line = tf.where(is_line & ~taken, place, -1)
        last_line = tf.gather(tf.math.unsorted_segment_max(line, run, runs), run)
        begins = tf.equal(place, first) | before(taken, False)
        begins |= (last_line >= 0) & tf.equal(place, last_line + 1)
        begins |= tf.equal(place, last) & ~closes & ~is_line
        return is_space & ~taken & begins

    def _behind_ending(self, value, kind, closes, is_alone):
        """[character] bools: letters go on here behind an English ending."""
        starts = is_alone & tf.equal(value, APOSTROPHE) & ~closes
        closes_next = after(closes, True)
        one = tf.where(closes, 0, after(value, 0))
        two = tf.where(closes | closes_next, 0, after(after(value, 0), 0))
        short = starts & is_in(one, _S + _T + _D + _M)
        long = is_in(one, _R + _V) & is_in(two, _E)
        long = starts & (long | (is_in(one, _L) & is_in(two, _L)))
        behind = before(before(short, False), False)
        behind |= before(before(before(long, False), False), False)
        same_row = tf.equal(kind, LETTER) & ~before(closes, True)
        return behind & same_row


def _is_line(value):
    return tf.equal(value, RETURN) | tf.equal(value, NEWLINE)
