"""Scores of attention: how many of them a call holds at once."""

from __future__ import annotations

from transformer_tf.attention.memory_efficient.tiling import plan_tiles
from transformer_tf.attention.memory_efficient.window_and_globals import BLOCK
from transformer_tf.cost.attention import is_blockwise
from transformer_tf.cost.reading import Reading
from transformer_tf.models.config import TransformerConfig


def attention_weights(config: TransformerConfig, stack: str, reading: Reading) -> int:
    """How many weights of self-attention are held at once.

    On the memory-efficient path a block of each tile: XLA starts all tiles at once.
    """
    heads, length = reading.batch * config.num_heads, reading.length
    if stack == "Encoder" and config.global_attention:
        window = max(config.window_of_layer(n) or 1 for n in range(config.num_layers))
        block = min(BLOCK, length)
        sides = -(-(min(window, length) - 1) // block)
        return heads * block * (2 * sides + 1) * block
    if config.memory_length is not None:
        return heads * length * (length + config.memory_length * config.zero_memory)
    causal = stack == "Decoder" and not config.prefix_lm
    return heads * count_pairs(reading, heads, length, causal)


def count_pairs(reading: Reading, heads: int, keys: int, causal: bool) -> int:
    """How many pairs of a query and a key are held at once, for each head."""
    if not is_blockwise(reading, keys, causal):
        return reading.length * keys
    tiles = plan_tiles(reading.length, keys, heads, causal)
    return sum(t.block * (t.key_stop - t.key_start) for t in tiles)


def holds_blocks(config: TransformerConfig, stack: str, reading: Reading) -> bool:
    """Whether self-attention computes its weights again instead of keeping them."""
    if stack == "Encoder" and config.global_attention:
        return True
    if config.memory_length is not None:
        return False
    causal = stack == "Decoder" and not config.prefix_lm
    return is_blockwise(reading, reading.length, causal)


def runs_loops(reading: Reading, heads: int, keys: int, causal: bool) -> bool:
    """Whether a tile has several blocks, which are computed one after another.

    Where each tile is one block, XLA finds that the gradient computes the same weights
    as the forward pass, and keeps them in place of computing them again.
    """
    tiles = plan_tiles(reading.length, keys, heads, causal)
    return any(tile.blocks > 1 for tile in tiles)


def source_weights(config: TransformerConfig, reading: Reading) -> int:
    """How many weights of cross-attention are held at once."""
    heads = reading.batch * config.num_heads
    return heads * count_pairs(reading, heads, reading.source, False)


def source_scores(config: TransformerConfig, reading: Reading) -> list[int]:
    """Cross-attention's weights, and the scores of the tile at which XLA is."""
    weights = source_weights(config, reading)
    if not is_blockwise(reading, reading.source, False):
        return [weights, weights]
    heads = reading.batch * config.num_heads
    return [weights, weights // len(plan_tiles(reading.length, reading.source, heads))]
