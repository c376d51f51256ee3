"""Pieces of attention: projections, and the pairs that each path computes."""

from __future__ import annotations

from transformer_tf.attention.dispatch import BLOCKWISE_FROM, CAUSAL_BLOCKWISE_FROM
from transformer_tf.attention.memory_efficient.tiling import plan_tiles
from transformer_tf.attention.memory_efficient.window_and_globals import (
    BLOCK,
    GLOBAL_BLOCK,
)
from transformer_tf.cost.pieces import Pairs, Piece, Projection, Weights
from transformer_tf.cost.reading import Reading
from transformer_tf.models.config import TransformerConfig


def head_width(config: TransformerConfig) -> int:
    return config.head_dim or config.dim // config.num_heads


def self_attention(
    config: TransformerConfig, reading: Reading, causal: bool, window: int | None
) -> list[Piece]:
    """Queries, keys and values of the same tokens, and their output projection."""
    tokens, keys = reading.tokens, reading.capacity or reading.length
    pieces = _projections(config, tokens, tokens)
    if reading.capacity is not None:
        return [*pieces, _all_pairs(config, reading.batch, reading.length, keys)]
    return [*pieces, _pairs(config, reading, keys, causal, window)]


def cross_attention(config: TransformerConfig, reading: Reading) -> list[Piece]:
    """Queries of the target, keys and values of what the encoder returned.

    With a cache, keys and values of the source are not computed anew at every step.
    """
    known = reading.capacity is not None
    rows = 0 if known else reading.batch * reading.source
    pieces = _projections(config, reading.tokens, rows)
    if known:
        pairs = _all_pairs(config, reading.batch, reading.length, reading.source)
    else:
        pairs = _pairs(config, reading, reading.source, False, None)
    return [*pieces, pairs]


def source_projections(config: TransformerConfig, rows: int) -> int:
    """Operations that make keys and values of a source, once before all steps."""
    width = (config.num_key_value_heads or config.num_heads) * head_width(config)
    return 2 * 2 * rows * config.dim * width


def _projections(config: TransformerConfig, rows: int, key_rows: int) -> list[Piece]:
    width, bias = head_width(config), config.use_bias
    merged = config.num_heads * width
    shared = (config.num_key_value_heads or config.num_heads) * width
    pieces: list[Piece] = [
        Projection("attention", config.dim, merged, rows, bias),
        Projection("attention", config.dim, shared, key_rows, bias),
        Projection("attention", config.dim, shared, key_rows, bias),
        Projection("attention", merged, config.dim, rows, bias),
    ]
    if config.query_key_norm:
        pieces.append(Weights("normalization", ((width,), (width,))))
    return pieces


def _all_pairs(config, batch: int, queries: int, keys: int) -> Pairs:
    pairs = batch * config.num_heads * queries * keys
    return Pairs(pairs, head_width(config))


def is_blockwise(reading: Reading, keys: int, causal: bool) -> bool:
    """Whether attention takes the path that holds a block of scores at a time."""
    least = CAUSAL_BLOCKWISE_FROM if causal and not reading.half else BLOCKWISE_FROM
    return reading.length * keys >= least


def _pairs(config, reading: Reading, keys: int, causal: bool, window) -> Pairs:
    """Block by block most of the masked future is left out; scores are computed again
    for the gradient, which makes five products of four."""
    heads = reading.batch * config.num_heads
    if not is_blockwise(reading, keys, causal and not config.prefix_lm):
        return _all_pairs(config, reading.batch, reading.length, keys)
    tiles = plan_tiles(
        reading.length,
        keys,
        heads,
        causal=causal and not config.prefix_lm,
        window=window,
    )
    pairs = sum(t.block * t.blocks * (t.key_stop - t.key_start) for t in tiles)
    return Pairs(heads * pairs, head_width(config), gradients=5)


def longformer_attention(
    config: TransformerConfig, reading: Reading, window: int
) -> list[Piece]:
    """Blocks of queries with the blocks of keys around them; global positions apart."""
    length, width, bias = reading.length, head_width(config), config.use_bias
    merged, heads = config.num_heads * width, reading.batch * config.num_heads
    rows = reading.tokens if reading.global_positions else 0
    block = min(BLOCK, length)
    sides = -(-(min(window, length) - 1) // block)
    padded = -(-length // block) * block
    pieces: list[Piece] = [
        *(Projection("attention", config.dim, merged, reading.tokens, bias),) * 3,
        *(Projection("attention", config.dim, merged, rows, bias),) * 3,
        Projection("attention", merged, config.dim, reading.tokens, bias),
        Pairs(heads * padded * (2 * sides + 1) * block, width, gradients=5),
    ]
    blocks = -(-reading.global_positions // GLOBAL_BLOCK)
    # Global keys are picked by a product with ones and zeros, as are global queries:
    # of eight products four are scores and outputs. Gradients: 9 and 10.
    pairs = heads * blocks * GLOBAL_BLOCK * length
    return [*pieces, Pairs(pairs, width, products=8, gradients=19)]


def relative_attention(config: TransformerConfig, reading: Reading) -> list[Piece]:
    """Transformer-XL: a second score for each pair, by distance; keys of the memory.

    Projections of its blocks have no bias.
    """
    width = head_width(config)
    merged = config.num_heads * width
    before = 0
    if config.zero_memory or reading.capacity is not None:
        before = config.memory_length or 0
    keys = before + reading.length
    rows = reading.batch * keys
    pieces: list[Piece] = [
        Projection("attention", config.dim, merged, reading.tokens, False),
        Projection("attention", config.dim, merged, rows, False),
        Projection("attention", config.dim, merged, rows, False),
        Projection("attention", config.dim, merged, keys, False, constant=True),
        Projection("attention", merged, config.dim, reading.tokens, False),
    ]
    if not config.shared_position_biases:
        pieces.append(relative_biases(config))
    pairs = reading.batch * config.num_heads * reading.length * keys
    return [*pieces, Pairs(pairs, width, products=3, gradients=6)]


def relative_biases(config: TransformerConfig) -> Weights:
    """A content bias and a position bias for each feature of a head."""
    shape = config.num_heads, head_width(config)
    return Weights("attention", (shape, shape))
