"""One block after another: order where the backend would start them all at once."""

import keras
from keras import ops


def order_after(done, *values):
    """The values, not to be used before all of `done` is computed.

    TensorFlow's graphs run whatever is ready, so that independent blocks would all hold
    their scores at the same time; XLA and JAX keep memory small by themselves.
    """
    if keras.backend.backend() != "tensorflow":
        return values
    import tensorflow as tf

    with tf.control_dependencies(list(done)):
        return tuple(tf.identity(value) for value in values)


def slice_axis(x, axis, start, size):
    """`size` entries of an axis from `start` on; an axis of 1 (it broadcasts) whole."""
    if x.shape[axis] == 1:
        return x
    if isinstance(start, int):
        inside = [slice(None)] * len(x.shape)
        inside[axis] = slice(start, start + size)
        return x[tuple(inside)]
    return ops.take(x, start + ops.arange(size), axis=axis)


def scan_tiles(tile, step, shapes, sums):
    """Takes a step for each block of a tile, in order.

    Args:
        tile: A `Tile`.
        step: From a start and the sums so far, the block's rows (a tuple) and the sums
            with its part added.
        shapes: For each of the rows its shape but for axis 2, which has the queries.
        sums: A tuple of tensors.

    Returns:
        rows: A tuple; axis 2 holds all queries of the tile.
        sums: A tuple of tensors.
    """
    if tile.blocks == 1:
        return step(tile.start, sums)
    queries = tile.blocks * tile.block
    buffers = tuple(
        ops.zeros((*shape[:2], queries, shape[3]), dtype) for shape, dtype in shapes
    )

    def body(i, carry):
        buffers, sums = carry
        (first,) = order_after((*buffers, *sums), i * tile.block)
        rows, sums = step(tile.start + first, sums)
        buffers = tuple(
            ops.slice_update(buffer, (0, 0, first, 0), part)
            for buffer, part in zip(buffers, rows)
        )
        return buffers, sums

    return ops.fori_loop(0, tile.blocks, body, (buffers, sums))
