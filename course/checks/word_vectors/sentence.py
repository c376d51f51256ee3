"""A vector for a whole sentence: the average of its words', without the padding."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.samples import floats
from course.checks.word_vectors.samples import UNIT, ids
from course.examination import Call, Exercise, OneOf, Sizes


def sentence_vectors(ids, table, padding_id):
    """Averages the vectors of each sentence's words.

    Args:
        ids: [batch, length] integers: words, and padding behind short sentences.
        table: [vocabulary, dim] floats: row n is the vector of word n. The padding's
            row means nothing, and need not be zero.
        padding_id: The id that stands for "no word here".

    Returns:
        [batch, dim] floats: the mean over the words that are there; zeros for a
        sentence without any.
    """
    real = ops.cast(ids != padding_id, table.dtype)
    vectors = ops.take(table, ids, axis=0)
    total = ops.sum(vectors * real[:, :, None], axis=1)
    count = ops.sum(real, axis=1, keepdims=True)
    return total / ops.maximum(count, 1)


sentence = Exercise(
    "word_vectors.sentence_vectors",
    unit=UNIT,
    answer="sentence_vectors",
    reference=sentence_vectors,
    parts={"padded": 3, "other_id": 1, "empty": 1},
    returns={"sentences": ("batch", "dim")},
    forbidden=(
        f"{__name__}.sentence_vectors",
        "keras.layers.GlobalAveragePooling1D",
    ),
    hints=4,
    difficulty=2,
    importance=4,
    minutes=10,
    paper="https://arxiv.org/abs/1607.01759",
)


def _padded(rng, lengths, vocabulary_size=9, padding_id=0, length=5):
    """Sentences of these lengths, words first."""
    words = ids(rng, vocabulary_size - 1, len(lengths), length)
    words += words >= padding_id
    words[np.arange(length) >= np.array(lengths)[:, None]] = padding_id
    return words


@sentence.probe(part="padded")
def lengths_differ(rng):
    return Call(_padded(rng, (5, 2, 3)), floats(rng, 9, 4), 0)


@sentence.probe(part="padded")
def a_single_word(rng):
    return Call(_padded(rng, (1, 4), length=7), floats(rng, 9, 3), 0)


@sentence.probe(part="other_id")
def padding_is_not_always_zero(rng):
    words = _padded(rng, (4, 2, 6), padding_id=5, length=6)
    words[:, 0] = 0
    return Call(words, floats(rng, 9, 4), 5)


@sentence.probe(part="empty")
def no_word_at_all(rng):
    nothing = np.array([[False], [True], [False]])
    case = Call(_padded(rng, (3, 0, 5)), floats(rng, 9, 4), 0)
    return case.with_regions(empty_sentence=nothing)


@sentence.promise(
    part="padded",
    batch=Sizes(1, 4),
    length=Sizes(1, 8),
    dim=Sizes(1, 5),
    vocabulary=OneOf(2, 9, 300),
)
def any_sizes(rng, batch, length, dim, vocabulary):
    lengths = rng.integers(1, length + 1, size=batch)
    padded = _padded(rng, lengths, vocabulary, 0, length)
    return Call(padded, floats(rng, vocabulary, dim), 0)


@sentence.promise(part="other_id", padding_id=OneOf(1, 8, 299))
def any_padding_id(rng, padding_id):
    words = _padded(rng, (4, 2, 6), 300, padding_id, length=6)
    return Call(words, floats(rng, 300, 4), padding_id)


def _pieces(ids, table, padding_id):
    real = ops.cast(ids != padding_id, table.dtype)[:, :, None]
    return ops.take(table, ids, axis=0), real


def _mean(vectors, real):
    return ops.sum(vectors * real, axis=1) / ops.maximum(ops.sum(real, axis=1), 1)


@sentence.misconception
def padding_counted(ids, table, padding_id):
    return ops.mean(ops.take(table, ids, axis=0), axis=1)


@sentence.misconception
def divided_by_the_whole_length(ids, table, padding_id):
    vectors, real = _pieces(ids, table, padding_id)
    return ops.mean(vectors * real, axis=1)


@sentence.misconception
def added_not_averaged(ids, table, padding_id):
    vectors, real = _pieces(ids, table, padding_id)
    return ops.sum(vectors * real, axis=1)


@sentence.misconception
def padding_is_zero(ids, table, padding_id):
    return _mean(*_pieces(ids, table, 0))


@sentence.misconception
def padding_averaged_instead(ids, table, padding_id):
    vectors, real = _pieces(ids, table, padding_id)
    return _mean(vectors, 1 - real)


@sentence.misconception
def no_words_divided_by_none(ids, table, padding_id):
    vectors, real = _pieces(ids, table, padding_id)
    return ops.sum(vectors * real, axis=1) / ops.sum(real, axis=1)


@sentence.misconception
def averaged_over_the_batch(ids, table, padding_id):
    vectors, real = _pieces(ids, table, padding_id)
    return ops.sum(vectors * real, axis=0) / ops.maximum(ops.sum(real, axis=0), 1)


@sentence.misconception
def largest_of_each(ids, table, padding_id):
    vectors, real = _pieces(ids, table, padding_id)
    return ops.max(ops.where(real == 1, vectors, -np.inf), axis=1)


@sentence.misconception
def numbers_averaged_too(ids, table, padding_id):
    return ops.mean(_mean(*_pieces(ids, table, padding_id)), axis=-1)


@sentence.alternative
def as_a_product_with_weights(ids, table, padding_id):
    real = ops.cast(ops.not_equal(ids, padding_id), table.dtype)
    weights = real / ops.maximum(ops.sum(real, axis=-1, keepdims=True), 1)
    return ops.einsum("bl,bld->bd", weights, ops.take(table, ids, axis=0))


@sentence.alternative
def words_counted_first(ids, table, padding_id):
    counts = tf.reduce_sum(tf.one_hot(ids, table.shape[0]), axis=1)
    counts *= 1 - tf.one_hot(padding_id, table.shape[0])
    words = tf.reduce_sum(counts, axis=1, keepdims=True)
    return tf.math.divide_no_nan(counts @ table, words)


@sentence.alternative
def sentence_by_sentence(ids, table, padding_id):
    means = []
    for row in ids:
        words = row[row != padding_id]
        vectors = tf.gather(table, words)
        empty = len(words) == 0
        means.append(table[0] * 0 if empty else tf.reduce_mean(vectors, axis=0))
    return tf.stack(means)
