"""TensorFlow's own: byte-pair merges as an integer loop over many words at once."""

import numpy as np
import tensorflow as tf

from transformer_tf.text.in_graph.pair_table import PairTable
from transformer_tf.text.in_graph.unsupported import unsupported
from transformer_tf.text.in_graph.whole_words import LONGEST, WholeWords

NO_MERGE = np.int32(2**31 - 1)
WIDTHS = 8, 16, 64


class BytePairPieces:
    """Splits words into the pieces that byte-pair merges make of them.

    Words that merge to one piece, most of any text, are looked up. Of the others, those
    of similar length are stacked in a matrix; each turn of the loop makes, in
    every word, the merge of lowest rank, the leftmost first, as the definition says.

    Args:
        merges: [merge] triples (left id, right id, id of the merged piece), best first.
        vocabulary_size: int, above every id.
        alphabet: The ids that words start from.
        left_whole: {id: its symbols} of the pieces that a word which is one is left
            as, merges or not.

    Call:
        words: `Words` whose symbols are the ids that merging starts from.

    Returns:
        [symbol] int32: each piece's id where the piece begins, elsewhere -1.

    Raises:
        ValueError: Merges make something else of a piece of `left_whole` that is too
            long to be looked up.
    """

    def __init__(self, merges, vocabulary_size, alphabet, left_whole=None):
        left, right, merged = np.array(merges, np.int64).reshape(-1, 3).T
        self.padding = vocabulary_size
        size = vocabulary_size + 1
        self.rank = PairTable(left, right, np.arange(len(left)), size, size)
        self.merged = tf.constant(np.append(merged, 0), tf.int32)
        spelt: dict[int, tuple[int, ...]] = {n: (n,) for n in alphabet}
        for one, other, number in merges:
            if one in spelt and other in spelt:
                spelt[number] = spelt[one] + spelt[other]
        whole = self._one_piece(
            {number: word for number, word in spelt.items() if len(word) <= LONGEST}
        )
        if left_whole:
            long = {n: word for n, word in left_whole.items() if len(word) > LONGEST}
            apart = long.keys() - self._one_piece(long).values()
            if apart:
                raise unsupported(
                    f"a long token that merges do not make, {min(apart)},"
                )
            short = left_whole.keys() - long.keys()
            whole |= {left_whole[number]: number for number in short}
        self.whole = WholeWords(whole, alphabet)

    def _one_piece(self, spelt):
        """{tuple of symbols: id} of those {id: symbols} that merge to that piece."""
        if not spelt:
            return {}
        length = np.array([len(word) for word in spelt.values()], np.int32)
        begin = np.cumsum(length, dtype=np.int32) - length
        symbols = np.concatenate([*spelt.values()]).astype(np.int32)
        pieces = self._make(
            tf.constant(symbols), tf.constant(begin), tf.constant(length)
        )
        whole = tf.gather(pieces, begin).numpy() == [*spelt]
        return {
            word: number
            for (number, word), is_whole in zip(spelt.items(), whole)
            if is_whole
        }

    def __call__(self, words):
        symbols, _, begin, length = words
        whole = self.whole(symbols, begin, length)
        is_whole = whole >= 0
        rest = (tf.boolean_mask(values, ~is_whole) for values in (begin, length))
        pieces = self._make(symbols, *rest)
        begin, whole = (tf.boolean_mask(x, is_whole) for x in (begin, whole))
        return tf.tensor_scatter_nd_update(pieces, begin[:, None], whole)

    def _make(self, symbols, begin, length):
        """[symbol] the pieces that merging makes, where they begin, else -1."""
        places, pieces = [], []
        shorter: int | None = 0
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
