"""Activations: what a call holds at the moment when it holds most.

A program that XLA compiles lays all that it will compute into one piece of memory,
and gives the place of what is no longer needed to what comes later. Its size is that of
its largest moment. Which tensors live then was read off such programs; each of them has
a name here, so that the sum can be followed.
"""

from __future__ import annotations

from transformer_tf.attention.memory_efficient.window_and_globals import (
    BLOCK,
    GLOBAL_BLOCK,
)
from transformer_tf.cost.architecture import Architecture
from transformer_tf.cost.attention import head_width
from transformer_tf.cost.dtypes import Precision
from transformer_tf.cost.kept import count_kept, count_kept_weights, hidden_tensors
from transformer_tf.cost.reading import Reading
from transformer_tf.cost.scores import attention_weights, holds_blocks, source_scores
from transformer_tf.models.config import TransformerConfig

# Tensors [batch, length, vocabulary] around the loss: the scores and their gradient. An
# adaptive softmax has them before and behind each cluster's own softmax as well.
AROUND_LOSS, AROUND_ADAPTIVE_LOSS = 2, 5
# What a masked language model keeps of its transformation: as a feed-forward layer, and
# the normalised vectors.
KEPT_BY_TRANSFORM = 4


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
    output = batch * scored * config.vocabulary_size if _scores(architecture) else 0
    # A bias is added to scores that lie beside the output.
    largest = output if architecture.transforms_before_scores else 0
    if config.cutoffs:
        # An adaptive softmax has its clusters' scores, and those before the last twice.
        largest = output // config.vocabulary_size
        largest *= config.vocabulary_size + config.cutoffs[-1]
    for held, moment in _all_moments(architecture, readings):
        # The output's place is there from the start, and one tensor fits in it.
        inside = max((size for size in moment if size <= output), default=0)
        largest = max(largest, held + sum(moment) - inside)
    return (output + largest) * precision.bytes


def _all_moments(architecture: Architecture, readings: dict[str, Reading]):
    """(what is held all along, the tensors of a moment), as numbers."""
    config = architecture.config
    for stack, reading in readings.items():
        held = source_numbers(architecture, reading)
        for moment in _moments(config, stack, reading):
            yield held, moment
    if config.positions == "relative" and len(readings) == 2:
        # Self-attention of the first block of either stack: neither needs the other.
        encoder, decoder = readings["Encoder"], readings["Decoder"]
        weights = attention_weights(config, "Encoder", encoder)
        first = [weights] + [encoder.tokens * config.dim] * 3
        second = _scores_by_position(config, "Decoder", decoder)
        yield 0, first + second + [decoder.tokens * config.dim] * 2


def source_numbers(architecture: Architecture, reading: Reading) -> int:
    """What the encoder returned, and every layer's keys and values of it.

    They depend on nothing that the decoder computes: XLA makes them all at once.
    """
    config = architecture.config
    width = (config.num_key_value_heads or config.num_heads) * head_width(config)
    source = reading.batch * reading.source
    return source * (config.dim + 2 * architecture.depth("Decoder") * width)


def _scores_by_position(
    config: TransformerConfig, stack: str, reading: Reading
) -> list[int]:
    """Scores, what positions add to them, and both.

    What they add is the same for all texts, but XLA may copy it for each.
    """
    weights = attention_weights(config, stack, reading)
    copied = stack == "TransformerXL" or (
        stack == "Decoder"
        and config.positions == "relative"
        and not holds_blocks(config, stack, reading)
    )
    return [weights, weights, weights if copied else weights // reading.batch]


def _scores(architecture: Architecture) -> bool:
    """Whether the output has a number for each token of the vocabulary."""
    kinds = ("CausalLM", "Seq2SeqLM", "MaskedLM", "PretrainingModel")
    return architecture.kind in kinds


def _moments(config: TransformerConfig, stack: str, reading: Reading):
    """The tensors that live together, as numbers: in attention, and behind it."""
    features = reading.tokens * config.dim
    hidden = reading.tokens * (config.hidden_dim or 4 * config.dim)
    # A product and its activation run as one; a gate's two products and their own do
    # not. Beside them are the input and what comes of it.
    yield [hidden] * (3 if config.gated else 1) + [features] * 2
    if reading.source:
        yield [*source_scores(config, reading), *[features] * 3]
    weights = attention_weights(config, stack, reading)
    if config.positions in ("relative", "linear") or stack == "TransformerXL":
        # Beside them are values, the input and its norm.
        yield _scores_by_position(config, stack, reading) + [features] * 3
    elif stack == "Encoder" and config.global_attention:
        seeing = bool(reading.global_positions)
        if reading.length <= BLOCK:
            yield [weights] * 2 + [features] * (7 + 4 * seeing)
        else:  # a loop over blocks
            yield [weights] * 3 + [features] * (5 + 5 * seeing)
            if seeing:  # global keys are picked by ones and zeros
                yield [weights, reading.tokens * GLOBAL_BLOCK] + [features] * 13
    elif stack != "Encoder":  # the scores before and behind the mask
        yield [weights] * 2 + [features] * 3
    else:  # scores, queries, keys, values and the input
        yield [weights, *[features] * 4]


def training_peak(
    architecture: Architecture,
    readings: dict[str, Reading],
    scored: int,
    precision: Precision,
    rematerialize: bool,
) -> int:
    """Bytes beside weights, gradients and slots of a training step.

    The largest moment is where the backward pass begins: everything is kept, and the
    gradients of logits and of the last block's hidden features are there.

    Args:
        architecture, readings, scored, precision: As in `serving_peak`.
        rematerialize: Whether blocks keep their input alone.
    """
    config, total, last, largest = architecture.config, 0, 0, 0
    batch = next(iter(readings.values())).batch
    if architecture.transforms_before_scores:
        width = config.embedding_dim or config.dim
        total += KEPT_BY_TRANSFORM * batch * scored * width
    for stack, reading in readings.items():
        features = reading.tokens * config.dim
        block = count_kept(config, stack, reading)
        depth = architecture.depth(stack)
        total += depth * (features if rematerialize else block) + features
        if rematerialize:
            last = max(last, block - features)
        hidden = reading.tokens * (config.hidden_dim or 4 * config.dim)
        begins = [hidden + features]
        if holds_blocks(config, stack, reading):
            # Attention's own: of every tile the gradients of its weights and, where
            # nothing is kept, the weights and the gradients of the scores. What the
            # feed-forward layer kept is no longer there.
            weights = attention_weights(config, stack, reading)
            if count_kept_weights(config, stack, reading) < weights:
                weights *= 3
            begins.append(weights + 5 * features - hidden_tensors(config) * hidden)
        if reading.source:
            # Its gradients by cross-attention: of the weights and of the scores.
            weights = sum(source_scores(config, reading))
            begins.append(weights - hidden_tensors(config) * hidden)
        if stack == "TransformerXL":
            # The gradients of the scores, by content and moved to their distances.
            weights = 2 * attention_weights(config, stack, reading)
            begins.append(weights - hidden_tensors(config) * hidden)
        # What stacks behind this one kept is no longer there either.
        largest = max(largest, total + max(begins))
    if _scores(architecture):
        tensors = AROUND_ADAPTIVE_LOSS if config.cutoffs else AROUND_LOSS
        logits = tensors * batch * scored * config.vocabulary_size
        largest = max(largest, total + logits + features)
    return (largest + last) * precision.bytes
