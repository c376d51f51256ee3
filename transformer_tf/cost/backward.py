"""Activations of a training step, at the moment when it holds most.

That is where the backward pass begins: everything is kept, and the first gradients are
there. As of a forward pass, which tensors live then was read off compiled programs.
"""

from __future__ import annotations

import bisect
import math
from collections import Counter
from collections.abc import Iterable, Iterator

from transformer_tf.attention.memory_efficient.window_and_globals import GLOBAL_BLOCK
from transformer_tf.cost.activations import attention_moments
from transformer_tf.cost.architecture import Architecture
from transformer_tf.cost.dtypes import Precision
from transformer_tf.cost.kept import Kept, keep_block
from transformer_tf.cost.reading import Reading
from transformer_tf.cost.whole import weight_shapes

# Tensors [batch, length, vocabulary] around the loss: the scores and their gradient. An
# adaptive softmax has them before and behind each cluster's own softmax as well.
AROUND_LOSS, AROUND_ADAPTIVE_LOSS = 2, 5
# What a masked language model keeps of its transformation: as a feed-forward layer, and
# the normalised vectors.
KEPT_BY_TRANSFORM = 4


def training_peak(
    architecture: Architecture,
    readings: dict[str, Reading],
    scored: int,
    precision: Precision,
    rematerialize: bool,
) -> int:
    """Bytes beside weights, gradients and slots of a training step.

    Args:
        architecture: The model.
        readings: {stack: how it is called}.
        scored: Number of positions that a head for tokens scores in each text.
        precision: Of the numbers.
        rematerialize: Whether blocks keep their input alone.
    """
    each = precision.weight_bytes // precision.bytes
    places = [each * place for place in free_places(architecture)]
    moments = _moments(architecture, readings, scored, rematerialize)
    return max(count_beside(one, places) for one in moments) * precision.bytes


def free_places(architecture: Architecture) -> list[int]:
    """Sizes of the gradients that are computed last, whose places are free till then.

    The first are those of the head and of the last layer's second projection; those of
    tables start as zeros, to which rows are added.
    """
    config = architecture.config
    shapes = [
        shape
        for part, shape in weight_shapes(architecture)
        if part not in ("embeddings", "head")
    ]
    shapes.remove((config.hidden_dim or 4 * config.dim, config.dim))
    return [math.prod(shape) for shape in shapes]


def count_beside(tensors: Iterable[int], places: Iterable[int]) -> int:
    """How many numbers find no place among the gradients, which are counted apart.

    A gradient's place is there from the start. Until it is computed XLA keeps a tensor
    in it: the largest first, each in the smallest place that is large enough.
    """
    free, beside = sorted(places), 0
    for size in sorted(tensors, reverse=True):
        place = bisect.bisect_left(free, size)
        if place < len(free):
            free.pop(place)
        else:
            beside += size
    return beside


def _moments(
    architecture: Architecture,
    readings: dict[str, Reading],
    scored: int,
    rematerialize: bool,
) -> Iterator[list[int]]:
    """The tensors that live together where the backward pass of each part begins."""
    config = architecture.config
    batch = next(iter(readings.values())).batch
    kept = []
    if len(readings) == 2 and config.tied:  # the table's gradient is a sum of three
        kept.append(config.vocabulary_size * (config.embedding_dim or config.dim))
    for stack, reading in readings.items():
        features, depth = reading.tokens * config.dim, architecture.depth(stack)
        # What the embedding or the last block returned; before it is normalised; and
        # which of it dropout left.
        kept += [features] * (1 + config.embedding_norm + bool(config.dropout))
        if stack == "Encoder" and reading.global_positions:
            # Ones and zeros that pick the global positions, for all layers.
            kept += [reading.tokens * GLOBAL_BLOCK] * 2
        *before, last = [keep_block(config, stack, reading, n) for n in range(depth)]
        for number, block in enumerate(before):
            if rematerialize:  # its input; that of the first is the embedding's output
                kept += [features] * (number > 0) + block.from_start
            else:
                kept += block.tensors
        hidden = reading.tokens * (config.hidden_dim or 4 * config.dim)
        if rematerialize:
            # The block's forward pass once more; with a norm in front, gradients have
            # reached the hidden features before that.
            reached = [features] + [hidden] * config.norm_first + last.random
            for moment in attention_moments(config, stack, reading, depth):
                both = Counter(moment) | Counter(last.attention.read)
                yield kept + list(both.elements()) + reached
            yield kept + last.tensors + [features, hidden]
        else:
            # A plain relu's own gradient needs what it returned.
            relu = config.activation == "relu"
            yield kept + last.tensors + [features] * 3 + [hidden] * relu
        if last.source:
            begins = _attention_begins(last.source, reading, features)
            yield kept + last.attention.tensors + begins
        begins = _attention_begins(last.attention, reading, features)
        if rematerialize and config.positions == "relative":
            # What positions add to the scores, and the last tile's gradient turned.
            bias = [size // batch for size in last.attention.weights]
            begins += bias + bias[-1:]
        if stack == "TransformerXL" and batch == 1:
            begins += last.attention.weights  # gradients moved to their distances
        yield kept + begins
        if rematerialize:
            kept += [features] + last.from_start
        else:
            kept += last.tensors
    transform = []
    if architecture.transforms_before_scores:
        width = config.embedding_dim or config.dim
        transform = [batch * scored * width] * KEPT_BY_TRANSFORM
        yield kept + transform * 2  # and their gradients
    if architecture.scores_tokens:
        tensors = AROUND_ADAPTIVE_LOSS if config.cutoffs else AROUND_LOSS
        logits = batch * scored * config.vocabulary_size
        yield kept + transform + [logits] * tensors + [features]


def _attention_begins(kept: Kept, reading: Reading, features: int) -> list[int]:
    """Where the backward pass of attention begins: what it wrote is needed no more.

    There are the gradients of weights and of the residual stream; those of values take
    the values' place. The softmax has a product of weights and their gradients beside
    both; block by block it is written over the gradients, but for a single text, whose
    axis XLA leaves out.
    """
    weights = kept.weights or kept.again
    found = kept.read + weights * 2 + [features]
    if len(kept.written) == 1:  # not block by block
        return found + weights
    return found + weights[-1:] if reading.batch == 1 else found
