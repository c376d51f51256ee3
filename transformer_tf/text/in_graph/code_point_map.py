"""TensorFlow's own: replacing code points by code points, a table for the whole map."""

import numpy as np
import tensorflow as tf

from transformer_tf.text.in_graph.words import places

CODES = 0x110000
GONE, SEVERAL = -1, -2


class CodePointMap:
    """Replaces each code point by none, one or several, as a dictionary says.

    Args:
        replacements: {character: string}; every other character stays as it is.
        further: List of strings that stand for numbers above all code points.

    Call:
        value: [character] int32 code points, or 0x110000 + a place in `further`.
        *beside: [character] tensors that go along: a replacement inherits them.

    Returns:
        value, *beside: the same after replacement, [new character].
    """

    def __init__(self, replacements, further=()):
        size = CODES + len(further)
        alone = np.arange(size, dtype=np.int32)
        begin, length, flat = np.zeros(size, np.int32), np.ones(size, np.int32), [0]
        by_code = {ord(source): target for source, target in replacements.items()}
        by_code.update(enumerate(further, CODES))
        for code, replacement in by_code.items():
            begin[code], length[code] = len(flat), len(replacement)
            flat += map(ord, replacement)
            alone[code] = SEVERAL if replacement else GONE
            if len(replacement) == 1:
                alone[code] = ord(replacement)
        self.alone = tf.constant(alone)
        self.begin = tf.constant(begin)
        self.length = tf.constant(length)
        self.flat = tf.constant(np.array(flat, np.int32))

    def __call__(self, value, *beside):
        alone = tf.gather(self.alone, value)
        least = tf.reduce_min(tf.concat([alone, [0]], axis=0))
        return tf.switch_case(
            tf.minimum(-least, 2),
            [
                lambda: (alone, *beside),
                lambda: self._drop(alone, beside),
                lambda: self._expand(value, alone, beside),
            ],
        )

    def _drop(self, alone, beside):
        kept = places(alone >= 0)
        return tuple(tf.gather(values, kept) for values in (alone, *beside))

    def _expand(self, value, alone, beside):
        length = tf.gather(self.length, value)
        kept = places(length > 0)
        value, alone, length, *beside = (
            tf.gather(values, kept) for values in (value, alone, length, *beside)
        )
        begin = tf.cumsum(length, exclusive=True)
        total = tf.reduce_sum(length)
        opens = tf.scatter_nd(begin[:, None], tf.ones_like(begin), [total])
        source = tf.cumsum(opens) - 1
        turn = tf.range(total) - tf.gather(begin, source)
        alone = tf.gather(alone, source)
        several = tf.gather(self.begin, tf.gather(value, source)) + turn
        several = tf.gather(self.flat, tf.where(alone == SEVERAL, several, 0))
        value = tf.where(alone == SEVERAL, several, alone)
        return (value, *(tf.gather(values, source) for values in beside))


def code_point_table(kinds, default=0, dtype=np.uint8):
    """{kind: characters} -> [0x110000] constant that holds each character's kind."""
    table = np.full(CODES, default, dtype)
    for kind, characters in kinds.items():
        table[[ord(character) for character in characters]] = kind
    return tf.constant(table)
