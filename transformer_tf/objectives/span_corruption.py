"""Span corruption: drop spans, ask for them in order. TensorFlow's own (tf.data)."""

from typing import Any

import tensorflow as tf

from transformer_tf.annotations import Tensor
from transformer_tf.objectives.drawing import (
    check_fractions,
    check_ids,
    choose,
    last_size,
    require,
    split_seed,
)


def corrupt_spans(
    ids: Tensor,
    seed: Tensor,
    *,
    sentinel_ids: Any,
    rate: float = 0.15,
    mean_span: float = 3.0,
    end_id: int | None = None,
):
    """Replaces random spans by one sentinel each and asks for what they held.

    Args:
        ids: [length] integers, one sequence without padding, at least two tokens.
        seed: Two integers; equal seeds drop equal spans.
        sentinel_ids: The sentinels in order of use, one more than spans; T5 has
            `range(32099, 31999, -1)`.
        rate: Share of the tokens to drop, between 0 and 1; at least one is dropped and
            one is kept.
        mean_span: Average length of a span, at least 1.
        end_id: Appended to inputs and targets, unless None.

    Returns:
        inputs: [shorter] integers: the text with a sentinel in place of each span.
        targets: [dropped] integers: each sentinel and its span, and a last sentinel.

    Raises:
        ValueError: `rate` outside [0, 1], `mean_span` below 1, a batch instead of one
            sequence, fewer than two tokens, too few sentinels (the last two as
            InvalidArgumentError when a graph runs).
        TypeError: `ids` are not int32 or int64.

    Example:
        >>> ids = np.arange(10, 20)
        >>> inputs, targets = corrupt_spans(ids, seed=(0, 1), sentinel_ids=[99, 98])
        >>> print(np.array(inputs), np.array(targets))
        [10 11 12 13 14 15 16 17 99] [99 18 19 98]

    Source: https://arxiv.org/abs/1910.10683, sections 3.1.4 and 3.3.4. The paper does
    not say where spans lie: here all ways to place them are equally likely, while the
    authors' code keeps every text's first token and ends every text with a span.
    """
    ids = check_ids(ids, rank=1)
    check_fractions(rate=rate)
    if mean_span < 1:
        raise ValueError(f"mean_span must be at least 1; got {mean_span}")
    length = last_size(ids)
    require(length > 1, "ids need two tokens at least: one to drop and one to keep")
    dropped = draw_spans(length, rate, mean_span, seed)
    return replace_spans(ids, dropped, sentinel_ids, end_id)


def draw_spans(length, rate, mean_span, seed):
    """[length] booleans: spans of True, no two of them touching."""
    length_seed, place_seed = split_seed(seed, 2)
    dropped = tf.round(tf.cast(length, tf.float32) * rate)
    dropped = tf.clip_by_value(tf.cast(dropped, tf.int32), 1, length - 1)
    gaps = length - dropped + 1  # before, between and after the kept tokens
    spans = tf.cast(tf.round(tf.cast(dropped, tf.float32) / mean_span), tf.int32)
    spans = tf.clip_by_value(spans, 1, tf.minimum(dropped, gaps))
    lengths = cut(dropped, spans, length_seed)
    has_span = choose(spans, gaps, place_seed)
    which = tf.cumsum(tf.cast(has_span, tf.int32), exclusive=True)
    in_gap = tf.where(has_span, tf.gather(tf.concat([lengths, [0]], 0), which), 0)
    # dropped, kept, dropped, kept ... with nothing kept after the last gap
    runs = tf.stack([in_gap, tf.ones_like(in_gap)], axis=1)
    dropped = tf.repeat(tf.tile([True, False], [gaps]), tf.reshape(runs, [-1]))
    return dropped[:length]


def cut(total, parts, seed):
    """[parts] positive lengths that sum to `total`, every way equally likely."""
    cuts = choose(parts - 1, total - 1, seed)
    part = tf.cumsum(tf.concat([[0], tf.cast(cuts, tf.int32)], axis=0))
    return tf.math.unsorted_segment_sum(tf.ones_like(part), part, parts)


def replace_spans(ids, dropped, sentinel_ids, end_id=None):
    """[length] ids, [length] booleans -> inputs and targets with sentinels."""
    sentinel_ids = list(sentinel_ids)
    sentinels = tf.constant(sentinel_ids, ids.dtype)
    starts = dropped & ~tf.concat([[False], dropped[:-1]], axis=0)
    number = tf.cumsum(tf.cast(starts, tf.int32))  # of the span, from 1
    spans = number[-1]
    require(
        spans < len(sentinel_ids),
        f"{len(sentinel_ids)} sentinel_ids are too few: one a span and one at the end",
    )
    last = len(sentinel_ids) - 1
    sentinel = tf.gather(sentinels, tf.clip_by_value(number - 1, 0, last))
    inputs = tf.boolean_mask(tf.where(starts, sentinel, ids), starts | ~dropped)
    # [length, 2]: a sentinel before each span's first token
    pairs = tf.stack([sentinel, ids], axis=1)
    targets = tf.boolean_mask(pairs, tf.stack([starts, dropped], axis=1))
    targets = tf.concat(
        [targets, tf.gather(sentinels, [tf.minimum(spans, last)])], axis=0
    )
    if end_id is not None:
        end = tf.constant([end_id], ids.dtype)
        inputs, targets = (tf.concat([part, end], 0) for part in (inputs, targets))
    return inputs, targets
