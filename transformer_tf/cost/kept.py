"""What a block keeps for the backward pass: a list of tensors, by their size."""

from __future__ import annotations

import dataclasses

from transformer_tf.attention.memory_efficient.window_and_globals import (
    BLOCK,
    GLOBAL_BLOCK,
)
from transformer_tf.cost.attention import head_width
from transformer_tf.cost.reading import Reading
from transformer_tf.cost.scores import (
    blocks_seen,
    is_longformer,
    keys_read,
    runs_loops,
    self_tiles,
    source_tensors,
    source_tiles,
    weight_tensors,
)
from transformer_tf.models.config import TransformerConfig

# Hidden tensors of the feed-forward layer: before and after the activation and, where
# that is no plain `relu`, the inner function; with a gate both projections as well.
KEPT_HIDDEN, KEPT_HIDDEN_GATED = 3, 5


@dataclasses.dataclass(frozen=True)
class Kept:
    """Tensors that a layer keeps, each as the number of its numbers.

    Args:
        read: What attention reads: its input, the same normalised, queries, keys and
            values.
        weights: Its weights.
        written: What it wrote: the heads' outputs, merged.
        again: Weights of blocks that are computed a second time, and not kept.
        copies: As many numbers as the weights: what dropout left, scores within a cap,
            weights turned.
        zeros: Which of those that are read are there from the start, filled with zeros.
    """

    read: list[int]
    weights: list[int]
    written: list[int]
    again: list[int] = dataclasses.field(default_factory=list)
    copies: list[int] = dataclasses.field(default_factory=list)
    zeros: list[int] = dataclasses.field(default_factory=list)

    @property
    def tensors(self) -> list[int]:
        return self.read + self.weights + self.copies + self.written


@dataclasses.dataclass(frozen=True)
class KeptByBlock:
    """What a whole block keeps.

    Args:
        attention: Its self-attention.
        source: Its cross-attention, or None.
        feed_forward: Tensors of its feed-forward layer.
        random: The random numbers by which dropout chooses features; XLA draws them
            once, at the start, also of blocks that are computed a second time.
    """

    attention: Kept
    source: Kept | None
    feed_forward: list[int]
    random: list[int]

    @property
    def tensors(self) -> list[int]:
        of_source = self.source.tensors if self.source else []
        return self.attention.tensors + of_source + self.feed_forward + self.random

    @property
    def from_start(self) -> list[int]:
        """What is there before the block is computed."""
        return self.attention.zeros + self.random


def keep_block(
    config: TransformerConfig, stack: str, reading: Reading, number: int
) -> KeptByBlock:
    """What the block of the layer of this number keeps.

    Args:
        config: The model's configuration.
        stack: "Encoder", "Decoder" or "TransformerXL".
        reading: How it is called; with a `source` it has cross-attention.
        number: Of the layer.
    """
    attention = keep_attention(config, stack, reading, number)
    source = keep_source(config, reading) if reading.source else None
    features = reading.tokens * config.dim
    hidden = reading.tokens * (config.hidden_dim or 4 * config.dim)
    # The input, the same normalised, and what is hidden.
    forward = [features] * 2 + [hidden] * hidden_tensors(config)
    parts = 3 if source else 2
    random = [features] * parts * bool(config.dropout)
    random += [hidden] * bool(config.activation_dropout)
    return KeptByBlock(attention, source, forward, random)


def hidden_tensors(config: TransformerConfig) -> int:
    """How many tensors [batch, length, hidden_dim] a feed-forward layer keeps."""
    if config.gated:
        return KEPT_HIDDEN_GATED
    return KEPT_HIDDEN - (config.activation == "relu")


def keep_attention(
    config: TransformerConfig, stack: str, reading: Reading, number: int
) -> Kept:
    """What self-attention of the layer of this number keeps."""
    features = reading.tokens * config.dim
    merged = reading.tokens * config.num_heads * head_width(config)
    read, written = [features] * 2 + [merged], [merged]
    if is_longformer(config, stack):
        read += _keep_windows(config, reading, number)
        zeros = [merged * blocks_seen(config, reading, number)] * 2 + [merged]
        weights = weight_tensors(config, stack, reading, number)
        read, written = read + zeros, [merged] * 2
        if reading.length > BLOCK:  # a loop, around which queries are copied
            return Kept(read + [merged], [], written, again=weights, zeros=zeros)
        copies = weights if reading.batch == 1 else []  # of a single text also turned
        return Kept(read, weights, written, copies=copies, zeros=zeros)
    tiles = self_tiles(config, stack, reading, number)
    keys = reading.length
    if stack == "TransformerXL":
        # A query for contents and one for distances; keys of the memory as well.
        read.append(merged)
        before = (config.memory_length or 0) * config.zero_memory
        read += [reading.batch * before * config.dim] * bool(before)
        keys += before
    each = key_numbers(config, reading)
    keys_and_values = [each * count for count in keys_read(tiles, keys)] * 2
    read += keys_and_values
    if config.query_key_norm:  # and before they are normalised
        read += [merged, each * keys]
    if tiles:  # the outputs of all tiles, head by head
        written.append(merged)
    weights = weight_tensors(config, stack, reading, number)
    if runs_loops(tiles):
        return _loops(read, weights, written, keys=keys_and_values)
    return Kept(read, weights, written, copies=_copies(config, weights))


def _copies(config: TransformerConfig, weights: list[int]) -> list[int]:
    """The weights that dropout left, and the scores within a cap."""
    return weights * (bool(config.attention_dropout) + bool(config.attention_soft_cap))


def _loops(
    read: list[int], weights: list[int], written: list[int], keys: list[int]
) -> Kept:
    """Tiles one after another: their keys' gradients are added to zeros."""
    return Kept(read + keys, [], written, again=[max(weights)], zeros=keys)


def keep_source(config: TransformerConfig, reading: Reading) -> Kept:
    """What cross-attention keeps."""
    features = reading.tokens * config.dim
    merged = reading.tokens * config.num_heads * head_width(config)
    tiles = source_tiles(config, reading)
    keys_and_values = [reading.source * key_numbers(config, reading)] * 2
    read = [features] * 2 + [merged] + keys_and_values
    written = [merged] * (2 if tiles else 1)
    weights = source_tensors(config, reading)
    if runs_loops(tiles):
        return _loops(read, weights, written, keys=keys_and_values)
    return Kept(read, weights, written, copies=_copies(config, weights))


def key_numbers(config: TransformerConfig, reading: Reading) -> int:
    """Numbers of the keys of one position, in all texts."""
    heads = config.num_key_value_heads or config.num_heads
    return reading.batch * heads * head_width(config)


def _keep_windows(
    config: TransformerConfig, reading: Reading, number: int
) -> list[int]:
    """Longformer's keys and values.

    They are padded on both sides. For every block of queries those that it sees are
    copied once more, all blocks in an array, beside an array for the outputs.
    """
    merged = reading.tokens * config.num_heads * head_width(config)
    found = [padded_keys(config, reading, number)] * 2
    if reading.global_positions:
        # Keys and values of their own, and the scores of every position with a block
        # of global ones: as keys and as queries.
        found += [merged] * 2
        found += [reading.tokens * config.num_heads * GLOBAL_BLOCK] * 2
    return found


def padded_keys(config: TransformerConfig, reading: Reading, number: int = 0) -> int:
    """Numbers of Longformer's keys with a window's blocks before and behind them."""
    block = min(BLOCK, reading.length)
    blocks = -(-reading.length // block) + blocks_seen(config, reading, number) - 1
    return blocks * block * reading.batch * config.num_heads * head_width(config)
