"""Activations of a forward pass: what it holds at the moment when it holds most.

A program that XLA compiles lays all that it will compute into one piece of memory,
and gives the place of what is no longer needed to what comes later. Its size is that of
its largest moment. Which tensors live then was read off such programs; each of them has
a name here, so that the sum can be followed.
"""

from __future__ import annotations

from collections.abc import Iterator

from transformer_tf.attention.memory_efficient.window_and_globals import (
    BLOCK,
    GLOBAL_BLOCK,
)
from transformer_tf.cost.architecture import Architecture
from transformer_tf.cost.attention import head_width
from transformer_tf.cost.dtypes import Precision
from transformer_tf.cost.kept import key_numbers, padded_keys
from transformer_tf.cost.reading import Reading
from transformer_tf.cost.scores import (
    blocks_seen,
    is_longformer,
    keys_read,
    runs_loops,
    self_tiles,
    source_tensors,
    weight_tensors,
)
from transformer_tf.cost.stacks import copied_tables
from transformer_tf.models.config import TransformerConfig


def serving_peak(
    architecture: Architecture,
    readings: dict[str, Reading],
    scored: int,
    precision: Precision,
) -> int:
    """Bytes of one forward pass, its output among them.

    Args:
        architecture: The model.
        readings: {stack: how it is called}.
        scored: Number of positions that a head for tokens scores in each text.
        precision: Of the numbers.
    """
    config = architecture.config
    batch = next(iter(readings.values())).batch
    output = 0
    if architecture.scores_tokens:
        output = batch * scored * config.vocabulary_size
    # A bias is added to scores that lie beside the output.
    largest = output if config.logit_bias else 0
    if config.cutoffs:
        # An adaptive softmax has its clusters' scores, and those before the last twice.
        largest = output // config.vocabulary_size
        largest *= config.vocabulary_size + config.cutoffs[-1]
    for held, moment in _all_moments(architecture, readings):
        # The output's place is there from the start, and one tensor fits in it.
        inside = max((size for size in moment if size <= output), default=0)
        largest = max(largest, held + sum(moment) - inside)
    return (output + largest) * precision.bytes


def _all_moments(
    architecture: Architecture, readings: dict[str, Reading]
) -> Iterator[tuple[int, list[int]]]:
    """(what is held all along, the tensors of a moment), as numbers."""
    config = architecture.config
    for stack, reading in readings.items():
        tables = copied_tables(config)
        depth = architecture.depth(stack)
        held = tables + source_numbers(config, reading, depth)
        for moment in attention_moments(config, stack, reading, depth):
            yield held, moment
        # The feed-forward layer is behind the first layer's attention to the source.
        held = tables + source_numbers(config, reading, depth - 1)
        yield held, feed_forward_moment(config, reading)
    if len(readings) == 2:
        # Self-attention of the first block of either stack: neither needs the other.
        first, second = (
            _scores_and_values(config, stack, reading, architecture.depth(stack))
            for stack, reading in readings.items()
        )
        yield 0, first + second


def source_numbers(config: TransformerConfig, reading: Reading, layers: int) -> int:
    """What the encoder returned, and keys and values of it for so many layers.

    They depend on nothing that the decoder computes: XLA makes them all at once.
    """
    source = reading.batch * reading.source * config.dim
    return source + 2 * layers * reading.source * key_numbers(config, reading)


def feed_forward_moment(config: TransformerConfig, reading: Reading) -> list[int]:
    """The tensors of a feed-forward layer that live together.

    A product and its activation run as one; a gate's two products and their own do not.
    Beside them are the input and what comes of it.
    """
    features = reading.tokens * config.dim
    hidden = reading.tokens * (config.hidden_dim or 4 * config.dim)
    return [hidden] * (3 if config.gated else 1) + [features] * 2


def attention_moments(
    config: TransformerConfig, stack: str, reading: Reading, depth: int
) -> Iterator[list[int]]:
    """The tensors that live together in the attention of a block."""
    features = reading.tokens * config.dim
    if reading.source:
        yield source_scores(config, reading) + [features] * 3
    yield _scores_and_values(config, stack, reading, depth)
    if stack == "Encoder" and not is_longformer(config, stack):
        # Nothing is masked: the moment before, with queries and keys.
        merged = reading.tokens * config.num_heads * head_width(config)
        keys = reading.length * key_numbers(config, reading)
        queries = [features, merged, keys, keys]
        yield weight_tensors(config, stack, reading) + queries
    loop = is_longformer(config, stack) and reading.length > BLOCK
    if loop and reading.global_positions:
        # Before the loop queries are there three times, keys and values twice and with
        # a window around them, and ones and zeros that pick the global ones.
        yield (
            [padded_keys(config, reading)] * 2
            + [reading.tokens * GLOBAL_BLOCK] * 2
            + [features] * (9 + depth)
        )


def _scores_and_values(
    config: TransformerConfig, stack: str, reading: Reading, depth: int
) -> list[int]:
    """Self-attention's scores before and behind mask or bias, values and the input."""
    features = reading.tokens * config.dim
    if is_longformer(config, stack):
        return _windows(config, reading, depth)
    weights = weight_tensors(config, stack, reading)
    if stack == "TransformerXL":  # what is added for distances, moved to its place
        return weights * 3 + [features] * 3
    tiles = self_tiles(config, stack, reading)
    each = key_numbers(config, reading)
    values = [each * count for count in keys_read(tiles, reading.length)]
    if runs_loops(tiles):  # a block at a time; queries and outputs of all, and keys
        return [max(weights)] * 2 + values * 2 + [features] * 3
    found = weights + values + [features]
    alone = reading.batch == 1
    if config.positions == "relative":  # of each head, for all texts
        found += [size // reading.batch for size in weights]
        return found if alone and tiles and stack == "Encoder" else found + weights
    if stack == "Decoder":
        return found + weights
    return found + weights[-1:] if alone and tiles else found


def _windows(config: TransformerConfig, reading: Reading, depth: int) -> list[int]:
    """The same of Longformer, whose blocks are computed one after another.

    An array for the outputs is there for each layer from the start, filled with zeros.
    """
    features = reading.tokens * config.dim
    found = weight_tensors(config, "Encoder", reading) * 2
    found += [padded_keys(config, reading), features] + [features] * depth
    width = config.num_heads * head_width(config)
    if reading.global_positions:
        # Keys and values of their own, and queries; scores with a block of global
        # positions; ones and zeros that pick these, and what was picked.
        found += [features] * 3 + [reading.tokens * config.num_heads * GLOBAL_BLOCK]
        found += [reading.tokens * GLOBAL_BLOCK] * 2
        found += [reading.batch * GLOBAL_BLOCK * width] * 4
    if reading.length > BLOCK:  # keys of this block, all others and queries
        seen = blocks_seen(config, reading) * BLOCK
        found += [reading.batch * seen * width, padded_keys(config, reading), features]
    return found


def source_scores(config: TransformerConfig, reading: Reading) -> list[int]:
    """Cross-attention's weights, and the scores of the tile at which XLA is."""
    weights = source_tensors(config, reading)
    return weights + weights[:1]
