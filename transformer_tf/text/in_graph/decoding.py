"""TensorFlow's own: from ids back to text."""

import re

import tensorflow as tf

from transformer_tf.text.decoders.byte_level import ByteLevelDecoder
from transformer_tf.text.decoders.fuse import Fuse
from transformer_tf.text.decoders.sentence_piece import SentencePieceDecoder
from transformer_tf.text.in_graph.words import before, places
from transformer_tf.text.token_bytes import bytes_of_characters

_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
_BROKEN = "\ufffd"  # what stands for a byte that is no text


class Decoding:
    """Joins what each id stands for, as the tokenizer's decoder does.

    Args:
        tokenizer: A `Tokenizer` whose decoder treats a token by itself, but for
            whether text stands before it, or other bytes beside it.

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
        self.reads_bytes = getattr(decoder, "reads_bytes", False)
        opens = []  # tokens after which the next one still is the first
        if self.is_bytes:
            first = later = [bytes_of_characters(token) for token in tokens]
        elif decoder is None:
            first, later = tokens, [f" {token}" for token in tokens]
        elif isinstance(decoder, Fuse):
            first = later = tokens
        elif isinstance(decoder, SentencePieceDecoder):
            first, later = (
                [_bytes_or_text(decoder, lead, token) for token in tokens]
                for lead in ("", "a")
            )
            opens = ["", "▁"] if decoder.drops_all else [""]
        else:
            first = ["".join(decoder([token])) for token in tokens]
            later = decoder(["", *tokens])[1:]
        self.first, self.later = tf.constant(first), tf.constant(later)
        self.stays_open = tf.constant([token in opens for token in tokens])
        self.shown = tf.constant([number not in special for number in range(size)])
        if self.reads_bytes:
            self.byte = tf.constant([bool(_BYTE.fullmatch(token)) for token in tokens])

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
        part = tf.where(
            self._is_first(number, row),
            tf.gather(self.first, number),
            tf.gather(self.later, number),
        )
        if self.reads_bytes:
            part = self._without_broken(part, tf.gather(self.byte, number), row)
        texts = tf.strings.unsorted_segment_join(part, row, tf.shape(ids)[0])
        if self.is_bytes:
            texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", "replace")
        return texts

    def _is_first(self, number, row):
        """[token] bools: no text of the row stands before it."""
        closes = tf.cast(~tf.gather(self.stays_open, number), tf.int32)
        count = tf.cumsum(closes, exclusive=True)
        opens = tf.not_equal(row, before(row, -1))
        at = tf.gather(places(opens), tf.cumsum(tf.cast(opens, tf.int32)) - 1)
        return tf.equal(count, tf.gather(count, at))

    def _without_broken(self, part, is_byte, row):
        """The parts; each byte of a run of bytes that is no text becomes U+FFFD."""
        begins = ~is_byte | ~before(is_byte, False) | tf.not_equal(row, before(row, -1))
        run = tf.cumsum(tf.cast(begins, tf.int32)) - 1
        runs = tf.strings.unsorted_segment_join(
            part, run, tf.reduce_sum(tf.cast(begins, tf.int32))
        )
        clean = tf.strings.unicode_transcode(runs, "UTF-8", "UTF-8", "replace")
        is_broken = is_byte & tf.gather(tf.not_equal(clean, runs), run)
        return tf.where(is_broken, _BROKEN, part)


def _bytes_or_text(decoder, lead, token):
    """What a token stands for behind another, as bytes."""
    byte = _BYTE.fullmatch(token) if decoder.reads_bytes else None
    if byte:
        return bytes([int(byte[1], 16)])
    return "".join(decoder([lead, token] if lead else [token])).encode()[len(lead) :]
