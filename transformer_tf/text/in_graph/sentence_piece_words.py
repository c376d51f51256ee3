"""TensorFlow's own: T5's words, found in all the texts of a batch at once."""

import tensorflow as tf

from transformer_tf.text.in_graph.cluster_map import ClusterMap
from transformer_tf.text.in_graph.utf8 import code_points
from transformer_tf.text.in_graph.words import Words, after, before, opens_row, places

BLANK = ord(" ")


class SentencePieceWords:
    """Normalizes texts by a precompiled map, marks their spaces and cuts before each.

    Args:
        replacements: {entry: replacement} of the map.
        collapse: Whether several spaces become one.
        strip: Whether spaces at the ends of a text go; only with `collapse`.
        mark: The character that stands for a space.
        prepend: Whether a text that does not begin with a mark gets one.

    Call:
        texts: [row] strings.

    Returns:
        `Words` whose symbols are code points.
    """

    def __init__(self, replacements, collapse, strip, mark="▁", prepend=True):
        self.map = ClusterMap(replacements)
        self.collapse = collapse
        self.strip = strip
        self.mark = ord(mark)
        self.prepend = prepend

    def __call__(self, texts):
        characters = code_points(texts)
        value, row = self.map(characters.value, characters.row)
        is_blank = tf.equal(value, BLANK)
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
        value = tf.where(is_blank, self.mark, value)
        if self.prepend:
            value, row = self._prepend(value, row)
        begin = places(tf.equal(value, self.mark) | opens_row(row))
        return Words(value, row, begin, after(begin, tf.size(value)) - begin)

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
