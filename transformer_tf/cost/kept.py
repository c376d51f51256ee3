"""What a block keeps for the backward pass, as numbers."""

from __future__ import annotations

from transformer_tf.attention.memory_efficient.window_and_globals import (
    BLOCK,
    GLOBAL_BLOCK,
)
from transformer_tf.cost.attention import head_width, is_blockwise
from transformer_tf.cost.reading import Reading
from transformer_tf.cost.scores import (
    attention_weights,
    holds_blocks,
    runs_loops,
    source_weights,
)
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
# Where some positions are global, keys and values of their own and, of every head and
# position, scores with a block of global ones: as keys and as queries, and softened.
KEPT_OF_GLOBALS, KEPT_GLOBAL_SCORES = 2, 4
# Of its queries Transformer-XL keeps one for contents and one for distances.
KEPT_QUERIES = 1


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
    """How many of them a block keeps for the backward pass."""
    heads = reading.batch * config.num_heads
    if is_blockwise(reading, reading.source, False) and runs_loops(
        reading, heads, reading.source, False
    ):
        return 0
    return source_weights(config, reading)


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
    if stack == "Encoder" and reading.global_positions:
        pairs = reading.tokens * GLOBAL_BLOCK
        found += KEPT_OF_GLOBALS * reading.tokens * merged
        found += (KEPT_GLOBAL_SCORES * config.num_heads + 1) * pairs
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
