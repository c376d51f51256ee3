"""Scores of attention: which tensors of them a call holds at once."""

from __future__ import annotations

from transformer_tf.attention.memory_efficient.tiling import Tile, plan_tiles
from transformer_tf.attention.memory_efficient.window_and_globals import BLOCK
from transformer_tf.cost.attention import is_blockwise
from transformer_tf.cost.reading import Reading
from transformer_tf.models.config import TransformerConfig


def weight_tensors(
    config: TransformerConfig, stack: str, reading: Reading, number: int = 0
) -> list[int]:
    """How many numbers each tensor of self-attention's weights has.

    On the memory-efficient path there is one for each tile, with a block of its
    queries: XLA starts all tiles at once. Longformer has one block at a time.

    Args:
        config: The model's configuration.
        stack: "Encoder", "Decoder" or "TransformerXL".
        reading: How it is called.
        number: Of the layer.
    """
    heads, length = reading.batch * config.num_heads, reading.length
    if is_longformer(config, stack):
        block = min(BLOCK, length)
        return [heads * block * blocks_seen(config, reading, number) * block]
    if config.memory_length is not None:
        return [heads * length * (length + config.memory_length * config.zero_memory)]
    tiles = self_tiles(config, stack, reading, number)
    return _of_tiles(tiles, heads) or [heads * length * length]


def source_tensors(config: TransformerConfig, reading: Reading) -> list[int]:
    """The same of cross-attention's weights."""
    heads = reading.batch * config.num_heads
    tiles = source_tiles(config, reading)
    return _of_tiles(tiles, heads) or [heads * reading.length * reading.source]


def _of_tiles(tiles: list[Tile], heads: int) -> list[int]:
    return [heads * tile.block * (tile.key_stop - tile.key_start) for tile in tiles]


def self_tiles(
    config: TransformerConfig, stack: str, reading: Reading, number: int = 0
) -> list[Tile]:
    """The tiles of self-attention; none where all pairs are computed at once."""
    if is_longformer(config, stack) or config.memory_length is not None:
        return []
    causal = stack == "Decoder" and not config.prefix_lm
    if not is_blockwise(reading, reading.length, causal):
        return []
    window = None if config.global_attention else config.window_of_layer(number)
    heads = reading.batch * config.num_heads
    return plan_tiles(reading.length, reading.length, heads, causal, window)


def source_tiles(config: TransformerConfig, reading: Reading) -> list[Tile]:
    """The same of cross-attention."""
    if not is_blockwise(reading, reading.source, False):
        return []
    heads = reading.batch * config.num_heads
    return plan_tiles(reading.length, reading.source, heads)


def keys_read(tiles: list[Tile], keys: int) -> list[int]:
    """Numbers of keys that are copied for tiles to read: one range for each.

    Keys that all tiles read alike are no copies.
    """
    ranges = {(tile.key_start, tile.key_stop) for tile in tiles} | {(0, keys)}
    return [stop - start for start, stop in sorted(ranges)]


def runs_loops(tiles: list[Tile]) -> bool:
    """Whether a tile has several blocks, which are computed one after another.

    Where each tile is one block, XLA finds that the gradient computes the same weights
    as the forward pass, and keeps them in place of computing them again.
    """
    return any(tile.blocks > 1 for tile in tiles)


def is_longformer(config: TransformerConfig, stack: str) -> bool:
    return stack == "Encoder" and config.global_attention


def blocks_seen(config: TransformerConfig, reading: Reading, number: int = 0) -> int:
    """How many blocks of keys a block of Longformer's queries sees, its own too."""
    window = min(config.window_of_layer(number) or 1, reading.length)
    sides = -(-(window - 1) // min(BLOCK, reading.length))
    return 2 * sides + 1
