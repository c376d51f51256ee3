"""TensorFlow's own: T5 with every distinct word of a batch cut once, or looked up."""

import tensorflow as tf

from transformer_tf.text import clusters
from transformer_tf.text.tables.classes import SPACES
from transformer_tf.text.tables.ranges import parse_ranges, parse_set, write_ranges

ENDINGS = ("", ",", ".", ";", ":", ")")
CHUNK = 20_000
ASCII_SPACES = " \t\n\x0b\x0c\r"


class DistinctWords(tf.Module):
    """Cuts rows at spaces; looks words up, or gives them to the exact steps once.

    A piece never goes beyond its word, so a word's ids are its own. A table holds the
    words that the vocabulary begins pieces with, alone and before a stop; the words of
    a batch that it lacks are texts to the exact steps, each of them once. That is
    right for rows of characters that normalization leaves alone or makes spaces of,
    and that form no clusters; the exact steps do the other rows from the beginning.

    Args:
        exact: A `Composition` whose words are `SentencePieceWords`.
        replacements: {entry: replacement} of the normalization.
        vocabulary: {piece: id}.

    Call:
        texts: [row] strings.

    Returns:
        Ragged [row, piece] int32: the ids of each text.
    """

    def __init__(self, exact, replacements, vocabulary):
        super().__init__(name="distinct_words")
        self.exact = exact
        self.mark = chr(exact.words.mark)
        self.strip = exact.words.strip
        self.longest = exact.longest_word
        spaces, plain = _characters(replacements, self.mark)
        self.spaces = f"[{_ranges(spaces)}]"
        self.proven = f"[{_ranges(spaces | plain)}]*"
        words = sorted(
            {
                piece[1:] + ending
                for piece in vocabulary
                if piece.startswith(self.mark)
                and piece != self.mark
                and plain.issuperset(piece[1:])
                for ending in ENDINGS
            }
        )
        # The mark alone, which no such text has, stands for spaces at its end.
        words.append(self.mark)
        parts = range(0, len(words), CHUNK)
        ids = tf.concat([exact(tf.constant(words[i : i + CHUNK])) for i in parts], 0)
        self.ids, self.splits = ids.values, tf.cast(ids.row_splits, tf.int32)
        initializer = tf.lookup.KeyValueTensorInitializer(words, [*range(len(words))])
        self.place = tf.lookup.StaticHashTable(initializer, -1)

    def __call__(self, texts):
        proven = tf.strings.regex_full_match(texts, self.proven)
        proven &= tf.strings.length(texts) < self.longest
        return tf.cond(
            tf.reduce_all(proven),
            lambda: self._by_words(texts),
            lambda: self._mend(texts, proven),
        )

    def _mend(self, texts, proven):
        """Rows by their words where that is proven, by the exact steps elsewhere."""
        ids = self._by_words(tf.where(proven, texts, ""))
        exact = self.exact(tf.where(proven, "", texts))
        rows = tf.size(texts)
        place = tf.range(rows) + tf.where(proven, 0, rows)
        return tf.gather(tf.concat([ids, exact], axis=0), place)

    def _by_words(self, texts):
        texts = tf.strings.regex_replace(texts, self.spaces, " ")
        if not self.strip:
            texts = tf.strings.regex_replace(texts, " +$", f" {self.mark}")
        words = tf.strings.split(texts)
        distinct, number = tf.unique(words.values)
        place = self.place.lookup(distinct)
        is_new = place < 0
        new = self.exact(tf.boolean_mask(distinct, is_new))
        turn = tf.maximum(tf.cumsum(tf.cast(is_new, tf.int32)) - 1, 0)
        splits = tf.cast(new.row_splits, tf.int32) + tf.size(self.ids)

        def edge(shift):
            known = tf.gather(self.splits, tf.maximum(place, 0) + shift)
            added = tf.minimum(turn + shift, tf.size(splits) - 1)
            edges = tf.where(is_new, tf.gather(splits, added), known)
            return tf.gather(edges, number)

        source = tf.ragged.range(edge(0), edge(1), row_splits_dtype=tf.int64)
        ids = tf.gather(tf.concat([self.ids, new.values], axis=0), source.values)
        splits = tf.gather(source.row_splits, words.row_splits)
        return tf.RaggedTensor.from_row_splits(ids, splits, validate=False)


def _characters(replacements, mark):
    """Characters that become a space, and those that stay; none forms a cluster."""
    kinds = clusters.kinds_by_code()
    joining = {*clusters.JOINING, clusters.PREPEND}
    alone = {
        chr(code)
        for code in range(1, 0x10000)
        if not 0xD800 <= code <= 0xDFFF and kinds.get(code) not in joining
    }
    alone -= {mark, "\r"}  # a line end may join it
    spaces = {c for c in alone if replacements.get(c, c) == " "}
    return spaces, alone - set(replacements) - set(ASCII_SPACES) - parse_set(SPACES)


def _ranges(characters):
    """The inside of a character class of RE2."""
    ranges = parse_ranges(write_ranges(map(ord, characters)))
    return "".join(f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in ranges)
