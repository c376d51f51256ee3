"""All pieces of a model, as one call reads so many tokens."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

from transformer_tf.cost import stacks
from transformer_tf.cost.architecture import Architecture
from transformer_tf.cost.attention import head_width
from transformer_tf.cost.heads import head
from transformer_tf.cost.pieces import PARTS, Piece
from transformer_tf.cost.reading import Reading


@dataclasses.dataclass(frozen=True)
class Layer:
    """The pieces of one layer, or of what stands before and after all layers.

    Args:
        pieces: Its pieces.
        is_block: Whether it is a block, which may be rematerialized.
        has_weights: Whether its weights are its own, not those of a layer before.
    """

    pieces: tuple[Piece, ...]
    is_block: bool = False
    has_weights: bool = True


def layers(
    architecture: Architecture, readings: dict[str, Reading], scored: int
) -> Iterator[Layer]:
    """Everything that is computed in one call.

    Args:
        architecture: The model.
        readings: {stack: how it is called}; a stack that is missing is not called.
        scored: Number of positions that a head for tokens scores in each text.
    """
    config = architecture.config
    tokens = sum(reading.tokens for reading in readings.values())
    yield Layer(tuple(stacks.token_tables(config, tokens)))
    for stack, reading in readings.items():
        longest = architecture.max_length(stack)
        yield Layer(tuple(stacks.input_pieces(config, reading.tokens, longest)))
        for number in range(architecture.depth(stack)):
            pieces = stacks.block(config, number, stack, reading)
            own = number == 0 or not config.shared_layers
            yield Layer(tuple(pieces), is_block=True, has_weights=own)
        yield Layer(tuple(stacks.around_blocks(config, stack)))
    batch = next(iter(readings.values())).batch
    yield Layer(tuple(head(architecture, batch, scored)))


def parameters(architecture: Architecture) -> dict[str, int]:
    """{part: number of weights}, what is shared counted once."""
    found = dict.fromkeys(PARTS, 0)
    for part, shape in weight_shapes(architecture):
        found[part] += math.prod(shape)
    return found


def weight_shapes(architecture: Architecture) -> Iterator[tuple[str, tuple[int, ...]]]:
    """(part, shape) of every weight, what is shared once."""
    readings = {}
    for stack in architecture.stacks:
        source = 1 if architecture.reads_source and stack == "Decoder" else 0
        readings[stack] = Reading(batch=1, length=1, source=source)
    for layer in layers(architecture, readings, scored=1):
        if layer.has_weights:
            for piece in layer.pieces:
                for shape in piece.shapes:
                    yield piece.part, shape


def cache_numbers(architecture: Architecture, readings: dict[str, Reading]) -> int:
    """How many numbers generation keeps: keys and values, or states of a memory.

    Args:
        architecture: The model.
        readings: {stack: how it is called}, the decoder's with a capacity; empty for a
            model that does not generate.
    """
    if not readings:
        return 0
    config, stack = architecture.config, architecture.stacks[-1]
    reading, depth = readings[stack], architecture.depth(stack)
    if config.memory_length is not None:
        return depth * reading.batch * config.memory_length * config.dim
    width = (config.num_key_value_heads or config.num_heads) * head_width(config)
    slots = (reading.capacity or 0) + reading.source
    return 2 * depth * reading.batch * slots * width
