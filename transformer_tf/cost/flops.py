"""Floating-point operations of a model's matrix products.

A multiplication and an addition count as two. Sums, softmaxes, norms and activations
are left out, as usual: they are a few operations for each number, where a projection
has twice its width.
"""

from __future__ import annotations

import dataclasses

from transformer_tf.cost.architecture import Architecture
from transformer_tf.cost.attention import source_projections
from transformer_tf.cost.pieces import PARTS
from transformer_tf.cost.reading import Reading
from transformer_tf.cost.whole import Layer, layers

Readings = dict[str, Reading]


def forward(architecture: Architecture, readings: Readings, scored: int) -> int:
    """Operations of one call.

    Args:
        architecture: The model.
        readings: {stack: how it is called}.
        scored: Number of positions that a head for tokens scores in each text.
    """
    found = layers(architecture, readings, scored)
    return sum(piece.forward for layer in found for piece in layer.pieces)


def forward_by_part(
    architecture: Architecture, readings: Readings, scored: int
) -> dict[str, int]:
    """The same for each part."""
    found = dict.fromkeys(PARTS, 0)
    for layer in layers(architecture, readings, scored):
        for piece in layer.pieces:
            found[piece.part] += piece.forward
    return found


def training_step(
    architecture: Architecture, readings: Readings, scored: int, rematerialize: bool
) -> int:
    """Operations of a forward and a backward pass; with rematerialization blocks are
    computed a second time. What the optimizer does for each weight is left out."""

    def cost(layer: Layer) -> int:
        again = rematerialize and layer.is_block
        calls = 2 if again else 1
        return sum(calls * p.forward + p.backward for p in layer.pieces)

    return sum(cost(layer) for layer in layers(architecture, readings, scored))


def token(architecture: Architecture, readings: Readings) -> int:
    """Operations of one more token of each text, behind a full cache."""
    reading = read_on(architecture, readings, length=1)
    return forward(architecture, reading, scored=1)


def generation(
    architecture: Architecture, readings: Readings, prompt: int, new_tokens: int
) -> int:
    """Operations that read a prompt, or a source, and write so many tokens.

    Args:
        architecture: The model.
        readings: As of a whole call; the decoder's has the capacity of the cache.
        prompt: Number of tokens that the decoder reads at once before it writes.
        new_tokens: Number of tokens written.
    """
    total = 0
    if architecture.reads_source:
        encoder = readings["Encoder"]
        total += forward(architecture, {"Encoder": encoder}, scored=0)
        rows = encoder.tokens * architecture.depth("Decoder")
        total += source_projections(architecture.config, rows)
    first = read_on(architecture, readings, prompt)
    total += forward(architecture, first, scored=1)
    return total + (new_tokens - 1) * token(architecture, readings)


def read_on(architecture: Architecture, readings: Readings, length: int) -> Readings:
    """How the decoder is called for some more tokens."""
    stack = architecture.stacks[-1]
    return {stack: dataclasses.replace(readings[stack], length=length)}
