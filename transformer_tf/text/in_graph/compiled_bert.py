"""TensorFlow's own: BERT by a compiled kernel, where it is proven equal."""

import tensorflow as tf

from transformer_tf.text.in_graph.composition import Pieces
from transformer_tf.text.normalizers.bert import BertNormalizer
from transformer_tf.text.tables import bert_kernel
from transformer_tf.text.tables.ranges import parse_ranges


class CompiledBert(tf.Module):
    """Gives rows to tensorflow-text's FastBertTokenizer, or to the exact steps.

    The kernel's Unicode is another than the definition's, and it limits words by
    bytes. So it keeps the rows whose characters all lie in a table for which both were
    seen to agree, and in which it finds nothing unknown: then no word was too long
    for it. Where that is every row, as with most text, the exact steps do not run.

    Args:
        tokenizer: A `Tokenizer` that `supports` says yes to.
        exact: A `Composition` of the same tokenizer.

    Call:
        texts: [row] strings.

    Returns:
        `Pieces`.
    """

    def __init__(self, tokenizer, exact):
        from tensorflow_text import FastBertTokenizer

        super().__init__(name="compiled_bert")
        model, lowercase = tokenizer.model, tokenizer.normalizer.lowercase
        self.exact = exact
        self.unknown_id = model.unknown_id
        self.kernel = FastBertTokenizer(
            sorted(model.vocabulary, key=model.vocabulary.get),
            suffix_indicator=model.prefix,
            max_bytes_per_word=model.max_word_length,
            token_out_type=tf.int32,
            unknown_token=model.unknown_token,
            lower_case_nfd_strip_accents=lowercase,
        )
        table = bert_kernel.UNCASED if lowercase else bert_kernel.CASED
        ranges = (f"\\x{{{a:x}}}-\\x{{{b:x}}}" for a, b in parse_ranges(table))
        self.proven = f"[{''.join(ranges)}]*"

    @staticmethod
    def supports(tokenizer, longest_word):
        """Whether the kernel can be built for a tokenizer, and would see its limits."""
        model, normalizer = tokenizer.model, tokenizer.normalizer
        settings = [
            BertNormalizer(True, True, strip, lowercase).to_json()
            for lowercase in (True, False)
            for strip in (None, lowercase)
        ]
        return (
            normalizer.to_json() in settings
            and sorted(model.vocabulary.values()) == [*range(len(model.vocabulary))]
            and all(model.vocabulary)
            and model.prefix != ""
            and 0 < model.max_word_length <= longest_word
        )

    def __call__(self, texts):
        # Two halves, for two threads.
        half = tf.size(texts) // 2
        halves = self._compiled(texts[:half]), self._compiled(texts[half:])
        ids, count, proven = (tf.concat(both, axis=0) for both in zip(*halves))
        pieces = Pieces.of_counts(ids, count)
        is_unknown = tf.equal(ids, self.unknown_id)
        return tf.cond(
            tf.reduce_all(proven) & ~tf.reduce_any(is_unknown),
            lambda: pieces,
            lambda: self._mended(texts, pieces, proven, is_unknown),
        )

    def _compiled(self, texts):
        """The kernel's ids, their count a row, and which rows it may do."""
        proven = tf.strings.regex_full_match(texts, self.proven)
        texts = tf.cond(
            tf.reduce_all(proven), lambda: texts, lambda: tf.where(proven, texts, "")
        )
        rows = self.kernel.tokenize(texts)
        return rows.values, tf.cast(rows.row_lengths(), tf.int32), proven

    def _mended(self, texts, pieces, proven, is_unknown):
        """The same, with the exact steps' ids for the rows that need them."""
        size = tf.size(pieces.ids)
        before = tf.cumsum(tf.pad(tf.cast(is_unknown, tf.int32), [[1, 0]]))
        end = pieces.begin + pieces.count
        sure = proven & tf.equal(
            tf.gather(before, end), tf.gather(before, pieces.begin)
        )
        exact = self.exact(tf.where(sure, "", texts))
        return Pieces(
            tf.concat([pieces.ids, exact.ids], axis=0),
            tf.where(sure, pieces.begin, exact.begin + size),
            tf.where(sure, pieces.count, exact.count),
        )
