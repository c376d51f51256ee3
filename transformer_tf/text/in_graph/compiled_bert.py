"""TensorFlow's own: BERT by a compiled kernel, where it is proven equal."""

import tensorflow as tf

from transformer_tf.text.in_graph.composition import APART
from transformer_tf.text.normalizers.bert import BertNormalizer
from transformer_tf.text.preconditions import reachable_special
from transformer_tf.text.tables import bert_kernel
from transformer_tf.text.tables.ranges import parse_ranges


class CompiledBert(tf.Module):
    """Gives rows to tensorflow-text's kernels, or to the exact steps.

    The kernels' Unicode is another than the definition's, and they limit words by
    bytes. So they keep the rows whose characters all lie in a table for which both
    were seen to agree, and in which no word is unknown for its length in bytes. Where
    that is every row, as with most text, the exact steps do not run.

    Args:
        tokenizer: A `Tokenizer` that `supports` says yes to.
        exact: A `Composition` of the same tokenizer.

    Call:
        texts: [row] strings.

    Returns:
        Ragged [row, piece] int32: the ids of each text.
    """

    def __init__(self, tokenizer, exact):
        from tensorflow_text import FastBertNormalizer, FastWordpieceTokenizer

        super().__init__(name="compiled_bert")
        model, lowercase = tokenizer.model, tokenizer.normalizer.lowercase
        self.exact = exact
        self.unknown_id = model.unknown_id
        self.most_bytes = model.max_word_length
        self.normalizer = FastBertNormalizer(lowercase)
        self.kernel = FastWordpieceTokenizer(
            sorted(model.vocabulary, key=model.vocabulary.get),
            suffix_indicator=model.prefix,
            max_bytes_per_word=self.most_bytes,
            token_out_type=tf.int32,
            unknown_token=model.unknown_token,
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
            normalizer is not None
            and normalizer.to_json() in settings
            and reachable_special(tokenizer) is None
            and sorted(model.vocabulary.values()) == [*range(len(model.vocabulary))]
            and all(model.vocabulary)
            and model.prefix != ""
            and 0 < model.max_word_length <= longest_word
        )

    def __call__(self, texts):
        proven = tf.strings.regex_full_match(texts, self.proven)
        # Two halves, for two threads.
        half = tf.size(texts) // 2
        front, front_is_long = self._compile(texts[:half])
        back, back_is_long = self._compile(texts[half:])
        splits = back.row_splits + tf.size(front.values, tf.int64)
        ids = tf.RaggedTensor.from_row_splits(
            tf.concat([front.values, back.values], axis=0),
            tf.concat([front.row_splits[:-1], splits], axis=0),
            validate=False,
        )
        is_long = tf.concat([front_is_long, back_is_long], axis=0)
        return tf.cond(
            tf.reduce_all(proven) & ~tf.reduce_any(is_long),
            lambda: ids,
            lambda: self._mend(texts, ids, proven, is_long),
        )

    def _compile(self, texts):
        """Ragged ids, and which pieces are words that were too long, in bytes."""
        normalized = self.normalizer.normalize(texts)
        ids, start, end = self.kernel.tokenize_with_offsets(normalized)
        return ids, end.values - start.values > self.most_bytes

    @tf.function(autograph=False, experimental_attributes=APART)
    def _mend(self, texts, ids, proven, is_long):
        """The same, with the exact steps' ids for the rows that need them."""
        sure = proven & ~tf.reduce_any(ids.with_values(is_long), axis=1)
        exact = self.exact(tf.where(sure, "", texts))
        rows = tf.size(texts)
        place = tf.range(rows) + tf.where(sure, 0, rows)
        return tf.gather(tf.concat([ids, exact], axis=0), place)
