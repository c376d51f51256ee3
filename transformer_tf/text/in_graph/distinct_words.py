"""TensorFlow's own: T5 with every distinct word of a batch cut once, or looked up."""

import tensorflow as tf

from transformer_tf.text import clusters
from transformer_tf.text.in_graph.compiled_unigram import LONG, SHORT
from transformer_tf.text.in_graph.composition import APART
from transformer_tf.text.tables.classes import SPACES
from transformer_tf.text.tables.ranges import parse_ranges, parse_set, write_ranges

ENDINGS = ("", ",", ".", ";", ":", ")")
CHUNK = 20_000
ASCII_SPACES = " \t\n\x0b\x0c\r"


class DistinctWords(tf.Module):
    """Cuts rows at spaces; looks words up, or cuts each distinct one once.

    A piece never goes beyond its word, so a word's ids are its own. A table holds the
    words that the vocabulary begins pieces with, alone and before a stop; of the words
    of a batch that it lacks, the short ones go to a compiled program, where there is
    one, the others are texts to the exact steps, each of them once. That is right for
    rows of characters that normalization leaves alone or makes spaces of, and that form
    no clusters; the exact steps do the other rows from the beginning.

    Args:
        exact: A `Composition` whose words are `SentencePieceWords`.
        replacements: {entry: replacement} of the normalization.
        vocabulary: {piece: id}.
        compiled: A `CompiledUnigram` of the same model, or None.

    Call:
        texts: [row] strings.

    Returns:
        Ragged [row, piece] int32: the ids of each text.
    """

    def __init__(self, exact, replacements, vocabulary, compiled=None):
        super().__init__(name="distinct_words")
        self.exact, self.compiled = exact, compiled
        self.mark = chr(exact.words.mark)
        self.strip = exact.words.strip
        self.longest = exact.longest_word
        spaces, plain = _characters(replacements, self.mark)
        self.spaces = f"[{_ranges(spaces - {' '})}]"
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
        ids = self._by_words(tf.where(proven, texts, ""))
        return tf.cond(
            tf.reduce_all(proven),
            lambda: ids,
            lambda: self._mend(ids, texts, proven),
        )

    @tf.function(autograph=False, experimental_attributes=APART)
    def _mend(self, ids, texts, proven):
        """The same, with the exact steps' ids for the rows that are not proven."""
        exact = self.exact(tf.where(proven, "", texts))
        rows = tf.size(texts)
        place = tf.range(rows) + tf.where(proven, 0, rows)
        return tf.gather(tf.concat([ids, exact], axis=0), place)

    def _by_words(self, texts):
        texts = tf.strings.regex_replace(texts, self.spaces, " ")
        if not self.strip:
            last = tf.maximum(tf.strings.length(texts) - 1, 0)
            ends = tf.equal(tf.strings.substr(texts, last, tf.ones_like(last)), " ")
            texts = tf.strings.join([texts, tf.where(ends, self.mark, "")])
        words = tf.raw_ops.StringSplitV2(input=texts, sep="")
        distinct, number = tf.unique(words.values)
        found, begin, length = self._cut(distinct)
        begin, length = tf.gather(begin, number), tf.gather(length, number)
        source = tf.ragged.range(begin, begin + length, row_splits_dtype=tf.int64)
        ids = tf.gather(found, source.values)
        rows = tf.range(tf.size(texts, tf.int64) + 1)
        first_word = tf.searchsorted(words.indices[:, 0], rows)
        splits = tf.gather(source.row_splits, first_word)
        return tf.RaggedTensor.from_row_splits(ids, splits, validate=False)

    def _cut(self, words):
        """Distinct words -> ids; [word] where each word's ids lie among these."""
        place = self.place.lookup(words)
        is_new = tf.cast(place < 0, tf.int32)
        steps, kind = [self._exact], is_new
        if self.compiled is not None:
            steps = [self.compiled.of_ascii, self.compiled.of_characters, self._exact]
            size = tf.strings.length(words, unit="UTF8_CHAR")
            is_short = tf.equal(size, tf.strings.length(words)) & (size <= SHORT)
            kind = is_new * tf.where(is_short, 1, tf.where(size <= LONG, 2, 3))
        turns = tf.dynamic_partition(tf.range(tf.size(words)), kind, 1 + len(steps))
        parts = [self._of_table(tf.gather(place, turns[0]))]
        parts += [step(tf.gather(words, turn)) for turn, step in zip(turns[1:], steps)]
        ids, begins, lengths = zip(*parts)
        sizes = tf.stack([tf.size(part) for part in ids])
        shifts = tf.unstack(tf.cumsum(sizes, exclusive=True))
        begin = [at + shift for at, shift in zip(begins, shifts)]
        stitch = tf.dynamic_stitch
        return tf.concat(ids, axis=0), stitch(turns, begin), stitch(turns, lengths)

    def _of_table(self, place):
        """Words of the table."""
        begin = tf.gather(self.splits, place)
        end = tf.gather(self.splits, place + 1)
        source = tf.ragged.range(begin, end, row_splits_dtype=tf.int32)
        return tf.gather(self.ids, source.values), source.row_starts(), end - begin

    def _exact(self, words):
        """Any words, by the exact steps, which do not run for no words."""
        nothing = (tf.zeros([0], tf.int32),) * 3
        return tf.cond(
            tf.size(words) > 0, lambda: self._exact_parts(words), lambda: nothing
        )

    @tf.function(autograph=False, experimental_attributes=APART)
    def _exact_parts(self, words):
        ids = self.exact(words)
        parts = ids.values, ids.row_starts(), ids.row_lengths()
        return tuple(tf.cast(part, tf.int32) for part in parts)


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
