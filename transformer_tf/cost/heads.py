"""Pieces of the heads."""

from __future__ import annotations

from transformer_tf.cost.architecture import Architecture
from transformer_tf.cost.pieces import Piece, Projection, Weights
from transformer_tf.cost.stacks import clusters
from transformer_tf.models.config import TransformerConfig


def head(architecture: Architecture, batch: int, length: int) -> list[Piece]:
    """What stands on the body, scoring every position or every text.

    Args:
        architecture: The model.
        batch: Number of texts.
        length: Number of positions that a head for tokens scores in each.
    """
    config, kind, tokens = architecture.config, architecture.kind, batch * length
    if kind in ("CausalLM", "Seq2SeqLM"):
        if config.cutoffs is not None:
            return _adaptive(config, tokens)
        if config.logit_transform is not None:
            return _masked_lm(config, tokens)
        return _scores(config, config.dim, tokens)
    if kind == "MaskedLM":
        return _masked_lm(config, tokens)
    if kind == "PretrainingModel":
        return _masked_lm(config, tokens) + _summary(config, batch, True, 2)
    if kind == "SequenceClassifier":
        return _summary(
            config,
            batch,
            architecture.pooled_transform,
            architecture.num_classes,
            architecture.head_bias,
        )
    if kind == "MultipleChoice":
        return _summary(config, batch, architecture.pooled_transform, 1)
    if kind == "ReplacedTokenDetector":
        return [_dense(config.dim, config.dim, tokens), _dense(config.dim, 1, tokens)]
    classes = {"TokenClassifier": architecture.num_classes, "SpanQuestionAnswerer": 2}
    if kind in classes:
        return [_dense(config.dim, classes[kind], tokens)]
    return []


def _dense(inputs: int, outputs: int, rows: int, bias: bool = True) -> Projection:
    return Projection("head", inputs, outputs, rows, bias)


def _scores(config: TransformerConfig, width: int, rows: int) -> list[Piece]:
    size = config.vocabulary_size
    return [
        Projection("head", width, size, rows, config.logit_bias, tied=config.tied),
    ]


def _masked_lm(config: TransformerConfig, rows: int) -> list[Piece]:
    width = config.dim
    if config.tied:
        width = config.embedding_dim or config.dim
    return [
        _dense(config.dim, width, rows),
        Weights("head", ((width,), (width,))),
        *_scores(config, width, rows),
    ]


def _summary(
    config: TransformerConfig,
    rows: int,
    transform: bool,
    classes: int,
    bias: bool = True,
) -> list[Piece]:
    first = [_dense(config.dim, config.dim, rows)] if transform else []
    return [*first, _dense(config.dim, classes, rows, bias)]


def _adaptive(config: TransformerConfig, rows: int) -> list[Piece]:
    """Scores cluster by cluster, in the width of each."""
    sizes, widths = clusters(config)
    is_one = config.cutoff_divisor == 1
    pieces: list[Piece] = []
    more = len(sizes) - 1  # the first cluster also scores the others
    narrow = not is_one or widths[0] != config.dim
    for number, (size, width) in enumerate(zip(sizes, widths)):
        if narrow:
            own = number == 0 or not config.tied
            pieces.append(
                Projection("head", config.dim, width, rows, False, tied=not own)
            )
        scored = size if number else size + more
        pieces.append(Projection("head", width, scored, rows, False, tied=True))
    tables = () if config.tied else tuple(zip(sizes, widths))
    if is_one and not config.tied:
        tables = ((config.vocabulary_size, widths[0]),)
    own_weights = (*tables, (more, widths[0]), (more,))
    biases = ((config.vocabulary_size,),) if is_one else tuple((s,) for s in sizes)
    return [*pieces, Weights("head", (*own_weights, *biases))]
