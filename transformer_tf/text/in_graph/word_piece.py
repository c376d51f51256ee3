"""TensorFlow's own: greedy longest match, for all the words of a batch at once."""

import tensorflow as tf

from transformer_tf.text.in_graph.trie import ROOT, Trie
from transformer_tf.text.in_graph.words import places, room_in_word, word_opens


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
        words = _chosen(words, fits)
        first, length = self._longest_matches(words)
        whole = tf.equal(tf.gather(length, words.begin), words.length)
        pieces, stuck = self._jump(first, length, _chosen(words, ~whole))
        pieces = tf.concat([tf.boolean_mask(words.begin, whole), pieces], axis=0)
        unknown = tf.concat([stuck, too_long], axis=0)
        ids = tf.concat(
            [
                tf.gather(first, pieces),
                tf.fill(tf.shape(unknown), self.unknown_id),
            ],
            axis=0,
        )
        pieces = tf.concat([pieces, unknown], axis=0)
        return tf.scatter_nd(pieces[:, None], ids + 1, tf.shape(first)) - 1

    def _longest_matches(self, words):
        """[symbol] the longest piece that begins at each place, [symbol] its length."""
        opens, room = word_opens(words), room_in_word(words)
        node = tf.where(opens > 0, ROOT, self.inside)
        ids = self.trie.walk(self.trie.letters(words.symbol), node, room)
        longest, length = ids[0], tf.cast(ids[0] >= 0, tf.int32)
        for depth, found in enumerate(ids[1:], 2):
            longest = tf.where(found >= 0, found, longest)
            length = tf.where(found >= 0, depth, length)
        return longest, length

    def _jump(self, first, length, words):
        """The places of the pieces of words that get through; the words that do not."""
        nothing = tf.zeros([0], tf.int32)

        def step(begin, place, end, owners, pieces, stuck):
            known = tf.gather(first, place) >= 0
            stuck = tf.concat([stuck, tf.boolean_mask(begin, ~known)], axis=0)
            begin, place, end = (tf.boolean_mask(x, known) for x in (begin, place, end))
            owners = tf.concat([owners, begin], axis=0)
            pieces = tf.concat([pieces, place], axis=0)
            place += tf.gather(length, place)
            going = places(place < end)
            begin, place, end = (tf.gather(x, going) for x in (begin, place, end))
            return begin, place, end, owners, pieces, stuck

        end = words.begin + words.length
        *_, owners, pieces, stuck = tf.while_loop(
            lambda begin, *_: tf.size(begin) > 0,
            step,
            (words.begin, words.begin, end, nothing, nothing, nothing),
            shape_invariants=(tf.TensorShape([None]),) * 6,
        )
        is_stuck = tf.scatter_nd(stuck[:, None], tf.ones_like(stuck), tf.shape(first))
        return tf.boolean_mask(pieces, tf.equal(tf.gather(is_stuck, owners), 0)), stuck


def _chosen(words, condition):
    """Only the words for which a condition holds."""
    return words._replace(
        begin=tf.boolean_mask(words.begin, condition),
        length=tf.boolean_mask(words.length, condition),
    )
