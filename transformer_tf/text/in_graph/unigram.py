"""TensorFlow's own: the likeliest pieces of all the words of a batch at once."""

import tensorflow as tf

from transformer_tf.text.in_graph.trie import Trie
from transformer_tf.text.in_graph.words import before, places, room_in_word, word_opens


class UnigramPieces:
    """Splits words into the pieces whose probabilities have the largest product.

    The trie is walked from every place; then all words go from left to right in step,
    in float64, as the definition does: of cuts that are equally likely, the one whose
    last piece is longer wins. Unknown neighbours become one token.

    Args:
        vocabulary: {piece: id}.
        scores: [piece] log probabilities.
        unknown_id: The id of the unknown token.
        unknown_score: The log probability of a character that no piece covers.

    Call:
        words: `Words` whose symbols are code points.

    Returns:
        [symbol] int32: each piece's id where the piece begins, elsewhere -1.
    """

    def __init__(self, vocabulary, scores, unknown_id, unknown_score):
        self.trie = Trie(vocabulary)
        self.unknown_id = unknown_id
        # Two more ids: no piece at all, and a character alone that no piece covers.
        self.none, self.uncovered = len(scores), len(scores) + 1
        self.scores = tf.constant([*scores, -float("inf"), unknown_score], tf.float64)

    def __call__(self, words):
        ids = self._matches(words)
        column = self._best_last_pieces(words, ids)
        return self._trace_back(words, ids, column)

    def _matches(self, words):
        """[symbol, longest] the pieces that end at each place, the longest first."""
        node = tf.fill(tf.shape(words.symbol), self.trie.root)
        letters = self.trie.letters(words.symbol)
        ids = self.trie.walk(letters, node, room_in_word(words))
        # A piece of n letters ends n - 1 places after the one that it begins at.
        ids = [_later(found, turn) for turn, found in enumerate(ids)]
        alone = tf.where(ids[0] < 0, self.uncovered, ids[0])
        longer = [tf.where(found < 0, self.none, found) for found in ids[:0:-1]]
        return tf.stack([*longer, alone], axis=1)

    def _best_last_pieces(self, words, ids):
        """[symbol] the column of `ids` of the best last piece up to there."""
        longest = self.trie.longest
        order = tf.argsort(words.length, direction="DESCENDING")
        begin, length = tf.gather(words.begin, order), tf.gather(words.length, order)

        def step(turn, best, columns):
            # best: [word, longest], of the text up to each of the last places.
            going = tf.math.count_nonzero(length > turn, dtype=tf.int32)
            place = begin[:going] + turn
            score = best[:going] + tf.gather(self.scores, tf.gather(ids, place))
            highest = tf.reduce_max(score, axis=1, keepdims=True)
            column = tf.where(tf.equal(score, highest), tf.range(longest), longest)
            column = tf.reduce_min(column, axis=1)
            columns = tf.tensor_scatter_nd_update(columns, place[:, None], column)
            return turn + 1, tf.concat([best[:going, 1:], highest], axis=1), columns

        first = tf.constant([[-float("inf")] * (longest - 1) + [0.0]], tf.float64)
        _, _, columns = tf.while_loop(
            lambda turn, *_: turn < tf.reduce_max(tf.concat([length, [0]], axis=0)),
            step,
            (
                tf.constant(0),
                tf.tile(first, [tf.size(begin), 1]),
                tf.zeros_like(words.symbol),
            ),
            shape_invariants=tuple(map(tf.TensorShape, ([], [None, None], [None]))),
        )
        return columns

    def _trace_back(self, words, ids, columns):
        """[symbol] the pieces found from the end of each word, where they begin."""
        longest = self.trie.longest

        def step(begin, end, pieces):
            column = tf.gather(columns, end)
            start = end - (longest - column) + 1
            number = tf.gather_nd(ids, tf.stack([end, column], axis=1))
            number = tf.where(tf.equal(number, self.uncovered), self.unknown_id, number)
            pieces = tf.tensor_scatter_nd_update(pieces, start[:, None], number)
            going = places(start > begin)
            return tf.gather(begin, going), tf.gather(start - 1, going), pieces

        _, _, pieces = tf.while_loop(
            lambda begin, *_: tf.size(begin) > 0,
            step,
            (
                words.begin,
                words.begin + words.length - 1,
                tf.fill(tf.shape(words.symbol), -1),
            ),
            shape_invariants=(tf.TensorShape([None]),) * 3,
        )
        return self._fuse_unknown(words, pieces)

    def _fuse_unknown(self, words, pieces):
        """[symbol] the same pieces, of neighbouring unknown ones only the first."""
        place = places(pieces >= 0)
        is_unknown = tf.equal(tf.gather(pieces, place), self.unknown_id)
        opens = word_opens(words)
        goes_on = tf.equal(tf.gather(opens, place), 0)
        again = is_unknown & before(is_unknown, False) & goes_on
        dropped = tf.boolean_mask(place, again)
        return tf.tensor_scatter_nd_update(
            pieces, dropped[:, None], tf.fill(tf.shape(dropped), -1)
        )


def _later(found, turns):
    """[place] ids -> the same, some places later."""
    return tf.pad(found, [[turns, 0]], constant_values=-1)[: tf.size(found)]
