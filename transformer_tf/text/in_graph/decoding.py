"""TensorFlow's own: from ids back to text."""

import tensorflow as tf

from transformer_tf.text.decoders.byte_level import ByteLevelDecoder
from transformer_tf.text.decoders.fuse import Fuse
from transformer_tf.text.in_graph.words import places
from transformer_tf.text.token_bytes import bytes_of_characters


class Decoding:
    """Joins what each id stands for, as the tokenizer's decoder does.

    Args:
        tokenizer: A `Tokenizer` whose decoder treats a token by itself, but for
            whether it is the first.

    Call:
        ids: [row, length] int32.
        attention_mask: [row, length] int32: ids where it is 0 are left out.

    Returns:
        texts: [row] strings, without special tokens.
    """

    def __init__(self, tokenizer):
        size = len(tokenizer)
        names = [tokenizer.id_to_token(number) for number in range(size)]
        tokens = [name or "" for name in names]  # holes have no token
        self.known = tf.constant([name is not None for name in names])
        decoder, special = tokenizer.decoder, tokenizer.special_ids
        self.is_bytes = isinstance(decoder, ByteLevelDecoder)
        if self.is_bytes:
            first = later = [bytes_of_characters(token) for token in tokens]
        elif decoder is None:
            first, later = tokens, [f" {token}" for token in tokens]
        elif isinstance(decoder, Fuse):
            first = later = tokens
        else:
            first = ["".join(decoder([token])) for token in tokens]
            later = decoder(["", *tokens])[1:]
        self.first, self.later = tf.constant(first), tf.constant(later)
        self.shown = tf.constant([number not in special for number in range(size)])

    def __call__(self, ids, attention_mask):
        size = tf.size(self.shown)
        outside = (ids < 0) | (ids >= size)
        outside |= ~tf.gather(self.known, tf.clip_by_value(ids, 0, size - 1))
        outside &= tf.not_equal(attention_mask, 0)
        row = places(tf.reduce_any(outside, axis=1))[:1]
        known = tf.debugging.Assert(
            tf.equal(tf.size(row), 0),
            ["An id of row", row, "is in no vocabulary: ids run from 0 to", size - 1],
        )
        with tf.control_dependencies([known] if known is not None else []):
            kept = tf.where(tf.not_equal(attention_mask, 0))
        number, row = tf.gather_nd(ids, kept), tf.cast(kept[:, 0], tf.int32)
        shown = tf.gather(self.shown, number)
        number, row = tf.boolean_mask(number, shown), tf.boolean_mask(row, shown)
        is_first = tf.not_equal(row, tf.concat([[-1], row[:-1]], axis=0))
        part = tf.where(
            is_first, tf.gather(self.first, number), tf.gather(self.later, number)
        )
        texts = tf.strings.unsorted_segment_join(part, row, tf.shape(ids)[0])
        if self.is_bytes:
            texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", "replace")
        return texts
