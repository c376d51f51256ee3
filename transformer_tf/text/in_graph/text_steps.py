"""TensorFlow's own: normalizers that make of each text another, before the others."""

import re

import tensorflow as tf

from transformer_tf.text.in_graph.canonical_order import CanonicalOrder
from transformer_tf.text.in_graph.code_point_map import CodePointMap
from transformer_tf.text.in_graph.unsupported import unsupported
from transformer_tf.text.in_graph.utf8 import code_points
from transformer_tf.text.normalizers.lowercase import Lowercase, lower_case_table
from transformer_tf.text.normalizers.replace import Replace
from transformer_tf.text.normalizers.strip_accents import StripAccents
from transformer_tf.text.normalizers.unicode_form import NFD, NFKD
from transformer_tf.text.tables import unicode_forms
from transformer_tf.text.tables.classes import COMBINING
from transformer_tf.text.tables.ranges import parse_map, parse_set

SYLLABLES = range(0xAC00, 0xAC00 + 11172)  # Hangul, whose parts follow a rule


class TextSteps(tf.Module):
    """Replaces strings, takes characters apart, drops accents, lower-cases.

    Args:
        normalizers: List of `Replace` (of a string), `NFD`, `NFKD`, `StripAccents` and
            `Lowercase`, in the order in which they are done.
        encode: The part that turns what they make of texts into ids.

    Call:
        texts: [row] strings.

    Returns:
        Ragged [row, piece] int32: the ids of each text.

    Raises:
        ValueError: A normalizer is of another kind.
        tf.errors.InvalidArgumentError: On a call, a text that is not UTF-8.
    """

    def __init__(self, normalizers, encode):
        super().__init__(name="text_steps")
        self.encode = encode
        self._steps = [_step(normalizer) for normalizer in normalizers]

    def __call__(self, texts):
        for step in self._steps:
            texts = step(texts)
        return self.encode(texts)


def _step(normalizer):
    if isinstance(normalizer, Replace) and normalizer.pattern.regex is None:
        return _replacement(normalizer.pattern.string, normalizer.content)
    if isinstance(normalizer, (NFD, NFKD)):
        return _Characters(_decompositions(normalizer), CanonicalOrder())
    if isinstance(normalizer, StripAccents):
        return _Characters(dict.fromkeys(parse_set(COMBINING), ""))
    if isinstance(normalizer, Lowercase):
        return _Characters(lower_case_table())
    raise unsupported(f"the normalizer {normalizer!r:.80}")


def _replacement(string, content):
    pattern, rewrite = re.escape(string), content.replace("\\", "\\\\")
    return lambda texts: tf.strings.regex_replace(texts, pattern, rewrite)


class _Characters(tf.Module):
    """Replaces characters; puts marks in order where that is asked for."""

    def __init__(self, replacements, order=None):
        super().__init__(name="characters")
        self.map, self.order = CodePointMap(replacements), order

    def __call__(self, texts):
        characters = code_points(texts)
        value, row = self.map(characters.value, characters.row)
        if self.order is not None:
            value = self.order(value, row)
        rows = tf.RaggedTensor.from_value_rowids(
            value, row, tf.size(texts), validate=False
        )
        return tf.strings.unicode_encode(rows, "UTF-8")


def _decompositions(normalizer):
    """{character: its parts} of a decomposing form, Hangul included."""
    table = parse_map(unicode_forms.CANONICAL)
    if isinstance(normalizer, NFKD):
        table.update(parse_map(unicode_forms.COMPATIBLE))
    for code in SYLLABLES:
        lead, rest = divmod(code - SYLLABLES[0], 588)
        vowel, tail = divmod(rest, 28)
        parts = chr(0x1100 + lead) + chr(0x1161 + vowel)
        table[chr(code)] = parts + (chr(0x11A7 + tail) if tail else "")
    return table
