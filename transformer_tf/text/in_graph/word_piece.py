"""TensorFlow's own: greedy longest match, for all the words of a batch at once."""

import tensorflow as tf

from transformer_tf.text.in_graph.trie import Trie
from transformer_tf.text.in_graph.words import places, room_in_word, word_opens


class WordPiecePieces:
    """Splits words into the longest pieces that the vocabulary has, from the left.

    Most words are pieces themselves. Every place of the others is asked at once for
    the longest piece that begins there; then each word jumps from piece to piece. A
    word that gets stuck, or is longer than `longest_word`, is one unknown token.

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
        words = _choose(words, fits)
        letters = self.trie.letters(words.symbol)
        found = self.trie.walk_words(letters, words.begin, words.length)
        first, length = _longest(found)
        is_whole = tf.equal(length, words.length)
        rest = _choose(words, ~is_whole)
        places_of_rest, ids_of_rest = self._cut(letters, rest)
        place = tf.concat(
            [tf.boolean_mask(words.begin, is_whole), places_of_rest, too_long], axis=0
        )
        ids = tf.concat(
            [
                tf.boolean_mask(first, is_whole),
                ids_of_rest,
                tf.fill(tf.shape(too_long), self.unknown_id),
            ],
            axis=0,
        )
        return tf.scatter_nd(place[:, None], ids + 1, tf.shape(words.symbol)) - 1

    def _cut(self, letters, words):
        """Words that are no pieces -> the places of their pieces, the ids."""
        inside = places(room_in_word(words) > 0)
        # Only the letters of these words, one after another.
        begin = tf.cumsum(words.length, exclusive=True)
        words = words._replace(symbol=tf.gather(letters, inside), begin=begin)
        node = tf.where(word_opens(words) > 0, self.trie.root, self.inside)
        found = self.trie.walk(words.symbol, node, room_in_word(words))
        first, length = _longest(found)
        pieces, stuck = self._jump(first, length, words)
        ids = tf.gather(first, pieces)
        unknown = tf.fill(tf.shape(stuck), self.unknown_id)
        place = tf.gather(inside, tf.concat([pieces, stuck], axis=0))
        return place, tf.concat([ids, unknown], axis=0)

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


def _longest(ids):
    """Pieces by length, from `Trie.walk` -> the longest of each place, its length."""
    longest, length = ids[0], tf.cast(ids[0] >= 0, tf.int32)
    for depth, found in enumerate(ids[1:], 2):
        longest = tf.where(found >= 0, found, longest)
        length = tf.where(found >= 0, depth, length)
    return longest, length


def _choose(words, condition):
    """Only the words for which a condition holds."""
    return words._replace(
        begin=tf.boolean_mask(words.begin, condition),
        length=tf.boolean_mask(words.length, condition),
    )
