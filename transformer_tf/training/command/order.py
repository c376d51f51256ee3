"""TensorFlow's own. The order in which texts are read: a function of a number.

A buffer that shuffles would have to be saved with every checkpoint; a permutation that
is computed (Kensler's, in TensorFlow's `index_shuffle`) has nothing to save.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import tensorflow as tf

BLOCK = 1024  # numbers computed together


class Order:
    """Numbers below `count`, each once in every pass.

    Args:
        count: How many there are.
        shuffle: Whether every pass has an order of its own; else they rise.
        seed: Of the orders.
        passes: How many; None for no end.

    Example:
        >>> list(Order(3, shuffle=False, seed=0, passes=2).from_place(1))
        [1, 2, 0, 1, 2]
    """

    def __init__(self, count: int, shuffle: bool, seed: int, passes: int | None = None):
        self.count, self.shuffle, self.seed = count, shuffle, seed
        self.passes = passes

    def from_place(self, place: int) -> Iterator[int]:
        """The numbers from a place on, counted through all passes."""
        while self.passes is None or place < self.passes * self.count:
            epoch, first = divmod(place, self.count)
            some = np.arange(first, min(first + BLOCK, self.count))
            yield from self._shuffle(some, epoch).tolist()
            place += len(some)

    def _shuffle(self, places: np.ndarray, epoch: int) -> np.ndarray:
        """Which numbers stand at some places of a pass."""
        if not self.shuffle or self.count == 1:
            return places
        with tf.device("CPU"):
            shuffled = tf.random.experimental.index_shuffle(
                tf.constant(places, tf.int64),
                seed=tf.constant([self.seed, epoch], tf.int64),
                max_index=tf.constant(self.count - 1, tf.int64),
            )
        return shuffled.numpy()
