"""TensorFlow's own: replacing code points by code points, a table for the whole map."""

import numpy as np
import tensorflow as tf

from transformer_tf.text.in_graph.words import places

CODES = 0x110000
GONE = -1


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
        alone = np.arange(CODES + len(further), dtype=np.int32)
        begin: list[int] = []
        length: list[int] = []
        flat: list[int] = []
        by_code = {ord(source): target for source, target in replacements.items()}
        by_code.update(enumerate(further, CODES))
        for code, replacement in by_code.items():
            if len(replacement) == 1:
                alone[code] = ord(replacement)
            elif not replacement:
                alone[code] = GONE
            else:  # GONE - 1 and below: which of the longer replacements
                alone[code] = GONE - 1 - len(begin)
                begin.append(len(flat))
                length.append(len(replacement))
                flat += map(ord, replacement)
        # One entry more in each, so that there is something to look up.
        self.alone = tf.constant(alone)
        self.begin = tf.constant([*begin, 0], tf.int32)
        self.length = tf.constant([*length, 1], tf.int32)
        self.flat = tf.constant([*flat, 0], tf.int32)

    def __call__(self, value, *beside):
        alone = tf.gather(self.alone, value)
        least = tf.reduce_min(tf.concat([alone, [0]], axis=0))
        return tf.switch_case(
            tf.minimum(-least, 2),
            [
                lambda: (alone, *beside),
                lambda: self._drop(alone, beside),
                lambda: self._expand(alone, beside),
            ],
        )

    def _drop(self, alone, beside):
        kept = places(tf.not_equal(alone, GONE))
        return tuple(tf.gather(values, kept) for values in (alone, *beside))

    def _expand(self, alone, beside):
        alone, *beside = self._drop(alone, beside)
        number = tf.maximum(GONE - 1 - alone, -1)
        length = tf.where(number < 0, 1, tf.gather(self.length, tf.maximum(number, 0)))
        begin = tf.cumsum(length, exclusive=True)
        total = tf.reduce_sum(length)
        opens = tf.scatter_nd(begin[:, None], tf.ones_like(begin), [total])
        source = tf.cumsum(opens) - 1
        turn = tf.range(total) - tf.gather(begin, source)
        alone, number = tf.gather(alone, source), tf.gather(number, source)
        first = tf.gather(self.begin, tf.maximum(number, 0))
        several = tf.gather(self.flat, tf.where(number < 0, 0, first + turn))
        value = tf.where(number < 0, alone, several)
        return (value, *(tf.gather(values, source) for values in beside))


def code_point_table(kinds, default=0, dtype=np.uint8):
    """{kind: characters} -> [0x110000] constant that holds each character's kind."""
    table = np.full(CODES, default, dtype)
    for kind, characters in kinds.items():
        table[[ord(character) for character in characters]] = kind
    return tf.constant(table)
