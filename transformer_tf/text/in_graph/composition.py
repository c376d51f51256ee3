"""TensorFlow's own: the exact steps, one after another, from texts to pieces."""

import tensorflow as tf

from transformer_tf.text.in_graph.words import check_lengths, places

# A branch of a graph that is seldom taken stays a function of its own: put into the
# graph, its hundreds of operations cost something in each call, done or not.
APART = {"_noinline": True}


class Composition(tf.Module):
    """Cuts texts into words and words into pieces.

    Args:
        words: The part that finds words.
        pieces: The part that cuts them.
        longest_word: The most symbols of a word.

    Call:
        texts: [row] strings.

    Returns:
        Ragged [row, piece] int32: the ids of each text.
    """

    def __init__(self, words, pieces, longest_word):
        super().__init__(name="composition")
        self.words, self.pieces, self.longest_word = words, pieces, longest_word

    def __call__(self, texts):
        words = check_lengths(self.words(texts), self.longest_word)
        pieces = self.pieces(words)
        place = places(pieces >= 0)
        return tf.RaggedTensor.from_value_rowids(
            tf.gather(pieces, place),
            tf.gather(words.row, place),
            tf.size(texts),
            validate=False,
        ).with_row_splits_dtype(tf.int64)
