"""What attention remembers: the keys and values of positions already read."""

from typing import Any, NamedTuple

import keras
from keras import ops


class KeyValueCache(NamedTuple):
    """Keys and values of the tokens so far, in slots filled from left to right.

    Every row of a batch writes to the same slots, and each slot knows the position its
    token has in its own row. Padding takes a slot but has no position, so prompts may
    be padded left or right or have gaps. All fields are tensors: a cache can travel
    through compiled loops.

    Attributes:
        key: [batch, head, capacity, head_dim] floats, rotated already where positions
            rotate.
        value: [batch, head, capacity, head_dim] floats.
        positions: [batch, capacity] integers: the position of the token in each slot,
            -1 where the slot is empty or holds padding.
        index: Integer scalar: the next free slot.
    """

    key: Any
    value: Any
    positions: Any
    index: Any

    @classmethod
    def empty(cls, batch_size, num_heads, capacity, head_dim, dtype="float32"):
        """A cache with `capacity` free slots a row."""
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1; got {capacity}")
        slots = ops.zeros((batch_size, num_heads, capacity, head_dim), dtype)
        return cls(
            key=slots,
            value=slots,
            positions=ops.full((batch_size, capacity), -1, "int32"),
            index=ops.zeros((), "int32"),
        )

    @property
    def capacity(self):
        return ops.shape(self.key)[2]

    def next_positions(self, length, real=None):
        """The positions that the next tokens take.

        Args:
            length: How many slots they fill.
            real: [batch, length] booleans, False for padding; None when all are real.

        Returns:
            [batch, length] integers; -1 for padding.
        """
        seen = ops.max(self.positions, axis=1, keepdims=True) + 1  # [batch, 1]
        if real is None:
            return seen + ops.expand_dims(ops.arange(length, dtype="int32"), 0)
        real = ops.cast(real, "int32")
        return ops.where(real > 0, seen + ops.cumsum(real, axis=1) - 1, -1)

    def append(self, key, value, positions):
        """The cache with more tokens in it.

        Args:
            key: [batch, head, length, head_dim] floats.
            value: [batch, head, length, head_dim] floats.
            positions: [batch, length] integers; -1 for padding.

        Raises:
            ValueError: there are fewer free slots. (Under XLA, where `index` is not
                known in advance, the last slots are overwritten instead.)
        """
        self._check_room(ops.shape(key)[2])
        at = (0, 0, self.index, 0)
        dtype = self.key.dtype
        return KeyValueCache(
            key=ops.slice_update(self.key, at, ops.cast(key, dtype)),
            value=ops.slice_update(self.value, at, ops.cast(value, dtype)),
            positions=ops.slice_update(
                self.positions, (0, self.index), ops.cast(positions, "int32")
            ),
            index=self.index + ops.shape(key)[2],
        )

    def grown(self, capacity):
        """The cache with empty slots added until there are `capacity`."""
        extra = capacity - self.capacity
        if extra < 0:
            raise ValueError(
                f"a cache cannot shrink: it has {self.capacity} slots, asked for "
                f"{capacity}"
            )
        slots = ((0, 0), (0, 0), (0, extra), (0, 0))
        return self._replace(
            key=ops.pad(self.key, slots),
            value=ops.pad(self.value, slots),
            positions=ops.pad(self.positions, ((0, 0), (0, extra)), constant_values=-1),
        )

    def take(self, rows):
        """The cache of the chosen rows, in their order: [rows] integers."""
        return self._replace(
            key=ops.take(self.key, rows, axis=0),
            value=ops.take(self.value, rows, axis=0),
            positions=ops.take(self.positions, rows, axis=0),
        )

    def _check_room(self, length):
        used = _concrete(self.index)
        needed = length if used is None else used + length
        if isinstance(needed, int) and needed > self.capacity:
            raise ValueError(
                f"the cache has {self.capacity} slots, {used or 0} of them used; "
                f"{length} more do not fit: make it larger with `grown`"
            )


class ProjectedMemory(NamedTuple):
    """The keys and values of a finished sequence, for many queries to come.

    Attributes:
        key: [batch, head, memory, head_dim] floats.
        value: [batch, head, memory, head_dim] floats.
        real: [batch, memory] booleans, False for padding.
    """

    key: Any
    value: Any
    real: Any


def _concrete(scalar):
    """The value of an integer scalar, or None while a graph is being traced."""
    if isinstance(scalar, keras.KerasTensor):
        return None
    try:
        return int(scalar)
    except TypeError:
        return None
