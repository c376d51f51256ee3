"""Pieces of the stacks: what they read, and block after block."""

from __future__ import annotations

from transformer_tf.cost import attention
from transformer_tf.cost.pieces import Piece, Projection, Weights
from transformer_tf.cost.reading import Reading
from transformer_tf.embedding.adaptive import cluster_widths
from transformer_tf.models.config import TransformerConfig
from transformer_tf.models.input_embedding import read_width


def token_tables(config: TransformerConfig, tokens: int) -> list[Piece]:
    """The table of token vectors; with `cutoffs` one a cluster, and its projection."""
    if config.cutoffs is None:
        width = config.embedding_dim or config.dim
        return [Weights("embeddings", ((config.vocabulary_size, width),))]
    sizes, widths = clusters(config)
    shapes = tuple(zip(sizes, widths))
    if config.cutoff_divisor == 1:
        shapes = ((config.vocabulary_size, widths[0]),)
    pieces: list[Piece] = [Weights("embeddings", shapes)]
    if config.cutoff_divisor > 1 or widths[0] != config.dim:
        # Every token passes through each cluster's projection.
        pieces += [
            Projection("embeddings", width, config.dim, tokens, False)
            for _, width in shapes
        ]
    return pieces


def clusters(config: TransformerConfig) -> tuple[list[int], list[int]]:
    """Number of tokens and width of each cluster of an adaptive embedding."""
    ends = (0, *(config.cutoffs or ()), config.vocabulary_size)
    sizes = [end - start for start, end in zip(ends, ends[1:])]
    width = config.embedding_dim or config.dim
    return sizes, list(cluster_widths(width, config.cutoff_divisor, len(sizes)))


def copied_tables(config: TransformerConfig) -> int:
    """Numbers of table rows that an adaptive softmax copies.

    The first cluster's vectors stand in one matrix with those of the other clusters;
    where all clusters share a table, the others' are cut out of it.
    """
    if config.cutoffs is None:
        return 0
    sizes, widths = clusters(config)
    copied = sizes if config.cutoff_divisor == 1 else sizes[:1]
    return (sum(copied) + len(sizes) - 1) * widths[0]


def input_pieces(
    config: TransformerConfig, tokens: int, max_length: int | None
) -> list[Piece]:
    """Positions, token types, norm and projection: the tables of tokens apart."""
    width, shapes = read_width(config), []
    if config.positions == "learned":
        shapes.append(((max_length or 0) + config.position_offset, width))
    if config.num_token_types:
        shapes.append((config.num_token_types, width))
    pieces: list[Piece] = [Weights("embeddings", tuple(shapes))]
    if config.embedding_norm:
        pieces.append(norm(config, width))
    if config.embedding_dim and config.cutoffs is None:
        pieces.append(Projection("embeddings", width, config.dim, tokens))
    return pieces


def norm(config: TransformerConfig, width: int, count: int = 1) -> Weights:
    """Scale and, in a layer norm, offset of so many normalisations."""
    each = ((width,),) if config.norm == "rms" else ((width,), (width,))
    return Weights("normalization", each * count)


def block(
    config: TransformerConfig, number: int, body: str, reading: Reading
) -> list[Piece]:
    """The block of one layer.

    Args:
        config: The model's configuration.
        number: Of the layer.
        body: "Encoder", "Decoder" or "TransformerXL".
        reading: How it is called; with a `source` it has cross-attention.
    """
    norms = 2
    if body == "TransformerXL":
        pieces = attention.relative_attention(config, reading)
    elif body == "Encoder" and config.global_attention:
        window = config.window_of_layer(number)
        pieces = attention.longformer_attention(config, reading, window or 1)
    else:
        window = None  # with global attention it is the encoder's
        if not config.global_attention:
            window = config.window_of_layer(number)
        causal = body == "Decoder"
        pieces = attention.self_attention(config, reading, causal, window)
    if reading.source:
        pieces += attention.cross_attention(config, reading)
        norms += 1
    return [
        *pieces,
        *feed_forward(config, reading.tokens),
        norm(config, config.dim, norms),
    ]


def feed_forward(config: TransformerConfig, tokens: int) -> list[Piece]:
    hidden, bias = config.hidden_dim or 4 * config.dim, config.use_bias
    up = Projection("feed_forward", config.dim, hidden, tokens, bias)
    down = Projection("feed_forward", hidden, config.dim, tokens, bias)
    return [up, up, down] if config.gated else [up, down]


def around_blocks(config: TransformerConfig, body: str) -> list[Piece]:
    """What all blocks share, and the norm that ends the stack."""
    pieces: list[Piece] = []
    if config.positions == "relative":
        table = config.num_buckets, config.num_heads
        pieces.append(Weights("attention", (table,)))
    if body == "TransformerXL" and config.shared_position_biases:
        pieces.append(attention.relative_biases(config))
    if config.norm_first and body != "TransformerXL":
        pieces.append(norm(config, config.dim))
    return pieces
