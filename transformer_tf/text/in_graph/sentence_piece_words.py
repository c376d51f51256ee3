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
        value, row = self.map(characters.value, characters.row)
        if self.strip_right:
            value, row = self._without_end(value, row)
        is_blank = tf.equal(value, BLANK)
        if self.cuts_spaces:
            is_blank = tf.gather(self.space, value) > 0
        if self.collapse:
            repeats = before(is_blank, False) & ~opens_row(row)
            kept = places(~(is_blank & repeats))
            value, row = tf.gather(value, kept), tf.gather(row, kept)
            is_blank = tf.gather(is_blank, kept)
        if self.strip:
            opens = opens_row(row)
            kept = places(~is_blank | ~(opens | after(opens, True)))
            value, row = tf.gather(value, kept), tf.gather(row, kept)
            is_blank = tf.gather(is_blank, kept)
        if self.cuts_spaces:  # a word that begins with a mark gets no other
            doubles = is_blank & tf.equal(after(value, 0), self.mark)
            kept = places(~doubles)
            value, row = tf.gather(value, kept), tf.gather(row, kept)
            is_blank = tf.gather(is_blank, kept)
        value = tf.where(is_blank, self.mark, value)
        if self.prepend:
            value, row = self._prepend(value, row)
        begin = places(tf.equal(value, self.mark) | opens_row(row))
        return Words(value, row, begin, after(begin, tf.size(value)) - begin)

    def _without_end(self, value, row):
        """The texts without the white space behind their last other character."""
        turn = tf.range(tf.size(value))
        is_text = tf.equal(tf.gather(self.space, value), 0)
        rows = tf.reduce_max(tf.concat([row, [0]], axis=0)) + 1
        last = tf.math.unsorted_segment_max(tf.where(is_text, turn, -1), row, rows)
        kept = places(turn <= tf.gather(last, row))
        return tf.gather(value, kept), tf.gather(row, kept)

    def _prepend(self, value, row):
        """A mark in front of each text that has none there."""
        lacks = opens_row(row) & tf.not_equal(value, self.mark)
        shift = tf.cumsum(tf.cast(lacks, tf.int32))
        size = tf.size(value) + tf.math.count_nonzero(lacks, dtype=tf.int32)
        place = tf.range(tf.size(value)) + shift
        marks = tf.boolean_mask(place, lacks) - 1
        value = tf.tensor_scatter_nd_update(
            tf.fill([size], self.mark), place[:, None], value
        )
        rows = tf.scatter_nd(place[:, None], row, [size])
        rows = tf.tensor_scatter_nd_update(
            rows, marks[:, None], tf.boolean_mask(row, lacks)
        )
        return value, rows
