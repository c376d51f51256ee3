"""TensorFlow's own: words that are looked up whole."""

import tensorflow as tf


class WholePieces(tf.Module):
    """One token per word, as `WordModel` has it.

    Args:
        vocabulary: {word: id} of the words that are found in text.
        unknown_id: The id of every other word; None drops those.

    Call:
        words: `Words` whose symbols are code points.

    Returns:
        [symbol] int32: each word's id where the word begins, elsewhere -1.
    """

    def __init__(self, vocabulary, unknown_id):
        super().__init__(name="whole_pieces")
        initializer = tf.lookup.KeyValueTensorInitializer(
            [word.encode() for word in vocabulary],
            list(vocabulary.values()),
            tf.string,
            tf.int64,
        )
        missing = -1 if unknown_id is None else unknown_id
        self.id = tf.lookup.StaticHashTable(initializer, missing)

    def __call__(self, words):
        source = tf.ragged.range(words.begin, words.begin + words.length)
        symbols = source.with_values(tf.gather(words.symbol, source.values))
        spelt = tf.strings.unicode_encode(symbols, "UTF-8")
        ids = tf.cast(self.id.lookup(spelt), tf.int32)
        shape = tf.shape(words.symbol)
        return tf.scatter_nd(words.begin[:, None], ids + 1, shape) - 1
