"""TensorFlow's own: a table from pairs of integers to integers, three gathers."""

import numpy as np
import tensorflow as tf

NOTHING = -1


class PairTable:
    """Looks up millions of (left, right) pairs a second inside a graph.

    The entries of each left integer form a row, mostly holes. The rows are laid over
    one another in one long array, each shifted by an offset at which its entries fall
    into the holes of the others; `owner` says whose entry a slot holds. A trie is such
    a table too: (node, character) -> node, and so are merges: (id, id) -> rank.

    Args:
        left, right: [entry] integers >= 0; no pair occurs twice.
        value: [entry] integers >= 0.
        left_size, right_size: How many integers may be asked for on either side.

    Call:
        left, right: integer tensors of one shape, each below its size.

    Returns:
        int32 tensor of that shape: the pair's value, or -1.

    Source: row displacement, Tarjan and Yao, "Storing a sparse table", 1979.
    """

    def __init__(self, left, right, value, left_size, right_size):
        left, right = np.asarray(left, np.int64), np.asarray(right, np.int64)
        order = np.lexsort((right, left))
        left, right, value = left[order], right[order], np.asarray(value)[order]
        offset, slots = _lay_rows(left, right, left_size)
        size = int(offset.max(initial=0)) + right_size + 1
        owner, values = np.full(size, NOTHING), np.full(size, NOTHING)
        owner[slots], values[slots] = left, value
        self.offset = tf.constant(offset, tf.int32)
        self.owner = tf.constant(owner, tf.int32)
        self.value = tf.constant(values, tf.int32)

    def __call__(self, left, right):
        slot = tf.gather(self.offset, left) + right
        found = tf.equal(tf.gather(self.owner, slot), left)
        return tf.where(found, tf.gather(self.value, slot), NOTHING)


def _lay_rows(left, right, left_size):
    """Sorted pairs -> the offset of each row [left_size], the slot of each pair."""
    offset, slots = np.zeros(left_size, np.int64), np.zeros(len(left), np.int64)
    taken = np.zeros(2 * len(left) + int(right.max(initial=0)) + 1, bool)
    rows, begins, lengths = np.unique(left, return_index=True, return_counts=True)
    for row in np.argsort(-lengths, kind="stable"):
        if lengths[row] == 1:
            break
        entries = slice(begins[row], begins[row] + lengths[row])
        taken, offset[rows[row]] = _first_fit(taken, right[entries])
        slots[entries] = offset[rows[row]] + right[entries]
        taken[slots[entries]] = True
    alone = begins[lengths == 1]
    alone = alone[np.argsort(right[alone], kind="stable")]
    free = np.flatnonzero(~taken)  # rows of one entry take the free slots in order
    turn = np.arange(len(alone))
    first = np.searchsorted(free, right[alone]) - turn
    slots[alone] = free[np.maximum.accumulate(first) + turn]
    offset[left[alone]] = slots[alone] - right[alone]
    return offset, slots


def _first_fit(taken, columns, chunk=512):
    """The lowest offset at which the columns are free, and `taken`, maybe grown."""
    free = np.flatnonzero(~taken[columns[0] :])
    for begin in range(0, len(free), chunk):
        tried = free[begin : begin + chunk]
        tried = tried[tried + columns[-1] < len(taken)]
        fits = ~taken[tried[:, None] + columns].any(axis=1)
        if fits.any():
            return taken, tried[fits.argmax()]
    grown = np.concatenate([taken, np.zeros(len(taken), bool)])
    return _first_fit(grown, columns, chunk)
