"""TensorFlow's own: BERT's words, found in all the texts of a batch at once."""

import tensorflow as tf

from transformer_tf.text.aligned_text import AlignedText
from transformer_tf.text.in_graph.code_point_map import CodePointMap, code_point_table
from transformer_tf.text.in_graph.utf8 import code_points
from transformer_tf.text.in_graph.words import Words, after, before, opens_row, places
from transformer_tf.text.tables import bert, lower_case, unicode_forms
from transformer_tf.text.tables.ranges import parse_map, parse_set

WORD, SPACE, PUNCTUATION = range(3)


class BertWords:
    """Cleans texts as BERT does, and cuts them at spaces and round punctuation.

    What a character becomes does not depend on its neighbours, with one exception:
    marks that stay when accents are stripped (a few of Korean, of music, of scripts
    younger than the tables) are put into Unicode's order. A batch that has one goes
    through the steps one by one; all others through one table.

    Args:
        normalizer: A `BertNormalizer`.

    Call:
        texts: [row] strings.

    Returns:
        `Words` whose symbols are code points.
    """

    def __init__(self, normalizer):
        self.map = CodePointMap(replacements(normalizer))
        self.kind = code_point_table(
            {
                PUNCTUATION: parse_set(bert.PUNCTUATION),
                SPACE: parse_set(bert.CUT_SPACES),
            }
        )

    def __call__(self, texts):
        characters = code_points(texts)
        value, row = self.map(characters.value, characters.row)
        kind = tf.gather(self.kind, value)
        is_punctuation, is_space = tf.equal(kind, PUNCTUATION), tf.equal(kind, SPACE)
        cuts = opens_row(row) | is_punctuation | is_space
        cuts |= before(is_punctuation | is_space, True)
        begin = places(cuts)
        length = after(begin, tf.size(value)) - begin
        is_word = ~tf.gather(is_space, begin)
        begin, length = (
            tf.boolean_mask(begin, is_word),
            tf.boolean_mask(length, is_word),
        )
        return Words(value, row, begin, length)


def replacements(normalizer):
    """{character: what the normalizer makes of it}, where that is something else."""
    changed = {}
    for character in touched():
        result = normalizer(AlignedText(character)).text
        if result != character:
            changed[character] = result
    return changed


def touched():
    """Every character that some setting of the normalizer may change, a set."""
    sets = (bert.REMOVED, bert.SPACES, bert.CHINESE, bert.MARKS)
    syllables = map(chr, range(0xAC00, 0xAC00 + 11172))
    maps = (unicode_forms.CANONICAL, lower_case.LOWER)
    return set(syllables).union(*map(parse_set, sets), *map(parse_map, maps))
