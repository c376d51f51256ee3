"""TensorFlow's own: BERT's words, found in all the texts of a batch at once."""

import tensorflow as tf

from transformer_tf.text.aligned_text import AlignedText
from transformer_tf.text.in_graph.canonical_order import CanonicalOrder
from transformer_tf.text.in_graph.code_point_map import CodePointMap, code_point_table
from transformer_tf.text.in_graph.utf8 import code_points
from transformer_tf.text.in_graph.words import Words, after, before, opens_row, places
from transformer_tf.text.normalizers.bert import BertNormalizer
from transformer_tf.text.normalizers.sequence import NormalizerSequence
from transformer_tf.text.normalizers.unicode_form import NFD
from transformer_tf.text.tables import bert, lower_case, unicode_forms
from transformer_tf.text.tables.ranges import parse_map, parse_set

WORD, SPACE, PUNCTUATION = range(3)
SYLLABLES = range(0xAC00, 0xAC00 + 11172)  # Hangul, taken apart with the accents


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
        clean, chinese = normalizer.clean_text, normalizer.handle_chinese_chars
        lower, strip = normalizer.lowercase, normalizer.strip_accents
        strip = lower if strip is None else strip
        self.map = CodePointMap(replacements(normalizer, clean, chinese))
        self.kind = code_point_table(
            {
                PUNCTUATION: parse_set(bert.PUNCTUATION),
                SPACE: parse_set(bert.CUT_SPACES),
            }
        )
        self.staying = set()
        if strip:
            self._in_steps(clean, chinese, lower)

    def _in_steps(self, clean, chinese, lower):
        """Tables for the text in which an order among staying marks may matter."""
        groups = unicode_forms.COMBINING_ORDER.split("|")
        marks = set().union(*map(parse_set, groups)) - parse_set(bert.MARKS)
        canonical = parse_map(unicode_forms.CANONICAL)
        holding = {c for c, parts in canonical.items() if not marks.isdisjoint(parts)}
        apart = NormalizerSequence(
            [BertNormalizer(clean, chinese, False, False), NFD()]
        )
        rest = BertNormalizer(False, False, True, lower)
        self.staying = marks | holding
        self.stays = code_point_table({1: self.staying})
        self.apart = CodePointMap(replacements(apart, clean, chinese))
        self.rest = CodePointMap(replacements(rest, False, False))
        self.in_order = CanonicalOrder()

    def __call__(self, texts):
        characters = code_points(texts)
        value, row = self._normalize(characters.value, characters.row)
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

    def _normalize(self, value, row):
        if not self.staying:
            return self.map(value, row)
        staying = tf.reduce_any(tf.gather(self.stays, value) > 0)
        return tf.cond(
            staying,
            lambda: self._order(value, row),
            lambda: tuple(self.map(value, row)),
        )

    def _order(self, value, row):
        """The steps one by one: accents apart, marks in order, then the rest."""
        value, row = self.apart(value, row)
        return tuple(self.rest(self.in_order(value, row), row))


def replacements(normalizer, clean, chinese):
    """{character: what the normalizer makes of it}, where that is something else.

    Args:
        normalizer: A `Normalizer` that looks at each character by itself.
        clean: Whether it removes what BERT's cleaning removes.
        chinese: Whether it puts spaces round Chinese characters.
    """
    maps = (unicode_forms.CANONICAL, lower_case.LOWER)
    rest = parse_set(bert.SPACES) | parse_set(bert.MARKS)
    rest = rest.union(map(chr, SYLLABLES), *map(parse_map, maps))
    changed = {}
    if chinese:
        plain = parse_set(bert.CHINESE) - rest
        changed.update({character: f" {character} " for character in plain})
    if clean:
        changed.update(dict.fromkeys(parse_set(bert.REMOVED), ""))
    characters = sorted(rest - set(changed))
    between = "|"  # which nothing changes, and which keeps marks apart
    results = normalizer(AlignedText(between.join(characters))).text.split(between)
    pairs = zip(characters, results, strict=True)
    changed.update({old: new for old, new in pairs if old != new})
    return changed
