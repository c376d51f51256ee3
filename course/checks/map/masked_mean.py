"""A mean over words that leaves the padding out."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.examination import Call, Exercise, OneOf, Sizes


def masked_mean(values, mask):
    """Averages a number a word over each sentence, without the padding.

    Args:
        values: [batch, length] floats: one for each place. What stands at padding
            means nothing, and may even be infinite.
        mask: [batch, length] booleans: True for words, False for padding. Every
            sentence has at least one word.

    Returns:
        [batch] floats.
    """
    total = ops.sum(ops.where(mask, values, 0.0), axis=1)
    count = ops.sum(ops.cast(mask, values.dtype), axis=1)
    return total / count


mean = Exercise(
    "map.masked_mean",
    unit="00_map",
    answer="masked_mean",
    reference=masked_mean,
    parts={"values": 3, "infinite": 1, "compiled": 1},
    returns={"mean": ("batch",)},
    forbidden=(f"{__name__}.masked_mean",),
    hints=4,
    difficulty=1,
    importance=5,
    minutes=10,
    paper="https://www.tensorflow.org/guide/keras/understanding_masking_and_padding",
)


def _batch(rng, lengths, length, at_padding=None):
    mask = np.arange(length) < np.array(lengths)[:, None]
    values = rng.normal(size=mask.shape) + 3
    nothing = rng.uniform(10, 20, size=mask.shape) if at_padding is None else at_padding
    return np.where(mask, values, nothing).astype("float32"), mask


@mean.probe(part="values")
def lengths_differ(rng):
    return Call(*_batch(rng, (4, 2, 6), length=6))


@mean.probe(part="values")
def one_word(rng):
    return Call(*_batch(rng, (1, 3), length=5))


@mean.probe(part="values")
def as_many_sentences_as_places(rng):
    return Call(*_batch(rng, (2, 4, 1, 3), length=4))


@mean.probe(part="infinite")
def infinite_at_padding(rng):
    return Call(*_batch(rng, (3, 5, 2), length=7, at_padding=-np.inf))


@mean.probe(part="compiled")
def as_a_graph(rng):
    return Call(*_batch(rng, (5, 2), length=5)).asking(mode="graph")


@mean.promise(
    part="values", sentences=Sizes(1, 5), length=Sizes(1, 8), size=OneOf(1, 1000)
)
def any_batch(rng, sentences, length, size):
    lengths = rng.integers(1, length + 1, size=sentences)
    values, mask = _batch(rng, lengths, length)
    return Call(values * np.float32(size), mask)


@mean.promise(part="values", length=Sizes(2, 9))
def words_anywhere(rng, length):
    mask = rng.random((3, length)) < 0.5
    mask[np.arange(3), rng.integers(length, size=3)] = True
    return Call(rng.normal(size=mask.shape).astype("float32"), mask)


@mean.promise(part="infinite", at_padding=OneOf(np.inf, -np.inf, np.nan, 3e38))
def anything_at_padding(rng, at_padding):
    return Call(*_batch(rng, (3, 5, 2), length=7, at_padding=at_padding))


def _parts(values, mask):
    weights = ops.cast(mask, values.dtype)
    return ops.where(mask, values, 0.0), weights


@mean.misconception
def padding_counted(values, mask):
    return ops.mean(values, axis=1)


@mean.misconception
def divided_by_the_whole_length(values, mask):
    return ops.mean(_parts(values, mask)[0], axis=1)


@mean.misconception
def added_not_averaged(values, mask):
    return ops.sum(_parts(values, mask)[0], axis=1)


@mean.misconception
def mask_upside_down(values, mask):
    there, weights = _parts(values, ops.logical_not(mask))
    return ops.sum(there, axis=1) / ops.sum(weights, axis=1)


@mean.misconception
def averaged_over_the_batch(values, mask):
    there, weights = _parts(values, mask)
    return ops.sum(there, axis=0) / ops.sum(weights, axis=0)


@mean.misconception
def one_mean_for_all(values, mask):
    there, weights = _parts(values, mask)
    return ops.sum(there) / ops.sum(weights)


@mean.misconception
def divided_by_all_words(values, mask):
    there, weights = _parts(values, mask)
    return ops.sum(there, axis=1) / ops.sum(weights)


@mean.misconception
def zero_times_infinity(values, mask):
    weights = ops.cast(mask, values.dtype)
    return ops.sum(values * weights, axis=1) / ops.sum(weights, axis=1)


@mean.alternative
def weights_first(values, mask):
    weights = ops.cast(mask, values.dtype)
    weights = weights / ops.sum(weights, axis=-1, keepdims=True)
    return ops.einsum("bl,bl->b", weights, ops.where(mask, values, 0.0))


@mean.alternative
def with_tensorflow(values, mask):
    return tf.reduce_mean(tf.ragged.boolean_mask(values, mask), axis=1)


@mean.alternative
def sentence_by_sentence(values, mask):
    rows = [tf.boolean_mask(values[n], mask[n]) for n in range(values.shape[0])]
    return tf.stack([tf.reduce_mean(row) for row in rows])


@mean.alternative
def divided_without_fear(values, mask):
    there = tf.where(mask, values, tf.zeros_like(values))
    count = tf.math.count_nonzero(mask, axis=1, dtype=values.dtype)
    return tf.math.divide_no_nan(tf.reduce_sum(there, axis=1), count)
