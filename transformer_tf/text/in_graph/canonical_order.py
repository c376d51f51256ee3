"""TensorFlow's own: marks that follow a letter, in Unicode's order."""

import tensorflow as tf

from transformer_tf.text.in_graph.code_point_map import code_point_table
from transformer_tf.text.in_graph.words import opens_row
from transformer_tf.text.tables import unicode_forms
from transformer_tf.text.tables.ranges import parse_set


class CanonicalOrder:
    """Sorts each run of combining marks by their classes, as decomposing does.

    Call:
        value: [character] int32 code points.
        row: [character] int32, the text of the batch that each comes from, ascending.

    Returns:
        value: [character] int32, the same code points in order.

    Source: Unicode Standard, section 3.11, canonical ordering.
    """

    def __init__(self):
        groups = unicode_forms.COMBINING_ORDER.split("|")
        orders = {order: parse_set(group) for order, group in enumerate(groups, 1)}
        self.order = code_point_table(orders)

    def __call__(self, value, row):
        order = tf.cast(tf.gather(self.order, value), tf.int64)
        begins = tf.equal(order, 0) | opens_row(row)
        run = tf.cumsum(tf.cast(begins, tf.int64))
        turn = tf.range(tf.size(value, tf.int64))
        key = (run * 256 + order) * tf.size(value, tf.int64) + turn
        return tf.gather(value, tf.argsort(key))
