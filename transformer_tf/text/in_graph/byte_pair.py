"""TensorFlow's own: byte-pair merges as an integer loop over many words at once."""

import numpy as np
import tensorflow as tf

from transformer_tf.text.in_graph.pair_table import PairTable

NO_MERGE = np.int32(2**31 - 1)
WIDTHS = 4, 8, 16, 32, 128


class BytePairPieces:
    """Splits words into the pieces that byte-pair merges make of them.

    Words of similar length are stacked in a matrix; each turn of the loop makes, in
    every word, the merge of lowest rank, the leftmost first, as the definition says.

    Args:
        merges: [merge] triples (left id, right id, id of the merged piece), best first.
        vocabulary_size: int, above every id.

    Call:
        words: `Words` whose symbols are the ids that merging starts from.

    Returns:
        [symbol] int32: each piece's id where the piece begins, elsewhere -1.
    """

    def __init__(self, merges, vocabulary_size):
        left, right, merged = np.array(merges, np.int64).reshape(-1, 3).T
        self.padding = vocabulary_size
        size = vocabulary_size + 1
        self.rank = PairTable(left, right, np.arange(len(left)), size, size)
        self.merged = tf.constant(np.append(merged, 0), tf.int32)

    def __call__(self, words):
        symbols, _, begin, length = words
        places, pieces = [], []
        shorter = 0
        for width in (*WIDTHS, None):
            chosen = length > shorter
            if width is not None:
                chosen &= length <= width
            place, piece = self._stack(
                symbols, tf.boolean_mask(begin, chosen), tf.boolean_mask(length, chosen)
            )
            places.append(place)
            pieces.append(piece)
            shorter = width
        places, pieces = tf.concat(places, axis=0), tf.concat(pieces, axis=0)
        return tf.scatter_nd(places[:, None], pieces + 1, tf.shape(symbols)) - 1

    def _stack(self, symbols, begin, length):
        """Words of similar length -> the place of each piece, its id."""
        width = tf.reduce_max(tf.concat([length, [1]], axis=0))
        column = tf.range(-1, width + 2)  # one of padding before, two behind
        inside = (column >= 0) & (column < length[:, None])
        place = tf.where(inside, begin[:, None] + column, 0)
        stacked = tf.where(inside, tf.gather(symbols, place), self.padding)
        stacked = self._merge(stacked)
        kept = tf.where(stacked != self.padding)
        # A piece's column after merging: some place in its word, in their order.
        place = tf.gather_nd(begin[:, None] + column, kept)
        return place, tf.gather_nd(stacked, kept)

    def _merge(self, stacked):
        """[word, 1 + symbol + 2] ids with padding around -> the same, merged."""
        size = tf.shape(stacked)[1]
        column = tf.range(size)
        row_begin = tf.range(tf.shape(stacked)[0]) * size

        def rank_of(left, right):
            rank = self.rank(left, right)
            return tf.where(rank < 0, NO_MERGE, rank)

        def unfinished(stacked, rank, best):
            return tf.reduce_any(best < NO_MERGE)

        def merge_best(stacked, rank, best):
            is_best = (rank == best[:, None]) & (best[:, None] < NO_MERGE)
            # Finished words have no best pair: `at` is then beyond all columns.
            at = tf.reduce_min(tf.where(is_best, column, size + 1), axis=1)
            flat, here = tf.reshape(stacked, [-1]), row_begin + tf.minimum(at, size - 3)
            merged = tf.gather(self.merged, tf.minimum(best, len(self.merged) - 1))
            left_rank = rank_of(tf.gather(flat, here - 1), merged)
            right_rank = rank_of(merged, tf.gather(flat, here + 2))
            at = at[:, None]
            stacked = tf.where(column > at, _shift(stacked, self.padding), stacked)
            stacked = tf.where(column == at, merged[:, None], stacked)
            rank = tf.where(column > at, _shift(rank, NO_MERGE), rank)
            rank = tf.where(column == at, right_rank[:, None], rank)
            rank = tf.where(column == at - 1, left_rank[:, None], rank)
            return stacked, rank, tf.reduce_min(rank, axis=1)

        rank = rank_of(stacked, _shift(stacked, self.padding))
        shapes = [[None, None], [None, None], [None]]
        stacked, _, _ = tf.while_loop(
            unfinished,
            merge_best,
            (stacked, rank, tf.reduce_min(rank, axis=1)),
            shape_invariants=tuple(map(tf.TensorShape, shapes)),
        )
        return stacked


def _shift(matrix, padding):
    """[word, symbol] -> each row moved one to the left."""
    return tf.pad(matrix[:, 1:], [[0, 0], [0, 1]], constant_values=padding)
