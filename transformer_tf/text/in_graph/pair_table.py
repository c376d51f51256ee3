"""TensorFlow's own: a table from pairs of integers to integers, two gathers."""

import numpy as np
import tensorflow as tf

NOTHING = -1
SHARE = 2**31  # of a slot's number: below it is the value, above it the owner
ROOM = 3  # slots for each entry: more are faster to lay, fewer take less memory


class PairTable:
    """Looks up millions of (left, right) pairs per second inside a graph.

    The entries of each left integer form a row, mostly holes. The rows are laid over
    one another in one long array, each shifted by an offset at which its entries fall
    into the holes of the others. A slot holds whose entry it is beside the value, in
    one number. A trie is such a table too: (node, character) -> node, and so are
    merges: (id, id) -> rank.

    Args:
        left, right: [entry] integers >= 0; no pair occurs twice.
        value: [entry] integers >= 0.
        left_size, right_size: How many integers may be asked for on either side.
        missing: The value of every other pair.

    Call:
        left, right: integer tensors of one shape, each below its size.

    Returns:
        int32 tensor of that shape: the pair's value, or `missing`.

    Source: row displacement, Tarjan and Yao, "Storing a sparse table", 1979.
    """

    def __init__(self, left, right, value, left_size, right_size, missing=NOTHING):
        left, right = np.asarray(left, np.int64), np.asarray(right, np.int64)
        order = np.lexsort((right, left))
        left, right, value = left[order], right[order], np.asarray(value)[order]
        offset, slots = _lay_rows(left, right, left_size)
        size = int(offset.max(initial=0)) + right_size + 1
        slot = np.full(size, NOTHING, np.int64)
        slot[slots] = left * SHARE + value
        self.missing = missing
        self.offset = tf.constant(offset, tf.int32)
        self.slot = tf.constant(slot)

    def __call__(self, left, right):
        slot = tf.gather(self.slot, tf.gather(self.offset, left) + right)
        value = slot - SHARE * tf.cast(left, tf.int64)
        found = (value >= 0) & (value < SHARE)
        return tf.where(found, tf.cast(value, tf.int32), self.missing)


def _lay_rows(left, right, left_size):
    """Sorted pairs -> the offset of each row [left_size], the slot of each pair."""
    offset, slots = np.zeros(left_size, np.int64), np.zeros(len(left), np.int64)
    taken = np.zeros(ROOM * len(left) + int(right.max(initial=0)) + 1, bool)
    rows, begins, lengths = np.unique(left, return_index=True, return_counts=True)
    draw = np.random.default_rng(0)
    for row in np.argsort(-lengths, kind="stable"):
        if lengths[row] == 1:
            break
        entries = slice(begins[row], begins[row] + lengths[row])
        offset[rows[row]] = _fit(taken, right[entries], draw)
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


def _fit(taken, columns, draw):
    """An offset at which all the columns are free."""
    tries = 16
    while True:
        tried = draw.integers(0, len(taken) - columns[-1], tries)
        fits = ~taken[tried[:, None] + columns].any(axis=1)
        if fits.any():
            return tried[fits.argmax()]
        tries = min(2 * tries, 4096)
