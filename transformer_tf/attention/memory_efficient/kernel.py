"""Attention and its gradient, one block of queries after another."""

import functools

from keras import ops

from transformer_tf.attention.dropout import dropout_mask
from transformer_tf.attention.memory_efficient.ordering import (
    order_after,
    scan_tiles,
    slice_axis,
)
from transformer_tf.attention.reference import cap_scores
from transformer_tf.attention.softmax import softmax_over_keys
from transformer_tf.logits import MASKED_LOGIT


class BlockwiseKernel:
    """Computes attention by blocks: each step attends with a few queries.

    Queries come scaled already. Where a position bias or a mask may be a function of
    positions, only a block of it is evaluated.

    Args:
        tiles: What `plan_tiles` returned.
        mask: An `AttentionMask`.
        position_bias: A layer that is a function of positions, or None. (A bias tensor
            is learned like any other tensor, and comes with the call.)
        query_positions: [query] or [batch, query] integers; 0, 1, 2... when None.
        key_positions: [key] or [batch, key] integers; 0, 1, 2... when None.
        dropout: Share of the weights to drop, in [0, 1).
        seed: [2] integers, the seed of the dropout.
        soft_cap: As `reference_attention` takes it.
    """

    def __init__(
        self,
        tiles,
        mask,
        position_bias=None,
        query_positions=None,
        key_positions=None,
        dropout=0.0,
        seed=None,
        soft_cap=None,
    ):
        self.tiles = tiles
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
        for tile in self.tiles:
            tensors = q, _slice_keys(tile, k), _slice_keys(tile, v), bias
            step = functools.partial(self._output_of_block, tile, tensors)
            shape = (*ops.shape(q)[:3], v.shape[-1]), q.dtype
            (output,), _ = scan_tiles(tile, step, [shape], ())
            outputs.append(output)
            q, k, v = order_after([output], q, k, v)
        return ops.concatenate(outputs, axis=2)

    def _output_of_block(self, tile, tensors, start, sums):
        q, keys, values, bias = tensors
        block = slice_axis(q, 2, start, tile.block)
        weights, has_keys, _ = self._weights(block, keys, bias, start, tile)
        if self.dropout:
            weights = self._drop(weights, start, tile)
        output = _ungroup_heads(
            ops.matmul(_group_heads(weights, values), values), block
        )
        return (output if has_keys is None else output * has_keys,), sums

    def gradient(self, q, k, v, *bias, output, upstream):
        """The gradients of q, k, v and the bias, given that of the output."""
        # What all weights of a query have in common: [batch, head, query, 1]
        common = ops.sum(upstream * output, axis=-1, keepdims=True)
        table, dense = (bias, ()) if self.position_bias is not None else ((), bias)
        shapes = [(ops.shape(x), x.dtype) for x in (q, *dense)]
        # Gradients of keys and values are summed as [..., dim, key]: the weights
        # then stand on the right of every product, where XLA reads them as they lie.
        of_keys, of_values = (
            ops.zeros_like(_transpose(k)),
            ops.zeros_like(_transpose(v)),
        )
        of_table = tuple(ops.zeros_like(x) for x in table)
        gradients = []
        for tile in self.tiles:
            keys, values = _slice_keys(tile, k), _slice_keys(tile, v)
            step = functools.partial(
                self._gradients_of_block,
                tile,
                (q, keys, values, bias, upstream, common),
            )
            sums = tuple(ops.zeros_like(_transpose(x)) for x in (keys, values))
            rows, (more_keys, more_values, *of_table) = scan_tiles(
                tile, step, shapes, (*sums, *of_table)
            )
            gradients.append(rows)
            of_keys = _add_tile(tile, of_keys, more_keys)
            of_values = _add_tile(tile, of_values, more_values)
            q, k, v, upstream = order_after(
                (*rows, of_keys, of_values), q, k, v, upstream
            )
        of_queries, *of_dense = (ops.concatenate(x, axis=2) for x in zip(*gradients))
        of_keys, of_values = _transpose(of_keys), _transpose(of_values)
        return (of_queries, of_keys, of_values, *of_table, *of_dense)

    def _gradients_of_block(self, tile, tensors, start, sums):
        q, keys, values, bias, upstream, common = tensors
        block = slice_axis(q, 2, start, tile.block)
        upstream = slice_axis(upstream, 2, start, tile.block)
        weights, has_keys, cap_gradient = self._weights(block, keys, bias, start, tile)
        upstream = _group_heads(
            upstream if has_keys is None else upstream * has_keys, keys
        )
        of_weights = _ungroup_heads(ops.matmul(upstream, _transpose(values)), block)
        dropped = weights
        if self.dropout:
            dropped = self._drop(weights, start, tile)
            of_weights = self._drop(of_weights, start, tile)
        of_values = ops.matmul(_transpose(upstream), _group_heads(dropped, keys))
        of_scores = weights * (of_weights - slice_axis(common, 2, start, tile.block))
        of_products = of_scores if cap_gradient is None else of_scores * cap_gradient
        grouped = _group_heads(of_products, keys)
        of_keys = ops.matmul(_transpose(_group_heads(block, keys)), grouped)
        rows = [_ungroup_heads(ops.matmul(grouped, keys), block)]
        of_table = sums[2:]
        if of_table:
            positions = self._positions(start, tile)
            more = self.position_bias.table_gradient(of_scores, *positions)
            of_table = (of_table[0] + more,)
        elif bias:
            rows.append(_bias_gradient(of_scores, bias[0], tile))
        return tuple(rows), (sums[0] + of_keys, sums[1] + of_values, *of_table)

    def _weights(self, block, keys, bias, start, tile):
        """Weights [batch, head, block, keys]; [..., block, 1], 0 where none may be; and
        the derivative of the capped scores, None without a cap."""
        scores = ops.matmul(_group_heads(block, keys), _transpose(keys))
        scores, cap_gradient = _ungroup_heads(scores, block), None
        if self.soft_cap is not None:
            scores = cap_scores(scores, self.soft_cap)
            cap_gradient = 1 - ops.square(scores / self.soft_cap)
        if self.position_bias is not None:
            table = bias[0] if bias else None
            positions = self._positions(start, tile)
            scores = scores + self.position_bias.evaluate(table, *positions)
        elif bias:
            scores = scores + _slice_keys(
                tile, slice_axis(bias[0], 2, start, tile.block), axis=3
            )
        offsets = self._mask_offsets(start, tile, scores.dtype)
        if offsets is None:
            return softmax_over_keys(scores), None, cap_gradient
        weights = softmax_over_keys(scores + offsets)
        has_keys = ops.max(offsets, axis=-1, keepdims=True) > MASKED_LOGIT / 2
        return weights, ops.cast(has_keys, scores.dtype), cap_gradient

    def _mask_offsets(self, start, tile, dtype):
        """The mask as a summand: [batch or 1, head or 1, block, keys], or None."""
        allowed = self.mask.by_position(*self._positions(start, tile))
        if self.mask.key_padding is not None:
            valid = _slice_keys(tile, self.mask.key_padding, axis=1)[:, None, None, :]
            allowed = valid if allowed is None else ops.logical_and(allowed, valid)
        if self.mask.segments is not None:
            same = self.mask.by_segment(*_indices(start, tile))
            allowed = same if allowed is None else ops.logical_and(allowed, same)
        if self.mask.dense is not None:
            dense = _slice_keys(
                tile, slice_axis(self.mask.dense, 2, start, tile.block), axis=3
            )
            allowed = dense if allowed is None else ops.logical_and(allowed, dense)
        if allowed is None:
            return None
        return ops.where(allowed, ops.cast(0, dtype), ops.cast(MASKED_LOGIT, dtype))

    def _drop(self, weights, start, tile):
        """Dropout of the weights, or of their gradients."""
        batch, heads = ops.shape(weights)[:2]
        rows, columns = _indices(start, tile)
        stays = dropout_mask(self.seed, self.dropout, batch, heads, rows, columns)
        zero = ops.cast(0, weights.dtype)
        return ops.where(stays, weights / (1 - self.dropout), zero)

    def _positions(self, start, tile):
        rows, columns = _indices(start, tile)
        if self.query_positions is not None:
            rows = ops.take(self.query_positions, rows, axis=-1)
        if self.key_positions is not None:
            columns = ops.take(self.key_positions, columns, axis=-1)
        return rows, columns


def _indices(start, tile):
    """The indices of a block's queries and of the keys they read."""
    return start + ops.arange(tile.block), ops.arange(tile.key_start, tile.key_stop)


def _slice_keys(tile, x, axis=2):
    """The range of keys that a tile reads."""
    return slice_axis(x, axis, tile.key_start, tile.key_stop - tile.key_start)


def _group_heads(x, keys):
    """[batch, head, block, n] -> [batch, key_head, group * block, n]"""
    if x.shape[1] == keys.shape[1]:
        return x
    batch, heads, block, width = ops.shape(x)
    group = heads // keys.shape[1]
    return ops.reshape(x, (batch, keys.shape[1], group * block, width))


def _ungroup_heads(x, block):
    """[batch, key_head, group * block, n] -> [batch, head, block, n]"""
    if x.shape[1] == block.shape[1]:
        return x
    batch, heads, rows, _ = ops.shape(block)
    return ops.reshape(x, (batch, heads, rows, x.shape[-1]))


def _transpose(x):
    """[..., length, dim] -> [..., dim, length]"""
    return ops.swapaxes(x, -1, -2)


def _add_tile(tile, total, part):
    """Adds the gradients of a tile's keys to those of all: [..., dim, key]"""
    after_it = total.shape[3] - tile.key_stop
    return total + ops.pad(part, ((0, 0), (0, 0), (0, 0), (tile.key_start, after_it)))


def _bias_gradient(of_scores, bias, tile):
    """The gradient of a block of a bias tensor: [batch or 1, head or 1, block, key]"""
    for axis in (0, 1):
        if bias.shape[axis] == 1 and of_scores.shape[axis] != 1:
            of_scores = ops.sum(of_scores, axis=axis, keepdims=True)
    after_it = bias.shape[3] - tile.key_stop
    return ops.pad(of_scores, ((0, 0), (0, 0), (0, 0), (tile.key_start, after_it)))
