"""How far apart queries and keys lie: what position biases and masks go by."""

from keras import ops


def distance_ahead(query_positions, key_positions):
    """How far ahead of each query each key lies; negative where it lies behind.

    Args:
        query_positions: [query] or [batch, query] integers.
        key_positions: [key] or [batch, key] integers.

    Returns:
        [batch or 1, query, key] integers.

    Raises:
        ValueError: positions with other axes.
    """
    # [batch or 1, 1, key] - [batch or 1, query, 1]
    return ops.expand_dims(_rows(key_positions), 1) - ops.expand_dims(
        _rows(query_positions), 2
    )


def pair_axes(query_positions_shape, key_positions_shape):
    """Shapes of positions -> batch or 1, query, key: the axes of all pairs."""
    batches = [
        shape[0]
        for shape in (query_positions_shape, key_positions_shape)
        if len(shape) == 2
    ]
    batch = next((size for size in batches if size != 1), 1)
    return batch, query_positions_shape[-1], key_positions_shape[-1]


def _rows(positions):
    """[length] or [batch, length] -> [1 or batch, length]"""
    positions = ops.cast(positions, "int32")
    rank = len(positions.shape)
    if rank not in (1, 2):
        raise ValueError(
            f"positions must be [length] or [batch, length]; got {rank} axes"
        )
    return positions if rank == 2 else ops.expand_dims(positions, 0)
