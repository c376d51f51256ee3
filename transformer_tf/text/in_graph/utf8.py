"""TensorFlow's own: strings to code points, with the row named when a byte is wrong."""

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf


class CodePoints(NamedTuple):
    """The characters of a batch, one after another.

    Fields:
        value: [character] int32 code points.
        row: [character] int32, the text of the batch that each comes from, ascending.
        begin: [character] int32, the place of its first byte in `data`.
        data: [byte] uint8, all the texts' bytes, one after another.
        row_of_byte: [byte] int32, the text that each byte comes from.
    """

    value: Any
    row: Any
    begin: Any
    data: Any
    row_of_byte: Any


def code_points(texts):
    """[row] strings -> CodePoints; an error names a row that is not UTF-8."""
    data = tf.io.decode_raw(tf.strings.reduce_join(texts), tf.uint8)
    lengths = tf.strings.length(texts)
    row_begin = tf.cumsum(lengths, exclusive=True)
    size = tf.size(data)
    opens_row = tf.scatter_nd(row_begin[:, None], tf.ones_like(lengths), [size + 1])
    row_of_byte = tf.cumsum(opens_row[:-1]) - 1
    leads = (data < 0x80) | (data >= 0xC0) | (opens_row[:-1] > 0)
    begin = tf.cast(tf.where(leads)[:, 0], tf.int32)
    value = tf.cast(tf.gather(data, begin), tf.int32)
    row = tf.gather(row_of_byte, begin)
    value = _decode_longer(value, begin, row, data)
    return CodePoints(value, row, begin, data, row_of_byte)


# What a first byte promises: how many bytes, which of its bits count, the least value.
_FIRST = np.arange(256)
_LENGTH = np.select(
    [_FIRST < 0x80, _FIRST < 0xC0, _FIRST < 0xE0, _FIRST < 0xF0, _FIRST < 0xF8],
    [1, 0, 2, 3, 4],
)
_BITS = np.array([0, 0x7F, 0x1F, 0x0F, 0x07])
_LEAST = np.array([1 << 30, 0, 0x80, 0x800, 0x10000])


def _decode_longer(value, begin, row, data):
    """Replaces first bytes of 0x80 and above by the code points that they begin."""
    place = tf.cast(tf.where(value >= 0x80)[:, 0], tf.int32)
    first, at = tf.gather(value, place), tf.gather(begin, place)
    length = tf.gather(tf.constant(_LENGTH, tf.int32), first)
    ends = tf.concat([begin[1:], [tf.size(data)]], axis=0)
    wrong = tf.gather(ends, place) - at != length
    long = first & tf.gather(tf.constant(_BITS, tf.int32), length)
    padded = tf.concat([tf.cast(data, tf.int32), [0, 0, 0]], axis=0)
    for step in range(1, 4):
        longer = 64 * long + (tf.gather(padded, at + step) & 0x3F)
        long = tf.where(step < length, longer, long)
    wrong |= long < tf.gather(tf.constant(_LEAST, tf.int32), length)
    wrong |= (long > 0x10FFFF) | ((long >= 0xD800) & (long < 0xE000))
    refused = tf.boolean_mask(tf.gather(row, place), wrong)
    check = tf.debugging.Assert(
        tf.equal(tf.size(refused), 0),
        [
            "Text that is not UTF-8 in row",
            refused[:1],
            "of the batch: decode it first.",
        ],
    )
    with tf.control_dependencies([check] if check is not None else []):
        return tf.tensor_scatter_nd_update(value, place[:, None], long)


def check_texts(texts):
    """[row] strings -> the same; an error names a row that is not UTF-8."""
    is_text = tf.equal(tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8"), texts)
    refused = tf.where(~is_text)[:1, 0]
    check = tf.debugging.Assert(
        tf.equal(tf.size(refused), 0),
        ["Text that is not UTF-8 in row", refused, "of the batch: decode it first."],
    )
    with tf.control_dependencies([check] if check is not None else []):
        return tf.identity(texts)
