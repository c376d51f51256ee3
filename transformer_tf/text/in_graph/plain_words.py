"""TensorFlow's own: words that can be seen from one character and the one before."""

import tensorflow as tf

from transformer_tf.text.in_graph.code_point_map import CodePointMap, code_point_table
from transformer_tf.text.in_graph.unsupported import unsupported
from transformer_tf.text.in_graph.utf8 import code_points
from transformer_tf.text.in_graph.words import Words, after, before, opens_row, places
from transformer_tf.text.normalizers.lowercase import Lowercase, lower_case_table
from transformer_tf.text.pre_tokenizers.bert import BertPreTokenizer
from transformer_tf.text.pre_tokenizers.character_split import CharacterSplit
from transformer_tf.text.pre_tokenizers.delimiter_split import DelimiterSplit
from transformer_tf.text.pre_tokenizers.digits import Digits
from transformer_tf.text.pre_tokenizers.punctuation import Punctuation
from transformer_tf.text.pre_tokenizers.white_space import WhiteSpace
from transformer_tf.text.pre_tokenizers.white_space_split import WhiteSpaceSplit
from transformer_tf.text.tables import bert, classes
from transformer_tf.text.tables.ranges import parse_set

# What a character is: of a run of its kind, a word by itself, or no part of any word.
RUN, OTHER_RUN, ALONE, DROPPED = range(4)


class PlainWords:
    """Cuts texts between characters of different kinds.

    Args:
        normalizer: A `Lowercase`, or None.
        pre_tokenizer: One that looks at each character by itself, or None.

    Call:
        texts: [row] strings.

    Returns:
        `Words` whose symbols are code points.

    Raises:
        ValueError: A step is of another kind.
    """

    def __init__(self, normalizer, pre_tokenizer):
        if not isinstance(normalizer, (Lowercase, type(None))):
            raise unsupported(f"the normalizer {normalizer!r:.80}")
        self.map = None if normalizer is None else CodePointMap(lower_case_table())
        kinds, default = _kinds(pre_tokenizer)
        self.kind = code_point_table(kinds, default)

    def __call__(self, texts):
        characters = code_points(texts)
        value, row = characters.value, characters.row
        if self.map is not None:
            value, row = self.map(value, row)
        kind = tf.cast(tf.gather(self.kind, value), tf.int32)
        begins = opens_row(row) | tf.not_equal(kind, before(kind, -1))
        begin = places(begins | tf.equal(kind, ALONE))
        length = after(begin, tf.size(value)) - begin
        is_word = tf.not_equal(tf.gather(kind, begin), DROPPED)
        begin, length = (tf.boolean_mask(x, is_word) for x in (begin, length))
        return Words(value, row, begin, length)


def _kinds(cut):
    """{kind: characters} of a pre-tokenizer, and the kind of all other characters."""
    spaces = {DROPPED: parse_set(classes.SPACES)}
    if cut is None:
        return {}, RUN
    if isinstance(cut, CharacterSplit):
        return {}, ALONE
    if isinstance(cut, WhiteSpace):
        return {**spaces, RUN: parse_set(classes.WORDS)}, OTHER_RUN
    if isinstance(cut, WhiteSpaceSplit):
        return spaces, RUN
    if isinstance(cut, BertPreTokenizer):
        marks = parse_set(bert.PUNCTUATION)
        return {DROPPED: parse_set(bert.CUT_SPACES), ALONE: marks}, RUN
    if isinstance(cut, DelimiterSplit):
        return {DROPPED: {cut.delimiter}}, RUN
    if isinstance(cut, Digits):
        kind = ALONE if cut.individual_digits else OTHER_RUN
        return {kind: parse_set(classes.DIGITS)}, RUN
    behaviors = {"Isolated": ALONE, "Removed": DROPPED}
    if isinstance(cut, Punctuation) and cut.behavior in behaviors:
        return {behaviors[cut.behavior]: parse_set(bert.PUNCTUATION)}, RUN
    raise unsupported(f"the pre_tokenizer {cut!r:.80}")
