"""decoders.perplexity: the exponential of the mean surprise, over tokens."""

import math

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.decoders.samples import UNIT, padded
from course.examination import Call, Exercise, OneOf, Sizes


def perplexity(losses, real):
    """The perplexity of some texts: e to the mean loss of their tokens.

    Args:
        losses: [batch, length] floats: minus the log-probability of each token, in
            nats. At padding they mean nothing, and may be infinite or not a number.
        real: [batch, length] booleans: True where a token was predicted; at least one.

    Returns:
        A scalar, at least 1: every token of every text weighs the same.
    """
    total = ops.sum(ops.where(real, losses, 0.0))
    return ops.exp(total / ops.sum(ops.cast(real, losses.dtype)))


exercise = Exercise(
    "decoders.perplexity",
    unit=UNIT,
    answer="perplexity",
    reference=perplexity,
    parts={"one_text": 1, "texts": 3, "meaningless": 1},
    returns={"perplexity": ()},
    forbidden=(f"{__name__}.perplexity", "transformer_tf.Perplexity"),
    hints=3,
    difficulty=2,
    importance=4,
    minutes=10,
    paper="https://doi.org/10.1121/1.2016299",
)


def _call(rng, batch, length, side, rubbish=None):
    """Every text of another length and another difficulty."""
    real = padded(rng, batch, length, side)
    level = np.linspace(0.4, 2.0, batch)[:, None]
    losses = level * rng.uniform(0.3, 1.7, size=real.shape)
    if rubbish is not None:
        losses = np.where(real, losses, rubbish)
    return Call(losses.astype("float32"), real)


@exercise.probe(part="one_text")
def one_whole_text(rng):
    return _call(rng, 1, 6, "none")


@exercise.probe(part="texts")
def texts_of_other_lengths(rng):
    return _call(rng, 3, 7, "right")


@exercise.probe(part="texts")
def padding_in_front(rng):
    return _call(rng, 3, 6, "left")


@exercise.promise(
    part="texts",
    batch=Sizes(1, 4),
    length=Sizes(1, 9),
    side=OneOf("left", "right", "none"),
    rubbish=OneOf(0.0, 90.0, -3.0),
)
def any_texts(rng, batch, length, side, rubbish):
    return _call(rng, batch, length, side, rubbish)


@exercise.promise(part="meaningless", rubbish=OneOf(np.inf, -np.inf, np.nan))
def no_number_at_padding(rng, rubbish):
    return _call(rng, 3, 6, "right", rubbish)


def _masked(losses, real):
    return ops.where(real, losses, 0.0), ops.cast(real, losses.dtype)


@exercise.misconception
def mean_of_the_texts_perplexities(losses, real):
    kept, counts = _masked(losses, real)
    return ops.mean(ops.exp(ops.sum(kept, axis=1) / ops.sum(counts, axis=1)))


@exercise.misconception
def mean_of_the_texts_means(losses, real):
    kept, counts = _masked(losses, real)
    return ops.exp(ops.mean(ops.sum(kept, axis=1) / ops.sum(counts, axis=1)))


@exercise.misconception
def mean_of_the_exponentials(losses, real):
    kept, counts = _masked(losses, real)
    return ops.sum(ops.exp(kept) * counts) / ops.sum(counts)


@exercise.misconception
def exponential_of_the_sum(losses, real):
    return ops.exp(ops.sum(_masked(losses, real)[0]))


@exercise.misconception
def two_to_the_nats(losses, real):
    kept, counts = _masked(losses, real)
    return ops.power(2.0, ops.sum(kept) / ops.sum(counts))


@exercise.misconception
def padding_in_the_mean(losses, real):
    return ops.exp(ops.mean(losses))


@exercise.misconception
def divided_by_all_places(losses, real):
    return ops.exp(ops.mean(_masked(losses, real)[0]))


@exercise.misconception
def exponential_forgotten(losses, real):
    kept, counts = _masked(losses, real)
    return ops.sum(kept) / ops.sum(counts)


@exercise.misconception
def inverse_of_the_mean_probability(losses, real):
    kept, counts = _masked(losses, real)
    return ops.sum(counts) / ops.sum(ops.exp(-kept) * counts)


@exercise.misconception
def padding_multiplied_away(losses, real):
    """Zero times infinity is not a number."""
    counts = ops.cast(real, losses.dtype)
    return ops.exp(ops.sum(losses * counts) / ops.sum(counts))


@exercise.alternative
def by_picking(losses, real):
    return tf.exp(tf.reduce_mean(losses[real]))


@exercise.alternative
def with_two(losses, real):
    """In bits, and two to their mean."""
    bits = tf.boolean_mask(losses, real) / math.log(2)
    return tf.pow(tf.cast(2, bits.dtype), tf.reduce_mean(bits))


@exercise.alternative
def as_a_geometric_mean(losses, real):
    kept = tf.boolean_mask(losses, real)
    return 1 / tf.reduce_prod(tf.exp(-kept / len(kept)))


@exercise.alternative
def text_by_text(losses, real):
    total, count = 0.0, 0
    for row, there in zip(losses.numpy(), real.numpy()):
        total += float(row[there].sum())
        count += int(there.sum())
    return math.exp(total / count)


@exercise.alternative
def in_numpy(losses, real):
    return np.exp(np.mean(np.array(losses, "float64")[np.array(real)]))


@exercise.alternative
def with_weights(losses, real):
    share = tf.cast(real, losses.dtype) / tf.cast(
        tf.math.count_nonzero(real), losses.dtype
    )
    return tf.exp(tf.reduce_sum(tf.math.multiply_no_nan(losses, share)))
