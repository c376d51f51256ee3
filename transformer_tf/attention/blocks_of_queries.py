"""Attention and its gradient, one block of queries after another."""

import functools

from keras import ops

from transformer_tf.attention.dropout import kept
from transformer_tf.attention.plain import capped
from transformer_tf.attention.sequence import after, cut, walked
from transformer_tf.attention.softmax import softmax_over_keys

NEVER = -1e30


class BlocksOfQueries:
    """Computes attention by blocks: every step is plain attention of a few queries.

    Queries come scaled already. Where a position bias or a mask may be a function of
    positions, only a block of it is evaluated.

    Args:
        bands: What `banded` returned.
        mask: An `AttentionMask`.
        position_bias: A layer that is a function of positions, or None. (A bias tensor
            is learned like any other tensor, and comes with the call.)
        query_positions: [query] or [batch, query] integers; 0, 1, 2... when None.
        key_positions: [key] or [batch, key] integers; 0, 1, 2... when None.
        dropout: Share of the weights to drop.
        seed: [2] integers that decide which.
        soft_cap: As `plain_attention` takes it.
    """

    def __init__(
        self,
        bands,
        mask,
        position_bias=None,
        query_positions=None,
        key_positions=None,
        dropout=0.0,
        seed=None,
        soft_cap=None,
    ):
        self.bands = bands
        self.mask = mask
        self.position_bias = position_bias
        self.query_positions = query_positions
        self.key_positions = key_positions
        self.dropout = dropout
        self.seed = seed
        self.soft_cap = soft_cap

    def output(self, q, k, v, *bias):
        """Attends.

        Args:
            q: [batch, head, query, head_dim] floats.
            k: [batch, key_head, key, head_dim] floats.
            v: [batch, key_head, key, value_dim] floats.
            bias: The bias layer's table, or a bias tensor, if there is one.

        Returns:
            [batch, head, query, value_dim] floats.
        """
        outputs = []
        for band in self.bands:
            tensors = q, _read(band, k), _read(band, v), bias
            step = functools.partial(self._output_of_block, band, tensors)
            shape = (*ops.shape(q)[:3], v.shape[-1]), q.dtype
            (output,), _ = walked(band, step, [shape], ())
            outputs.append(output)
            q, k, v = after([output], q, k, v)
        return ops.concatenate(outputs, axis=2)

    def _output_of_block(self, band, tensors, start, sums):
        q, keys, values, bias = tensors
        block = cut(q, 2, start, band.block)
        weights, alive, _ = self._weights(block, keys, bias, start, band)
        if self.dropout:
            weights = self._thinned(weights, start, band)
        output = _apart(ops.matmul(_together(weights, values), values), block)
        return (output if alive is None else output * alive,), sums

    def gradient(self, q, k, v, *bias, output, slope):
        """The slopes of q, k, v and the bias, given that of the output."""
        # What all weights of a query have in common: [batch, head, query, 1]
        common = ops.sum(slope * output, axis=-1, keepdims=True)
        table, dense = (bias, ()) if self.position_bias is not None else ((), bias)
        shapes = [(ops.shape(x), x.dtype) for x in (q, *dense)]
        # Slopes of keys and values are summed lying down, [..., dim, key]: the weights
        # then stand on the right of every product, where XLA reads them as they lie.
        of_keys, of_values = ops.zeros_like(_flipped(k)), ops.zeros_like(_flipped(v))
        of_table = tuple(ops.zeros_like(x) for x in table)
        slopes = []
        for band in self.bands:
            keys, values = _read(band, k), _read(band, v)
            step = functools.partial(
                self._slopes_of_block, band, (q, keys, values, bias, slope, common)
            )
            sums = tuple(ops.zeros_like(_flipped(x)) for x in (keys, values))
            rows, (more_keys, more_values, *of_table) = walked(
                band, step, shapes, (*sums, *of_table)
            )
            slopes.append(rows)
            of_keys = _added(band, of_keys, more_keys)
            of_values = _added(band, of_values, more_values)
            q, k, v, slope = after((*rows, of_keys, of_values), q, k, v, slope)
        of_queries, *of_dense = (ops.concatenate(x, axis=2) for x in zip(*slopes))
        of_keys, of_values = _flipped(of_keys), _flipped(of_values)
        return (of_queries, of_keys, of_values, *of_table, *of_dense)

    def _slopes_of_block(self, band, tensors, start, sums):
        q, keys, values, bias, slope, common = tensors
        block, slope = cut(q, 2, start, band.block), cut(slope, 2, start, band.block)
        weights, alive, cap_slope = self._weights(block, keys, bias, start, band)
        slope = _together(slope if alive is None else slope * alive, keys)
        of_weights = _apart(ops.matmul(slope, _flipped(values)), block)
        thinned = weights
        if self.dropout:
            thinned = self._thinned(weights, start, band)
            of_weights = self._thinned(of_weights, start, band)
        of_values = ops.matmul(_flipped(slope), _together(thinned, keys))
        of_scores = weights * (of_weights - cut(common, 2, start, band.block))
        of_products = of_scores if cap_slope is None else of_scores * cap_slope
        grouped = _together(of_products, keys)
        of_keys = ops.matmul(_flipped(_together(block, keys)), grouped)
        rows = [_apart(ops.matmul(grouped, keys), block)]
        of_table = sums[2:]
        if of_table:
            positions = self._positions(start, band)
            more = self.position_bias.table_slope(of_scores, *positions)
            of_table = (of_table[0] + more,)
        elif bias:
            rows.append(_of_bias(of_scores, bias[0], band))
        return tuple(rows), (sums[0] + of_keys, sums[1] + of_values, *of_table)

    def _weights(self, block, keys, bias, start, band):
        """Weights [batch, head, block, keys]; [..., block, 1], 0 where none may be; and
        the derivative of the capped scores, None without a cap."""
        scores = ops.matmul(_together(block, keys), _flipped(keys))
        scores, cap_slope = _apart(scores, block), None
        if self.soft_cap is not None:
            scores = capped(scores, self.soft_cap)
            cap_slope = 1 - ops.square(scores / self.soft_cap)
        if self.position_bias is not None:
            table = bias[0] if bias else None
            positions = self._positions(start, band)
            scores = scores + self.position_bias.evaluate(table, *positions)
        elif bias:
            scores = scores + _read(band, cut(bias[0], 2, start, band.block), axis=3)
        forbidden = self._forbidden(start, band, scores.dtype)
        if forbidden is None:
            return softmax_over_keys(scores), None, cap_slope
        weights = softmax_over_keys(scores + forbidden)
        alive = ops.max(forbidden, axis=-1, keepdims=True) > NEVER / 2
        return weights, ops.cast(alive, scores.dtype), cap_slope

    def _forbidden(self, start, band, dtype):
        """What to add to the scores: [batch or 1, head or 1, block, keys] or None."""
        allowed = self.mask.by_position(*self._positions(start, band))
        if self.mask.key_padding is not None:
            real = _read(band, self.mask.key_padding, axis=1)[:, None, None, :]
            allowed = real if allowed is None else ops.logical_and(allowed, real)
        if self.mask.segments is not None:
            same = self.mask.by_segment(*_counted(start, band))
            allowed = same if allowed is None else ops.logical_and(allowed, same)
        if self.mask.dense is not None:
            dense = _read(band, cut(self.mask.dense, 2, start, band.block), axis=3)
            allowed = dense if allowed is None else ops.logical_and(allowed, dense)
        if allowed is None:
            return None
        return ops.where(allowed, ops.cast(0, dtype), ops.cast(NEVER, dtype))

    def _thinned(self, weights, start, band):
        """What dropout leaves of weights, or of their slopes."""
        batch, heads = ops.shape(weights)[:2]
        rows, columns = _counted(start, band)
        stays = kept(self.seed, self.dropout, batch, heads, rows, columns)
        zero = ops.cast(0, weights.dtype)
        return ops.where(stays, weights / (1 - self.dropout), zero)

    def _positions(self, start, band):
        rows, columns = _counted(start, band)
        if self.query_positions is not None:
            rows = ops.take(self.query_positions, rows, axis=-1)
        if self.key_positions is not None:
            columns = ops.take(self.key_positions, columns, axis=-1)
        return rows, columns


def _counted(start, band):
    """The indices of a block's queries and of the keys they read."""
    return start + ops.arange(band.block), ops.arange(band.key_start, band.key_stop)


def _read(band, x, axis=2):
    """The stretch of keys that a band reads."""
    return cut(x, axis, band.key_start, band.key_stop - band.key_start)


def _together(x, keys):
    """[batch, head, block, n] -> [batch, key_head, group * block, n]"""
    if x.shape[1] == keys.shape[1]:
        return x
    batch, heads, block, width = ops.shape(x)
    group = heads // keys.shape[1]
    return ops.reshape(x, (batch, keys.shape[1], group * block, width))


def _apart(x, block):
    """[batch, key_head, group * block, n] -> [batch, head, block, n]"""
    if x.shape[1] == block.shape[1]:
        return x
    batch, heads, rows, _ = ops.shape(block)
    return ops.reshape(x, (batch, heads, rows, x.shape[-1]))


def _flipped(x):
    """[..., length, dim] -> [..., dim, length]"""
    return ops.swapaxes(x, -1, -2)


def _added(band, total, part):
    """Adds what a band found for its keys to the slopes of all: [..., dim, key]"""
    after_it = total.shape[3] - band.key_stop
    return total + ops.pad(part, ((0, 0), (0, 0), (0, 0), (band.key_start, after_it)))


def _of_bias(of_scores, bias, band):
    """The slope of a block of a bias tensor: [batch or 1, head or 1, block, key]"""
    for axis in (0, 1):
        if bias.shape[axis] == 1 and of_scores.shape[axis] != 1:
            of_scores = ops.sum(of_scores, axis=axis, keepdims=True)
    after_it = bias.shape[3] - band.key_stop
    return ops.pad(of_scores, ((0, 0), (0, 0), (0, 0), (band.key_start, after_it)))
