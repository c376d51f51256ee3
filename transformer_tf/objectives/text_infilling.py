"""Text infilling: a mask may hide any number of tokens. TensorFlow's own (tf.data)."""

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


def infill_text(
    ids: Tensor,
    seed: Tensor,
    *,
    mask_id: int,
    rate: float = 0.3,
    mean_span: float = 3.0,
):
    """Replaces random spans by one mask each; the whole text is the target.

    Unlike span corruption, the model must find out how many tokens a mask hides: the
    lengths are drawn from a Poisson distribution, and a span of none inserts a mask.

    Args:
        ids: [length] integers, one sequence without padding, start or end.
        seed: Two integers; equal seeds hide equal spans.
        mask_id: The id that stands for a span.
        rate: Share of the tokens to hide, between 0 and 1.
        mean_span: Average length of a span, above 0.

    Returns:
        corrupted: [changed length] integers.
        targets: [length] integers: `ids`, for a teacher-forced decoder.

    Raises:
        ValueError: `rate` outside [0, 1], `mean_span` not positive, a batch instead of
            one sequence, an empty one (InvalidArgumentError when a graph runs).
        TypeError: `ids` are not int32 or int64.

    Example:
        >>> ids = np.arange(10, 20)
        >>> corrupted, targets = infill_text(ids, seed=(0, 1), mask_id=99)
        >>> print(np.array(corrupted), np.array(targets))
        [10 11 12 13 14 15 99 19] [10 11 12 13 14 15 16 17 18 19]

    Source: https://arxiv.org/abs/1910.13461, section 2.2.
    """
    ids = check_ids(ids, rank=1)
    check_fractions(rate=rate)
    if mean_span <= 0:
        raise ValueError(f"mean_span must be above 0; got {mean_span}")
    length = last_size(ids)
    require(length > 0, "ids is empty: there is no text to hide spans of")
    length_seed, place_seed = split_seed(seed, 2)

    hidden = tf.cast(tf.round(tf.cast(length, tf.float32) * rate), tf.int32)
    spans = draw_lengths(hidden, mean_span, length_seed)
    # Kept tokens and masks in random order; each knows how much text it stands for.
    is_mask = choose(tf.size(spans), length - hidden + tf.size(spans), place_seed)
    which = tf.cumsum(tf.cast(is_mask, tf.int32), exclusive=True)
    covers = tf.where(is_mask, tf.gather(tf.concat([spans, [1]], 0), which), 1)
    source = tf.cumsum(covers, exclusive=True)
    kept = tf.gather(ids, tf.minimum(source, length - 1))
    return tf.where(is_mask, tf.constant(mask_id, ids.dtype), kept), ids


def draw_lengths(total, mean, seed):
    """[spans] Poisson lengths, as many as it takes to sum to `total`."""
    enough = tf.cast(2 * tf.cast(total, tf.float32) / mean, tf.int32) + 50
    lengths = tf.random.stateless_poisson([enough], seed, mean, tf.int32)
    lengths = tf.concat([lengths, total[tf.newaxis]], axis=0)  # reaches it for sure
    after = tf.minimum(tf.cumsum(lengths), total)
    before = tf.concat([[0], after[:-1]], axis=0)
    return tf.boolean_mask(after - before, before < total)
