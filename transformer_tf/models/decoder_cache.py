"""What a decoder remembers: the keys and values of every block."""

from typing import Any, NamedTuple

from keras import ops

from transformer_tf.attention.cache import KeyValueCache, next_positions


class DecoderCache(NamedTuple):
    """The `KeyValueCache`s of all blocks, which agree in positions and index.

    Attributes:
        keys: A list with one [batch * head, head_dim, capacity] a block.
        values: A list with one [batch * head, capacity, value_dim] a block.
        positions: [batch, capacity] int32: the position of the token in each slot, -1
            where the slot is empty or holds padding.
        index: A scalar int32: the next free slot.
    """

    keys: Any
    values: Any
    positions: Any
    index: Any

    @classmethod
    def of(cls, caches):
        """The cache of a decoder from those of its blocks, in their order."""
        keys, values = [c.key for c in caches], [c.value for c in caches]
        return cls(keys, values, caches[0].positions, caches[0].index)

    def layer(self, number):
        """The `KeyValueCache` of one block."""
        return KeyValueCache(
            self.keys[number], self.values[number], self.positions, self.index
        )

    @property
    def capacity(self):
        return ops.shape(self.positions)[1]

    def next_positions(self, length, real=None):
        """The positions that the next tokens take; see `next_positions`."""
        return next_positions(self.positions, length, real)

    def grown(self, capacity):
        """The cache with empty slots added until there are `capacity`."""
        return self._of_layers(lambda cache: cache.grown(capacity))

    def take(self, rows):
        """The cache of the chosen rows, in their order: [rows] integers."""
        return self._of_layers(lambda cache: cache.take(rows))

    def _of_layers(self, change):
        return DecoderCache.of([change(self.layer(n)) for n in range(len(self.keys))])
