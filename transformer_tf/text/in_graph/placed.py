"""TensorFlow's own: tokens with their places in the text, inside a graph."""

from __future__ import annotations

from typing import Any, NamedTuple

import tensorflow as tf

from transformer_tf.annotations import Tensor
from transformer_tf.text.in_graph.bert_words import BertWords
from transformer_tf.text.in_graph.byte_level_words import ByteLevelWords
from transformer_tf.text.in_graph.compiled_sentence_piece import CompiledSentencePiece
from transformer_tf.text.in_graph.composition import Composition
from transformer_tf.text.in_graph.distinct_words import DistinctWords
from transformer_tf.text.in_graph.layout import Layout
from transformer_tf.text.in_graph.sentence_piece_words import SentencePieceWords
from transformer_tf.text.in_graph.tokenizer import InGraphTokenizer
from transformer_tf.text.in_graph.unsupported import unsupported
from transformer_tf.text.in_graph.utf8 import code_points
from transformer_tf.text.in_graph.words import (
    after,
    check_lengths,
    opens_row,
    places,
    word_opens,
)
from transformer_tf.text.templates.byte_level import ByteLevelOffsets
from transformer_tf.text.token_bytes import bytes_of_characters

BLANK = 0x20


class PlacedTokens(NamedTuple):
    """Tokens of a batch, each field [row, length] int32.

    Attributes:
        ids: Ids, filled with the padding's.
        attention_mask: 1 for tokens, 0 for padding.
        type_ids: Which segment a token belongs to.
        start: The character of its text where a token begins; 0 for special ones.
        end: One past the last character it stands for.
        word: The number of its word in the batch; -1 for special tokens and padding.
        sequence: 0 for tokens of the first text, 1 for the second, else -1.
    """

    ids: Tensor
    attention_mask: Tensor
    type_ids: Any
    start: Any
    end: Any
    word: Any
    sequence: Any


class PlacedTokenizer(tf.Module):
    """Gives the ids and the offsets that a tokenizer gives, from TensorFlow alone.

    For the steps of BERT, those of GPT-2, RoBERTa and BART, and SentencePiece's: of a
    tokenizer.json (XLM-R, T5), and of a model file, by tensorflow-text.

    Args:
        tokenizer: A `Tokenizer`; its truncation and padding are obeyed.
        longest_word: As of `InGraphTokenizer`.

    Call:
        texts: [row] strings, UTF-8.
        others: [row] strings, the second texts of pairs (optional).

    Returns:
        `PlacedTokens`.

    Raises:
        ValueError: The tokenizer has a step whose places are not followed here.
    """

    def __init__(self, tokenizer, longest_word=10_000):
        super().__init__(name="placed_tokenizer")
        encode = InGraphTokenizer(tokenizer, longest_word, compiled=False)._encode
        if isinstance(encode, DistinctWords):
            encode = encode.exact
        kernel = isinstance(encode, CompiledSentencePiece)
        self.kernel: Any = encode if kernel else None
        self.words: Any = getattr(encode, "words", None)
        kinds = BertWords, ByteLevelWords, SentencePieceWords
        steps_known = isinstance(encode, Composition) and isinstance(self.words, kinds)
        if not kernel and not steps_known:
            raise unsupported("the place of a token in its text, of this tokenizer,")
        if getattr(tokenizer.model, "mark_behind", False):
            raise unsupported("a mark behind each word, with offsets,")
        self.cut: Any = getattr(encode, "pieces", None)
        self.longest_word = longest_word
        steps = getattr(tokenizer.post_processor, "processors", None)
        trims = [s for s in steps or [] if isinstance(s, ByteLevelOffsets)]
        if isinstance(tokenizer.post_processor, ByteLevelOffsets):
            trims = [tokenizer.post_processor]
        self.trims = any(step.trim_offsets for step in trims)
        if self.trims and getattr(tokenizer.pre_tokenizer, "add_prefix_space", False):
            raise unsupported("add_prefix_space of the pre_tokenizer, with offsets,")
        self.single = Layout(tokenizer, is_pair=False)
        self.pair = Layout(tokenizer, is_pair=True)
        self.size = len(tokenizer)
        self.lengths = None
        if isinstance(self.words, ByteLevelWords):
            tokens = [tokenizer.id_to_token(n) or "" for n in range(self.size)]
            self.lengths = tf.constant([len(bytes_of_characters(t)) for t in tokens])

    def __call__(self, texts, others=None):
        parts = [self._locate(texts)]
        if others is not None:
            parts.append(self._locate(others))
        # The layout moves numbers: text is numbered above all ids, piece by piece.
        numbered, first = [], self.size
        for ids, *_ in parts:
            count = tf.size(ids.values)
            numbered.append(ids.with_values(first + tf.range(count)))
            first += count
        laid = (self.single if others is None else self.pair)(numbered)
        number = laid["ids"] - self.size
        is_text = number >= 0
        at = tf.maximum(number, 0)

        def of_text(values, missing):
            flat = tf.concat([*values, [0]], axis=0)  # so that there is something
            return tf.where(is_text, tf.gather(flat, at), missing)

        ids, start, end, word = zip(*parts)
        owner = [tf.fill(tf.shape(part), n) for n, part in enumerate(start)]
        words = tf.reduce_max(tf.concat([word[0], [-1]], axis=0)) + 1
        word = (word[0], *(other + words for other in word[1:]))
        return PlacedTokens(
            of_text([part.values for part in ids], laid["ids"]),
            laid["attention_mask"],
            laid["type_ids"],
            of_text(start, 0),
            of_text(end, 0),
            of_text(word, -1),
            of_text(owner, -1),
        )

    def _locate(self, texts):
        """Ragged ids, and of each piece its start, its end and its word, [piece]."""
        if self.kernel is not None:
            return self._by_kernel(texts)
        if isinstance(self.words, SentencePieceWords):
            return self._by_marks(texts)
        words = check_lengths(self.words(texts), self.longest_word)
        pieces = self.cut(words)
        place = places(pieces >= 0)
        word = tf.gather(tf.cumsum(word_opens(words)) - 1, place)
        ends = tf.gather(words.begin + words.length, word)
        end = tf.minimum(after(place, tf.size(pieces)), ends)
        number, row = tf.gather(pieces, place), tf.gather(words.row, place)
        if self.lengths is not None:
            # Merged pieces stand one beside the other; their bytes cover the texts.
            size = tf.gather(self.lengths, number)
            place = tf.cumsum(size, exclusive=True)
            end = place + size
        characters = code_points(texts)
        source = self._sources(characters)
        lengths = tf.strings.length(texts, unit="UTF8_CHAR")
        base = tf.gather(tf.cumsum(lengths, exclusive=True), row)
        start = tf.gather(source, place) - base
        stop = tf.gather(source, end - 1) + 1 - base
        if self.trims:
            start, stop = _trim(start, stop, place, end, characters.data)
        ids = tf.RaggedTensor.from_value_rowids(
            number, row, tf.size(texts), validate=False
        ).with_row_splits_dtype(tf.int64)
        return ids, start, stop, word

    def _by_marks(self, texts):
        """The same where spaces are marks and characters were joined."""
        words, first, last = self.words.locate(texts)
        pieces = self.cut(check_lengths(words, self.longest_word))
        place = places(pieces >= 0)
        word = tf.gather(tf.cumsum(word_opens(words)) - 1, place)
        # Words stand one beside the other, and pieces cover them.
        end = after(place, tf.size(pieces))
        row = tf.gather(words.row, place)
        lengths = tf.strings.length(texts, unit="UTF8_CHAR")
        base = tf.gather(tf.cumsum(lengths, exclusive=True), row)
        ids = tf.RaggedTensor.from_value_rowids(
            tf.gather(pieces, place), row, tf.size(texts), validate=False
        ).with_row_splits_dtype(tf.int64)
        start, stop = tf.gather(first, place) - base, tf.gather(last, end - 1) - base
        return ids, start, stop, word

    def _by_kernel(self, texts):
        """The same from SentencePiece's library, whose places count bytes."""
        ids, start, stop, opens, byte = self.kernel.locate(texts)
        start, stop = tf.cast(start, tf.int32), tf.cast(stop, tf.int32)
        row = tf.cast(ids.value_rowids(), tf.int32)
        word = tf.cumsum(tf.cast(opens | opens_row(row), tf.int32)) - 1
        begin = code_points(texts).begin
        base = tf.gather(tf.cumsum(tf.strings.length(texts), exclusive=True), row)
        lengths = tf.strings.length(texts, unit="UTF8_CHAR")
        first = tf.gather(tf.cumsum(lengths, exclusive=True), row)
        start = tf.searchsorted(begin, base + start, side="right") - 1
        stop = tf.searchsorted(begin, base + stop, side="left")
        # Each byte of a character stands for all of it.
        stop = tf.where(byte, start + 1, stop)
        ends = tf.gather(lengths, row)
        return ids, tf.clip_by_value(start - first, 0, ends), stop - first, word

    def _sources(self, characters):
        """[symbol] the character of the batch that each symbol comes from."""
        number = tf.range(tf.size(characters.value))
        words = self.words
        if isinstance(words, ByteLevelWords):
            size = tf.shape(characters.data)
            begin = characters.begin
            return (
                tf.cumsum(tf.scatter_nd(begin[:, None], tf.ones_like(begin), size)) - 1
            )
        given = characters.value, characters.row, number
        if not words.staying:
            return words.map(*given)[2]
        staying = tf.reduce_any(tf.gather(words.stays, characters.value) > 0)
        return tf.cond(
            staying,
            lambda: self._in_steps(words, *given),
            lambda: words.map(*given)[2],
        )

    def _in_steps(self, words, value, row, number):
        """Where marks were put into order, they stay with their letter."""
        value, row, number = words.apart(value, row, number)
        value = words.in_order(value, row)
        return words.rest(value, row, number)[2]


def _trim(start, stop, place, end, data):
    """Spaces at the ends of a piece belong to no word."""
    inked = places(tf.not_equal(data, BLANK))
    inked = tf.concat([[-1], inked, [tf.size(data)]], axis=0)
    following = tf.gather(inked, tf.searchsorted(inked, place))
    leading = tf.minimum(following, end) - place
    last = tf.gather(inked, tf.searchsorted(inked, end) - 1)
    trailing = end - 1 - tf.maximum(last, place - 1)
    start = tf.minimum(start + leading, stop)
    return start, tf.where(stop >= trailing, tf.maximum(stop - trailing, start), stop)
