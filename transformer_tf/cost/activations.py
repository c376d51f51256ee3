"""Activations: what a call holds at the moment when it holds most.

A program that XLA compiles lays all that it will compute into one piece of memory,
and gives the place of what is no longer needed to what comes later. Its size is that of
its largest moment. Which tensors live then was read off such programs; each of them has
a name here, so that the sum can be followed.
"""

from __future__ import annotations

from transformer_tf.attention.memory_efficient.tiling import plan_tiles
from transformer_tf.attention.memory_efficient.window_and_globals import BLOCK
from transformer_tf.cost.architecture import Architecture
from transformer_tf.cost.attention import head_width, is_blockwise
from transformer_tf.cost.dtypes import Precision
from transformer_tf.cost.reading import Reading
from transformer_tf.models.config import TransformerConfig

# Tensors [batch, length, dim] that a block keeps for the backward pass: around
# attention its input, the same normalised, queries, keys, values and the merged heads;
# around the feed-forward layer its input and the same normalised.
KEPT = 8
# Hidden tensors of the feed-forward layer: before and after the activation and, where
# that is no plain `relu`, the inner function; with a gate both projections as well.
KEPT_HIDDEN, KEPT_HIDDEN_GATED = 3, 5
# Longformer loops over blocks of queries. Around the loop queries, keys and values are
# copied, with the blocks before and behind them, and gathered again.
KEPT_AROUND_LOOP = 9
# Of its queries Transformer-XL keeps one for contents and one for distances.
KEPT_QUERIES = 1
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
    for stack, reading in readings.items():
        held = source_numbers(architecture, reading)
        for moment in _moments(config, stack, reading):
            # The output's place is there from the start, and one tensor fits in it.
            inside = max((size for size in moment if size <= output), default=0)
            largest = max(largest, held + sum(moment) - inside)
    return (output + largest) * precision.bytes


def source_numbers(architecture: Architecture, reading: Reading) -> int:
    """What the encoder returned, and every layer's keys and values of it.

    They depend on nothing that the decoder computes: XLA makes them all at once.
    """
    config = architecture.config
    width = (config.num_key_value_heads or config.num_heads) * head_width(config)
    source = reading.batch * reading.source
    return source * (config.dim + 2 * architecture.depth("Decoder") * width)


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
    weights = attention_weights(config, stack, reading)
    if config.positions in ("relative", "linear") or stack == "TransformerXL":
        # Scores, what positions add to them, and both; values, input and its norm.
        # Block by block positions are added to all texts as they are read.
        whole = not holds_blocks(config, stack, reading)
        added = weights if whole else weights // reading.batch
        yield [weights] * 2 + [added] + [features] * 3
    elif stack == "Encoder" and config.global_attention:
        if reading.length > BLOCK:  # a loop over blocks
            yield [weights] * 3 + [features] * 5
        else:
            yield [weights] * 2 + [features] * 7
    elif stack != "Encoder":  # the scores before and behind the mask
        yield [weights] * 2 + [features] * 3
    else:  # scores, queries, keys, values and the input
        yield [weights, *[features] * 4]


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


def count_kept_weights(config: TransformerConfig, stack: str, reading: Reading) -> int:
    """How many numbers of self-attention's weights a block keeps."""
    weights = attention_weights(config, stack, reading)
    if stack == "Encoder" and config.global_attention:
        if reading.length <= BLOCK:  # no loop: weights, and scores
            return 2 * weights
        return KEPT_AROUND_LOOP * reading.tokens * config.dim
    if not holds_blocks(config, stack, reading):
        return weights
    heads = reading.batch * config.num_heads
    causal = stack == "Decoder" and not config.prefix_lm
    if runs_loops(reading, heads, reading.length, causal):
        return 0
    masks = weights // heads if causal else 0
    return weights + masks


def count_kept_of_source(config: TransformerConfig, reading: Reading) -> int:
    """The same of the weights of cross-attention."""
    heads = reading.batch * config.num_heads
    if is_blockwise(reading, reading.source, False) and runs_loops(
        reading, heads, reading.source, False
    ):
        return 0
    return heads * count_pairs(reading, heads, reading.source, False)


def hidden_tensors(config: TransformerConfig) -> int:
    """How many tensors [batch, length, hidden_dim] a feed-forward layer keeps."""
    if config.gated:
        return KEPT_HIDDEN_GATED
    return KEPT_HIDDEN - (config.activation == "relu")


def count_kept(config: TransformerConfig, stack: str, reading: Reading) -> int:
    """How many numbers one block keeps for the backward pass."""
    width = head_width(config)
    merged = config.num_heads * width
    shared = (config.num_key_value_heads or config.num_heads) * width
    features = (KEPT - 4) * config.dim + 2 * merged + 2 * shared
    hidden = config.hidden_dim or 4 * config.dim
    found = reading.tokens * (features + hidden_tensors(config) * hidden)
    found += count_kept_weights(config, stack, reading)
    if reading.source:
        source = reading.batch * reading.source
        found += reading.tokens * (2 * config.dim + 2 * merged) + 2 * source * shared
        found += count_kept_of_source(config, reading)
    if stack == "TransformerXL":
        found += KEPT_QUERIES * reading.tokens * merged
        before = (config.memory_length or 0) * config.zero_memory
        found += reading.batch * before * (config.dim + 2 * shared)
    return found + count_dropped(config, stack, reading)


def count_dropped(config: TransformerConfig, stack: str, reading: Reading) -> int:
    """What dropout adds: the weights that are left, and which features were."""
    found = 0
    if config.attention_dropout and not holds_blocks(config, stack, reading):
        found += attention_weights(config, stack, reading)
    if config.dropout:
        found += 2 * reading.tokens * config.dim
    return found


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
        elif stack == "TransformerXL":
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
