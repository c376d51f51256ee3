"""Key-value caches: the keys and values of positions already read."""

from typing import Any, NamedTuple

import keras
from keras import ops


class KeyValueCache(NamedTuple):
    """Keys and values of the tokens so far, in slots filled from left to right.

    Every row of a batch writes to the same slots, and each slot knows the position its
    token has in its own row. Padding takes a slot but has no position, so prompts may
    be padded left or right or have gaps. All fields are tensors: a cache can travel
    through compiled loops.

    Rows and heads share an axis, as batched products want it: XLA writes a cache whose
    shape changes after its update twice, and copies it at every step for that.

    Attributes:
        key: [batch * head, head_dim, capacity] floats, rotated already where positions
            rotate; transposed, so that no step has to do it again.
        value: [batch * head, capacity, value_dim] floats.
        positions: [batch, capacity] integers: the position of the token in each slot,
            -1 where the slot is empty or holds padding.
        index: Integer scalar: the next free slot.

    Example:
        >>> layer = MultiHeadAttention(num_heads=2)
        >>> x = keras.random.normal((1, 5, 8))
        >>> layer.build(x.shape)
        >>> cache = layer.empty_cache(batch_size=1, capacity=8)
        >>> first, cache = layer(x[:, :3], cache=cache)
        >>> rest, cache = layer(x[:, 3:], cache=cache)
        >>> print(np.array(cache.positions[0]))  # three slots are left
        [ 0  1  2  3  4 -1 -1 -1]
    """

    key: Any
    value: Any
    positions: Any
    index: Any

    @classmethod
    def empty(
        cls,
        batch_size,
        num_heads,
        capacity,
        head_dim,
        dtype="float32",
        value_dtype=None,
        value_dim=None,
    ):
        """Makes a cache with `capacity` free slots per row."""
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1; got {capacity}")
        rows = batch_size * num_heads
        return cls(
            key=ops.zeros((rows, head_dim, capacity), dtype),
            value=ops.zeros(
                (rows, capacity, value_dim or head_dim), value_dtype or dtype
            ),
            positions=ops.full((batch_size, capacity), -1, "int32"),
            index=ops.zeros((), "int32"),
        )

    @property
    def capacity(self):
        return ops.shape(self.value)[1]

    def next_positions(self, length, real=None):
        """The positions that the next tokens take; see `next_positions` below."""
        return next_positions(self.positions, length, real)

    def append(self, key, value, positions):
        """The cache with more tokens in it.

        Args:
            key: [batch, head, length, head_dim] floats.
            value: [batch, head, length, value_dim] floats.
            positions: [length] or [batch, length] integers; -1 for padding.

        Raises:
            ValueError: there are fewer free slots. (Under XLA, where `index` is not
                known in advance, the last slots are overwritten instead.)
        """
        length = ops.shape(key)[2]
        self._check_room(length)
        key = ops.cast(ops.swapaxes(key, -1, -2), self.key.dtype)
        key = ops.reshape(key, (-1, *ops.shape(key)[2:]))
        value = ops.cast(value, self.value.dtype)
        value = ops.reshape(value, (-1, *ops.shape(value)[2:]))
        return KeyValueCache(
            key=ops.slice_update(self.key, (0, 0, self.index), key),
            value=ops.slice_update(self.value, (0, self.index, 0), value),
            positions=append_positions(self.positions, self.index, positions),
            index=self.index + length,
        )

    def by_head(self):
        """Keys [batch, head, capacity, head_dim], values [..., capacity, value_dim]."""
        key, value = self._by_row(self.key), self._by_row(self.value)
        return ops.swapaxes(key, -1, -2), value

    def _by_row(self, x):
        """[batch * head, ...] -> [batch, head, ...]"""
        return ops.reshape(x, (ops.shape(self.positions)[0], -1, *ops.shape(x)[1:]))

    def grown(self, capacity):
        """The cache with empty slots added until there are `capacity`."""
        extra = capacity - self.capacity
        if extra < 0:
            raise ValueError(
                f"a cache cannot shrink: it has {self.capacity} slots, asked for "
                f"{capacity}"
            )
        more, none = (0, extra), (0, 0)
        return self._replace(
            key=ops.pad(self.key, (none, none, more)),
            value=ops.pad(self.value, (none, more, none)),
            positions=ops.pad(self.positions, (none, more), constant_values=-1),
        )

    def take(self, rows):
        """The cache of the chosen rows, in their order: [rows] integers."""

        def taken(x):
            x = ops.take(self._by_row(x), rows, axis=0)
            return ops.reshape(x, (-1, *ops.shape(x)[2:]))

        positions = ops.take(self.positions, rows, axis=0)
        return self._replace(
            key=taken(self.key), value=taken(self.value), positions=positions
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
    """The projected keys and values of a whole sequence, attended to many times.

    Attributes:
        key: [batch, head, head_dim, memory] floats, transposed as in `KeyValueCache`.
        value: [batch, head, memory, head_dim] floats.
        valid_mask: [batch, memory] booleans, False for padding; None without padding.

    Example:
        >>> layer = MultiHeadAttention(num_heads=2)
        >>> query, memory = keras.random.normal((2, 1, 5, 8))
        >>> output = layer(query, memory)
        >>> projected = layer.project(memory)  # once, for many queries
        >>> print(projected.key.shape, np.allclose(layer(query, projected), output))
        (1, 2, 4, 5) True
    """

    key: Any
    value: Any
    valid_mask: Any

    def repeat(self, copies):
        """The memory with every row `copies` times, one after the other."""
        return ProjectedMemory(*(repeat_rows(x, copies) for x in self))


def repeat_rows(x, copies):
    """[batch, ...] -> [batch * copies, ...], equal rows being neighbours."""
    return x if x is None or copies == 1 else ops.repeat(x, copies, axis=0)


def next_positions(positions, length, real=None):
    """The positions that the next tokens of a cache take.

    Args:
        positions: [batch, capacity] integers, as in `KeyValueCache`.
        length: Number of slots that the tokens fill.
        real: [batch, length] booleans, False for padding; None without padding.

    Returns:
        [batch, length] integers; -1 for padding.
    """
    first = ops.max(positions, axis=1, keepdims=True) + 1  # [batch, 1]
    if real is None:
        return first + ops.expand_dims(ops.arange(length, dtype="int32"), 0)
    real = ops.cast(real, "int32")
    return ops.where(real > 0, first + ops.cumsum(real, axis=1) - 1, -1)


def visible_positions(positions, valid_mask):
    """Positions as a cache keeps them: -1 for padding, which no query attends to.

    Padding in the middle of a text takes a position like any token, and is hidden.

    Args:
        positions: [length] or [batch, length] integers.
        valid_mask: [batch, length] booleans, False for padding; None without padding.

    Returns:
        Integers of the same shape, or [batch, length].
    """
    return positions if valid_mask is None else ops.where(valid_mask, positions, -1)


def append_positions(slots, index, positions):
    """[batch, capacity] positions with those of more tokens from `index` on."""
    positions = ops.cast(positions, "int32")
    if len(positions.shape) == 1:
        shape = ops.shape(slots)[0], ops.shape(positions)[0]
        positions = ops.broadcast_to(positions, shape)
    return ops.slice_update(slots, (0, index), positions)


def _concrete(scalar):
    """The value of an integer scalar, or None while a graph is being traced."""
    if isinstance(scalar, keras.KerasTensor):
        return None
    try:
        return int(scalar)
    except TypeError:
        return None
