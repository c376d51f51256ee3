"""TensorFlow's own (tf.data). From rows of ids to inputs and targets of a model."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from transformer_tf.objectives import (
    IGNORED,
    causal_shift,
    corrupt_spans,
    mask_tokens,
    pack_predictions,
    teacher_forcing_shift,
)
from transformer_tf.training.command.keys import ConfigError
from transformer_tf.training.command.settings import Objective
from transformer_tf.training.command.special_tokens import (
    mask_id,
    padding_id,
    sentinel_ids,
)

Examples = Callable[..., tuple[Any, Any]]


def row_lengths(objective: Objective) -> tuple[int, ...]:
    """How many tokens there are in the rows that an objective reads."""
    if objective.name == "causal":
        return (objective.length + 1,)  # inputs and targets are one apart
    if objective.name == "pairs":
        return objective.length, objective.target_length or objective.length
    return (objective.length,)


def examples(
    objective: Objective, tokenizer: Any, model: Any, end: int | None, seed: int
) -> Examples:
    """step, ids, lengths (of a pair: twice) -> inputs, targets.

    Args:
        objective: Which.
        tokenizer: Of the ids.
        model: Its config says what a decoder starts from.
        end: The id that ends a text.
        seed: Of what is hidden; with the step it says all.
    """
    make = {"causal": _causal, "masked": _mask, "spans": _spans, "pairs": _pairs}
    return make[objective.name](objective, tokenizer, model, end, seed)


def _real(ids, lengths):
    """[batch, length] booleans, True at tokens that are no padding."""
    return tf.sequence_mask(lengths, ids.shape[1])


def _causal(objective, tokenizer, model, end, seed) -> Examples:
    def make(step, ids, lengths):
        real = _real(ids, lengths)
        inputs, targets = causal_shift(ids, token_mask=real)
        if objective.packed:
            return inputs, targets
        return {"ids": inputs, "padding_mask": real[:, :-1]}, targets

    return make


def _mask(objective, tokenizer, model, end, seed) -> Examples:
    mask = mask_id(tokenizer)
    special = sorted({*tokenizer.special_ids, padding_id(tokenizer)} - {mask})
    places = math.ceil(objective.rate * objective.length)

    def make(step, ids, lengths):
        real = _real(ids, lengths)
        corrupted, targets = mask_tokens(
            ids,
            tf.stack([tf.constant(seed, tf.int64), step]),
            vocabulary_size=len(tokenizer),
            mask_id=mask,
            special_ids=special,
            rate=objective.rate,
        )
        targets = tf.where(real, targets, IGNORED)
        positions, targets = pack_predictions(targets, places)
        inputs = {"ids": corrupted, "mask_positions": positions}
        if not objective.packed:
            inputs["padding_mask"] = real
        return inputs, targets

    return make


def _spans(objective, tokenizer, model, end, seed) -> Examples:
    sentinels = sentinel_ids(tokenizer)
    dropped = min(
        max(round(objective.rate * objective.length), 1), objective.length - 1
    )
    spans = max(round(dropped / objective.mean_span), 1)
    if spans >= len(sentinels):
        raise ConfigError(
            f"objective drops {spans} spans of a row (rate, mean_span), and the "
            f"tokenizer has {len(sentinels)} sentinels, one more than spans are needed"
        )
    # The longest that a row's two sides become: sentinels, an end, one for rounding.
    widths = objective.length - dropped + spans + 2, dropped + spans + 3

    def corrupt(row):
        ids, length, number, step = row
        inputs, targets = corrupt_spans(
            ids[: tf.maximum(length, 2)],
            tf.stack([seed + number, step]),
            sentinel_ids=sentinels,
            rate=objective.rate,
            mean_span=objective.mean_span,
            end_id=end,
        )
        padded = [
            tf.pad(part[:width], [[0, tf.maximum(width - tf.size(part), 0)]])
            for part, width in zip((inputs, targets), widths)
        ]
        sizes = [
            tf.minimum(tf.size(part), w) for part, w in zip((inputs, targets), widths)
        ]
        return (*padded, *sizes)

    def make(step, ids, lengths):
        numbers = tf.range(tf.shape(ids, tf.int64)[0]) * 2**32
        steps = tf.fill(tf.shape(numbers), step)
        sources, targets, *sizes = tf.map_fn(
            corrupt,
            (ids, lengths, numbers, steps),
            fn_output_signature=(
                *(tf.TensorSpec([width], tf.int32) for width in widths),
                *(tf.TensorSpec([], tf.int32),) * 2,
            ),
        )
        return _seq2seq(sources, sizes[0], targets, sizes[1], model)

    return make


def _pairs(objective, tokenizer, model, end, seed) -> Examples:
    def make(step, sources, source_lengths, targets, target_lengths):
        return _seq2seq(sources, source_lengths, targets, target_lengths, model)

    return make


def _seq2seq(sources, source_lengths, targets, target_lengths, model):
    real = _real(targets, target_lengths)
    target_ids, targets = teacher_forcing_shift(
        targets, model.config.start_id, token_mask=real
    )
    inputs = {
        "source_ids": sources,
        "source_padding_mask": _real(sources, source_lengths),
        "target_ids": target_ids,
    }
    return inputs, targets
