"""TensorFlow's own: greedy longest match, for all the words of a batch at once."""

import tensorflow as tf

from transformer_tf.text.in_graph.trie import ROOT, Trie
from transformer_tf.text.in_graph.words import inside, places


class WordPiecePieces:
    """Splits words into the longest pieces that the vocabulary has, from the left.

    Every place of a word is asked at once for the longest piece that begins there;
    then each word jumps from piece to piece. A word that gets stuck, or is longer than
    `longest_word`, is one unknown token.

    Args:
        vocabulary: {piece: id}.
        unknown_id: The id of the unknown token.
        prefix: What a piece starts with that does not start its word.
        longest_word: Words of more characters are unknown.

    Call:
        words: `Words` whose symbols are code points.

    Returns:
        [symbol] int32: each piece's id where the piece begins, elsewhere -1.
    """

    def __init__(self, vocabulary, unknown_id, prefix="##", longest_word=100):
        self.trie = Trie(vocabulary)
        self.inside = self.trie.node_of(prefix)
        if self.inside is None:
            raise ValueError(f"the vocabulary has no piece that begins with {prefix!r}")
        self.unknown_id = unknown_id
        self.longest_word = longest_word

    def __call__(self, words):
        fits = words.length <= self.longest_word
        too_long = tf.boolean_mask(words.begin, ~fits)
        words = words._replace(
            begin=tf.boolean_mask(words.begin, fits),
            length=tf.boolean_mask(words.length, fits),
        )
        first, last = self._longest_matches(words)
        pieces, stuck = self._jump(first, last, words)
        unknown = tf.concat([stuck, too_long], axis=0)
        pieces = tf.tensor_scatter_nd_update(
            tf.fill(tf.shape(first), -1), pieces[:, None], tf.gather(first, pieces)
        )
        return tf.tensor_scatter_nd_update(
            pieces, unknown[:, None], tf.fill(tf.shape(unknown), self.unknown_id)
        )

    def _longest_matches(self, words):
        """[symbol] the longest piece that begins at each place, [symbol] its end."""
        place, word = inside(words)
        end = tf.gather(words.begin + words.length, word)
        node = tf.where(
            tf.equal(place, tf.gather(words.begin, word)), ROOT, self.inside
        )

        def found(depth, start, number, ids, ends):
            ids = tf.tensor_scatter_nd_update(ids, start[:, None], number)
            ends = tf.tensor_scatter_nd_update(ends, start[:, None], start + depth)
            return ids, ends

        nothing = tf.fill(tf.shape(words.symbol), -1)
        letters = self.trie.letters(words.symbol)
        return self.trie.walk(letters, place, node, end, found, nothing, nothing)

    def _jump(self, first, last, words):
        """The places of the pieces of words that get through; the words that do not."""
        marked, end = tf.zeros_like(first), words.begin + words.length

        def step(begin, place, end, marked, stuck):
            known = tf.gather(first, place) >= 0
            stuck = tf.concat([stuck, tf.boolean_mask(begin, ~known)], axis=0)
            begin, place, end = (tf.boolean_mask(x, known) for x in (begin, place, end))
            marked = tf.tensor_scatter_nd_update(marked, place[:, None], begin + 1)
            place = tf.gather(last, place)
            going = place < end
            begin, place, end = (tf.boolean_mask(x, going) for x in (begin, place, end))
            return begin, place, end, marked, stuck

        _, _, _, marked, stuck = tf.while_loop(
            lambda begin, *_: tf.size(begin) > 0,
            step,
            (words.begin, words.begin, end, marked, tf.zeros([0], tf.int32)),
            shape_invariants=(tf.TensorShape([None]),) * 5,
        )
        is_stuck = tf.scatter_nd(stuck[:, None], tf.ones_like(stuck), tf.shape(first))
        word = tf.maximum(marked - 1, 0)
        pieces = places((marked > 0) & tf.equal(tf.gather(is_stuck, word), 0))
        return pieces, stuck
