"""TensorFlow's own: added tokens that texts may spell, found before the other steps."""

import re

import tensorflow as tf

from transformer_tf.text.in_graph.unsupported import unsupported
from transformer_tf.text.in_graph.utf8 import check_texts
from transformer_tf.text.in_graph.words import before, opens_row, places

_CUT = b"\xff"  # a byte that no UTF-8 holds


class AddedWords(tf.Module):
    """Cuts texts at added tokens that are not special; the rest goes through the steps.

    Marian's codes of languages (>>fra<<) are such tokens.

    Args:
        tokens: The `AddedToken`s of a tokenizer, special ones among them.
        encode: The part that turns texts into ids, for what stands between them.

    Call:
        texts: [row] strings.

    Returns:
        Ragged [row, piece] int32: the ids of each text.

    Raises:
        ValueError: A token takes spaces along, or looks at its neighbours or at
            normalized text.
        tf.errors.InvalidArgumentError: On a call, a text that is not UTF-8.
    """

    def __init__(self, tokens, encode):
        super().__init__(name="added_words")
        self.encode = encode
        words = [token for token in tokens if not token.special and token.content]
        for word in words:
            _check(word)
        # Special tokens are looked for too: a word that begins inside one is none.
        spelt = {token.content for token in tokens if not token.normalized} - {""}
        longest_first = sorted(spelt, key=len, reverse=True)
        self.pattern = f"({'|'.join(map(re.escape, longest_first))})"
        initializer = tf.lookup.KeyValueTensorInitializer(
            [word.content for word in words], [word.id for word in words]
        )
        self.id = tf.lookup.StaticHashTable(initializer, -1)

    def __call__(self, texts):
        texts = check_texts(texts)
        texts = tf.strings.regex_replace(texts, self.pattern, _CUT + rb"\1" + _CUT)
        parts = tf.strings.split(texts, _CUT)
        row = tf.cast(parts.value_rowids(), tf.int32)
        is_word = self.id.lookup(parts.values) >= 0
        # A special token is text like what stands beside it.
        begins = is_word | before(is_word, True) | opens_row(row)
        number = tf.cumsum(tf.cast(begins, tf.int32)) - 1
        begin = places(begins)
        row = tf.gather(row, begin)
        joined = tf.strings.unsorted_segment_join(parts.values, number, tf.size(begin))
        parts = tf.RaggedTensor.from_value_rowids(joined, row, tf.size(texts))
        number = tf.cast(self.id.lookup(joined), tf.int32)
        is_word = number >= 0
        rest = self.encode(tf.where(is_word, "", joined))
        added = tf.RaggedTensor.from_row_lengths(
            tf.boolean_mask(number, is_word), tf.cast(is_word, tf.int64)
        )
        ids = tf.concat([rest, added], axis=1)  # of each part one is empty
        splits = tf.gather(ids.row_splits, parts.row_splits)
        return tf.RaggedTensor.from_row_splits(ids.values, splits, validate=False)


def _check(word):
    for name in ("lstrip", "rstrip", "normalized", "single_word"):
        if getattr(word, name):
            raise unsupported(f"the added token {word.content!r} with {name}=True")
