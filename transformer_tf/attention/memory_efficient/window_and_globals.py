"""Attention to a window and to global positions, in memory linear in the length."""

from typing import Any

from keras import ops

from transformer_tf.attention.dropout import dropout_mask
from transformer_tf.attention.memory_efficient.partial_softmax import (
    PartialSoftmax,
    tile_gradient,
)

BLOCK = 128
GLOBAL_BLOCK = 32


class WindowAndGlobals:
    """Longformer's attention and its gradient, of projected and scaled heads.

    Three kinds of tiles make it up, each computed one after another:
    a block of neighbouring queries with the keys in their windows; all queries with a
    block of global keys; a block of global queries with all keys. How many blocks of
    global positions there are is decided when it runs, by the largest number in a row
    of the batch, so that any number is exact.

    Args:
        window: Keys fewer than `window` positions away are seen, to both sides.
        valid_mask: [batch, length] booleans, True for real positions.
        is_global: [batch, length] booleans, only of real positions; None for none.
        dropout: Share of the weights to drop.
        seed: [2] integers that decide which.
    """

    def __init__(self, window, valid_mask, is_global=None, dropout=0.0, seed=None):
        self.window = window
        self.valid_mask = valid_mask
        self.is_global = is_global
        self.dropout = dropout
        self.seed = seed
        self.length = length = ops.shape(valid_mask)[1]
        known = isinstance(length, int)
        self.block = min(BLOCK, length) if known else BLOCK
        reach = min(window, length) - 1 if known else window - 1
        # How many blocks of keys are read on either side of a block of queries.
        self.sides = -(-reach // self.block)
        self.blocks = -(-length // self.block)
        if is_global is not None:
            ordinal = ops.cumsum(ops.cast(is_global, "int32"), axis=1)
            self.ordinal = ops.where(is_global, ordinal - 1, -1)
            self.count = ordinal[:, -1:]
            self.global_blocks = (ops.max(self.count) + GLOBAL_BLOCK - 1) // (
                GLOBAL_BLOCK
            )

    def attend(self, *heads):
        """Attends, differentiably.

        Args:
            heads: Queries, keys and values [batch, head, length, head_dim] of every
                position; where there are global positions, these again by the global
                projections.

        Returns:
            [batch, head, length, head_dim] floats; zeros at padding.
        """

        @ops.custom_gradient
        def attend(*heads):
            output, log_total = self.output(*heads)

            def gradient(*gradients, upstream=None):
                of_output = gradients[0] if upstream is None else upstream
                return self.gradient(
                    *heads, output=output, log_total=log_total, of_output=of_output
                )

            return output, gradient

        return attend(*heads)

    def output(self, query, key, value, *by_global):
        """The output, and the logarithm of each local query's total."""
        seen = self._see_windows(query, key, value)
        if by_global:
            seen = self._see_global_keys(seen, query, key, value)
        output, log_total = seen.finish()
        if by_global:
            rows = self._global_rows(*by_global)
            output = ops.where(self._per_query(self.is_global), rows, output)
        zero = ops.cast(0, output.dtype)
        return ops.where(self._per_query(self.valid_mask), output, zero), log_total

    def gradient(self, query, key, value, *by_global, output, log_total, of_output):
        """The gradients of all heads, given that of the output."""
        zero = ops.cast(0, output.dtype)
        is_local = self.valid_mask
        if by_global:
            is_local = ops.logical_and(is_local, ops.logical_not(self.is_global))
        of_local = ops.where(self._per_query(is_local), of_output, zero)
        common = ops.sum(of_local * output, axis=-1, keepdims=True)
        given = log_total, of_local, common
        gradients = self._window_gradient(query, key, value, *given)
        if not by_global:
            return gradients
        gradients = self._global_key_gradient(gradients, query, key, value, *given)
        of_rows = ops.where(self._per_query(self.is_global), of_output, zero)
        return (*gradients, *self._global_row_gradient(of_rows, *by_global))

    # A block of queries and their windows.

    def _see_windows(self, query, key, value):
        query, (key, value) = self._pad_blocks(query), self._flank(key, value)

        def see(number):
            rows, *tile = self._window_tile(number, key, value)
            block = rows(query)
            return tuple(PartialSoftmax.empty(block, value).add(block, *tile))

        parts = ops.map(see, ops.arange(self.blocks))
        return PartialSoftmax(*(self._join(part) for part in parts))

    def _window_gradient(self, query, key, value, *given):
        query, (key, value) = self._pad_blocks(query), self._flank(key, value)
        columns = [self._pad_blocks(x) for x in given]

        def gradient(number):
            rows, keys, values, mask, scale = self._window_tile(number, key, value)
            total, of_output, common = (rows(x) for x in columns)
            tile = rows(query), keys, values, mask
            return tile_gradient(*tile, total, of_output, common, scale)

        of_query, of_key, of_value = ops.map(gradient, ops.arange(self.blocks))
        return (
            self._join(of_query),
            self._sum_blocks(of_key),
            self._sum_blocks(of_value),
        )

    def _window_tile(self, number, key, value):
        """How to cut the block's queries; its keys, values, mask and dropout."""
        start, span = number * self.block, (2 * self.sides + 1) * self.block

        def cut(x, size, axis=2):
            starts = [0] * len(x.shape)
            shape = list(ops.shape(x))
            starts[axis], shape[axis] = start, size
            return ops.slice(x, starts, shape)

        row = ops.arange(self.block)[:, None]
        column = ops.arange(span)[None] - self.sides * self.block
        near = ops.absolute(row - column) < self.window
        local = self.valid_mask
        if self.is_global is not None:
            local = ops.logical_and(local, ops.logical_not(self.is_global))
        (local,) = self._flank(local[:, None, :, None])
        mask = ops.logical_and(near, ops.swapaxes(cut(local, span), 2, 3))
        scale = self._dropout_scale(key, start + row[:, 0], start + column[0])
        return (
            lambda x: cut(x, self.block),
            cut(key, span),
            cut(value, span),
            mask,
            scale,
        )

    def _pad_blocks(self, x):
        """[..., length, dim] -> the same with whole blocks of queries"""
        after = self.blocks * self.block - self.length
        return ops.pad(x, ((0, 0), (0, 0), (0, after), (0, 0)))

    def _flank(self, *tensors):
        """Keys with as many zeros around them as the first and last block may read."""
        before = self.sides * self.block
        after = before + self.blocks * self.block - self.length
        width = (0, 0), (0, 0), (before, after), (0, 0)
        return tuple(_pad(x, width) for x in tensors)

    def _join(self, parts):
        """[block, batch, head, query, dim] -> [batch, head, length, dim]"""
        _, batch, heads, _, dim = ops.shape(parts)
        x = ops.transpose(parts, (1, 2, 0, 3, 4))
        x = ops.reshape(x, (batch, heads, self.blocks * self.block, dim))
        return x[:, :, : self.length]

    def _sum_blocks(self, parts):
        """Gradients of the keys that each block read -> [batch, head, length, dim]"""
        _, batch, heads, _, dim = ops.shape(parts)
        pieces = 2 * self.sides + 1
        shape = self.blocks, batch, heads, pieces, self.block, dim
        parts = ops.reshape(parts, shape)
        total: Any = 0
        for piece in range(pieces):
            # This piece of block i lies in block i + piece - sides of the keys.
            shift = (piece, pieces - 1 - piece), *((0, 0),) * 4
            total = total + ops.pad(parts[:, :, :, piece], shift)
        return self._join(total[self.sides : self.sides + self.blocks])

    # All queries and a block of global keys.

    def _see_global_keys(self, seen, query, key, value):
        def see(number, *seen):
            keys, values, mask, scale, _ = self._global_tile(number, key, value)
            return PartialSoftmax(*seen).add(query, keys, values, mask, scale)

        return PartialSoftmax(*self._each_global_block(see, seen))

    def _global_key_gradient(self, gradients, query, key, value, *given):
        total, of_output, common = given

        def gradient(number, of_query, of_key, of_value):
            keys, values, mask, scale, pick = self._global_tile(number, key, value)
            tile = query, keys, values, mask
            more = tile_gradient(*tile, total, of_output, common, scale)
            back = ops.swapaxes(pick, -1, -2)
            return (
                of_query + more[0],
                of_key + ops.matmul(back, more[1]),
                of_value + ops.matmul(back, more[2]),
            )

        return self._each_global_block(gradient, gradients)

    def _global_tile(self, number, key, value):
        pick, exists, places = self._select(number, key.dtype)
        # The index of each query and key: [query], [batch, 1, 1, key]
        scale = self._dropout_scale(key, ops.arange(self.length), places[:, None, None])
        mask = exists[:, None, None, :]
        return ops.matmul(pick, key), ops.matmul(pick, value), mask, scale, pick

    # A block of global queries and all keys.

    def _global_rows(self, query, key, value):
        def see(number, output):
            rows, mask, scale, pick = self._row_tile(number, query, key)
            seen = PartialSoftmax.empty(rows, value).add(rows, key, value, mask, scale)
            return (output + ops.matmul(ops.swapaxes(pick, -1, -2), seen.finish()[0]),)

        return self._each_global_block(see, (ops.zeros_like(query),))[0]

    def _global_row_gradient(self, of_output, query, key, value):
        def gradient(number, of_query, of_key, of_value):
            rows, mask, scale, pick = self._row_tile(number, query, key)
            seen = PartialSoftmax.empty(rows, value).add(rows, key, value, mask, scale)
            output, log_total = seen.finish()
            of_rows = ops.matmul(pick, of_output)
            common = ops.sum(of_rows * output, axis=-1, keepdims=True)
            more = tile_gradient(
                rows, key, value, mask, log_total, of_rows, common, scale
            )
            back = ops.swapaxes(pick, -1, -2)
            of_query = of_query + ops.matmul(back, more[0])
            return of_query, of_key + more[1], of_value + more[2]

        zeros = (ops.zeros_like(x) for x in (query, key, value))
        return self._each_global_block(gradient, tuple(zeros))

    def _row_tile(self, number, query, key):
        pick, _, places = self._select(number, query.dtype)
        # The index of each query and key: [batch, query, 1], [key]
        scale = self._dropout_scale(key, places[..., None], ops.arange(self.length))
        return ops.matmul(pick, query), self.valid_mask[:, None, None, :], scale, pick

    # Both.

    def _each_global_block(self, body, state):
        state = ops.while_loop(
            lambda number, *_: number < self.global_blocks,
            lambda number, *state: (number + 1, *body(number, *state)),
            (ops.cast(0, "int32"), *state),
        )
        return tuple(state[1:])

    def _select(self, number, dtype):
        """A block of global positions.

        Returns:
            pick: [batch, 1, global, length] floats: a 1 at the place of each.
            exists: [batch, global] booleans: whether the row has as many.
            places: [batch, global] integers: where it stands.
        """
        wanted = number * GLOBAL_BLOCK + ops.arange(GLOBAL_BLOCK, dtype="int32")
        pick = ops.equal(wanted[None, :, None], self.ordinal[:, None, :])
        places = ops.argmax(ops.cast(pick, "int32"), axis=-1)
        return ops.cast(pick, dtype)[:, None], wanted < self.count, places

    def _dropout_scale(self, key, rows, columns):
        if not self.dropout:
            return None
        batch, heads = ops.shape(key)[:2]
        kept = dropout_mask(self.seed, self.dropout, batch, heads, rows, columns)
        return ops.cast(kept, key.dtype) / (1 - self.dropout)

    def _per_query(self, mask):
        """[batch, length] -> [batch, 1, length, 1]"""
        return mask[:, None, :, None]


def _pad(x, width):
    if x.dtype == "bool":
        return ops.cast(ops.pad(ops.cast(x, "int8"), width), "bool")
    return ops.pad(x, width)
