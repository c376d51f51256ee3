"""TensorFlow's own: T5's words, found in all the texts of a batch at once."""

import tensorflow as tf

from transformer_tf.text.in_graph.cluster_map import ClusterMap
from transformer_tf.text.in_graph.code_point_map import code_point_table
from transformer_tf.text.in_graph.utf8 import code_points
from transformer_tf.text.in_graph.words import Words, after, before, opens_row, places
from transformer_tf.text.tables.classes import SPACES
from transformer_tf.text.tables.ranges import parse_set

BLANK = ord(" ")


class SentencePieceWords:
    """Normalizes texts by a precompiled map, marks their spaces and cuts before each.

    Args:
        replacements: {entry: replacement} of the map.
        collapse: Whether several spaces become one.
        strip: Whether spaces at the ends of a text go; only with `collapse`.
        mark: The character that stands for a space.
        prepend: Whether a text that does not begin with a mark gets one.
        cuts_spaces: Whether texts are cut at all white space first: then each word
            gets a mark that has none.
        strip_right: Whether white space at the end of a text goes.

    Call:
        texts: [row] strings.

    Returns:
        `Words` whose symbols are code points.
    """

    def __init__(
        self,
        replacements,
        collapse,
        strip,
        mark="▁",
        prepend=True,
        cuts_spaces=False,
        strip_right=False,
    ):
        self.map = ClusterMap(replacements)
        self.collapse = collapse or cuts_spaces
        self.strip = strip or cuts_spaces
        self.cuts_spaces = cuts_spaces
        self.strip_right = strip_right
        # Whether what a space ends never depends on what comes before it.
        self.as_words = self.collapse and prepend and not strip_right
        self.space = code_point_table({1: parse_set(SPACES)})
        self.mark = ord(mark)
        self.prepend = prepend

    def __call__(self, texts):
        characters = code_points(texts)
        return self._find(characters.value, characters.row)[0]

    def locate(self, texts):
        """`Words`, and [symbol] the first character of the batch and one past the last.

        A mark stands for the space that it was; one that was put in front, and one
        where texts are cut at spaces, for what follows it.
        """
        characters = code_points(texts)
        number = tf.range(tf.size(characters.value))
        return self._find(characters.value, characters.row, number, number + 1)

    def _find(self, *symbols):
        """Words from value, row and perhaps start and stop of each character."""
        symbols = tuple(self.map(*symbols))
        if self.strip_right:
            symbols = _keep(symbols, self._before_end(*symbols[:2]))
        is_blank = self._blank(symbols[0])
        if self.collapse:
            repeats = is_blank & before(is_blank, False) & ~opens_row(symbols[1])
            symbols = _keep(symbols, places(~repeats), joined=True)
            is_blank = self._blank(symbols[0])
        if self.strip:
            opens = opens_row(symbols[1])
            symbols = _keep(symbols, places(~is_blank | ~(opens | after(opens, True))))
            is_blank = self._blank(symbols[0])
        if self.cuts_spaces:  # a word that begins with a mark gets no other
            doubles = is_blank & tf.equal(after(symbols[0], 0), self.mark)
            symbols = _keep(symbols, places(~doubles))
            is_blank = self._blank(symbols[0])
            symbols = (*symbols[:2], *(_of_next(x, is_blank) for x in symbols[2:]))
        symbols = (tf.where(is_blank, self.mark, symbols[0]), *symbols[1:])
        if self.prepend:
            symbols = self._prepend(*symbols)
        value, row, *spans = symbols
        begin = places(tf.equal(value, self.mark) | opens_row(row))
        words = Words(value, row, begin, after(begin, tf.size(value)) - begin)
        return (words, *spans)

    def _blank(self, value):
        """[symbol] bools: what words are cut at."""
        if self.cuts_spaces:
            return tf.gather(self.space, value) > 0
        return tf.equal(value, BLANK)

    def _before_end(self, value, row):
        """The places up to the last character of a text that is no white space."""
        turn = tf.range(tf.size(value))
        is_text = tf.equal(tf.gather(self.space, value), 0)
        rows = tf.reduce_max(tf.concat([row, [0]], axis=0)) + 1
        last = tf.math.unsorted_segment_max(tf.where(is_text, turn, -1), row, rows)
        return places(turn <= tf.gather(last, row))

    def _prepend(self, value, row, *spans):
        """A mark in front of each text that has none there."""
        lacks = opens_row(row) & tf.not_equal(value, self.mark)
        shift = tf.cumsum(tf.cast(lacks, tf.int32))
        size = tf.size(value) + tf.math.count_nonzero(lacks, dtype=tf.int32)
        place = tf.range(tf.size(value)) + shift
        marks = tf.boolean_mask(place, lacks) - 1

        def spread(values, of_marks):
            wide = tf.scatter_nd(place[:, None], values, [size])
            return tf.tensor_scatter_nd_update(wide, marks[:, None], of_marks)

        new = tf.fill(tf.shape(marks), self.mark)
        others = (spread(x, tf.boolean_mask(x, lacks)) for x in (row, *spans))
        return (spread(value, new), *others)


def _keep(symbols, kept, joined=False):
    """Some of the symbols; what is left out belongs to the one before, if `joined`."""
    value, row, *spans = symbols
    found = [tf.gather(values, kept) for values in (value, row, *spans)]
    if joined and spans:
        found[3] = tf.gather(spans[1], after(kept, tf.size(value)) - 1)
    return tuple(found)


def _of_next(values, chosen):
    """[symbol] the same, where `chosen` those of the next symbol."""
    last = values[-1:]
    return tf.where(chosen, tf.concat([values[1:], last], axis=0), values)
