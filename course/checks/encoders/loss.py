"""encoders.loss: the mean surprise at the labelled places only."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.encoders.samples import BERT, UNIT, floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import mlm_loss

exercise = Exercise(
    "encoders.loss",
    unit=UNIT,
    answer="mlm_loss",
    reference=mlm_loss,
    parts={"mean": 3, "zero": 1, "nothing": 1, "large": 1, "gradient": 1},
    returns={"loss": ()},
    intermediates=("surprise",),
    forbidden=(
        "course.pieces.mlm_loss",
        "transformer_tf.objectives.TokenCrossEntropy",
    ),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=15,
    paper=BERT,
)


def _call(rng, counts, length=5, vocabulary=7, size=1.5, zero=False):
    """Texts with so many labels each; token 0 is among them only if it is asked for."""
    labels = np.full((len(counts), length), -100)
    for row, count in zip(labels, counts, strict=True):
        places = rng.permutation(length)[:count]
        row[places] = rng.integers(1, vocabulary, size=count)
    if zero:
        labels[0, labels[0] >= 0] = 0
    logits = floats(rng, len(counts), length, vocabulary, scale=size)
    # The labelled token is neither likely nor hopeless, and token 0 is unlikely: so
    # that to count it, or to leave it out, always moves the mean.
    logits[..., 0] -= 3 * size
    return Call(logits, labels.astype("int32"))


@exercise.probe(part="mean")
def unequal_counts(rng):
    return _call(rng, (2, 1, 0, 4))


@exercise.probe(part="mean")
def equal_counts(rng):
    return _call(rng, (2, 2), length=6, vocabulary=5)


@exercise.promise(part="mean", batch=OneOf(1, 3), length=OneOf(1, 6))
def a_single_label(rng, batch, length):
    """One label in the whole batch: the mean is its surprise."""
    return _call(rng, (1,) + (0,) * (batch - 1), length=length)


@exercise.probe(part="zero")
def token_zero_is_a_label(rng):
    return _call(rng, (2, 3), zero=True)


@exercise.probe(part="nothing")
def no_label_at_all(rng):
    return _call(rng, (0, 0))


@exercise.probe(part="large")
def large_logits(rng):
    """A softmax that is computed and then logged has no number for these."""
    return _call(rng, (2, 3), size=200.0)


@exercise.probe(part="gradient")
def gradients(rng):
    return _call(rng, (2, 1, 0)).asking(gradient=np.float32(1.5))


@exercise.promise(
    part="mean",
    batch=Sizes(1, 4),
    length=Sizes(1, 8),
    vocabulary=OneOf(1, 9, 400),
    share=OneOf(1.0, 0.0, 0.3),
)
def any_sizes(rng, batch, length, vocabulary, share):
    labels = rng.integers(0, vocabulary, size=(batch, length))
    if share:
        labels.flat[0] = vocabulary - 1  # 399: more than a byte holds
    asked = rng.random(labels.shape) < share
    if share == 1:
        asked[:] = True
    labels = np.where(asked, labels, -100).astype("int32")
    return Call(floats(rng, batch, length, vocabulary), labels)


def _surprise(logits, labels):
    """[batch, length] -log p(label); of any number where there is no label."""
    known = ops.maximum(labels, 0)
    log_p = ops.log_softmax(logits, axis=-1)
    return -ops.take_along_axis(log_p, known[..., None], axis=-1)[..., 0]


def _mean(surprise, asked):
    asked = ops.cast(asked, surprise.dtype)
    return ops.sum(surprise * asked) / ops.maximum(ops.sum(asked), 1.0)


@exercise.misconception
def over_all_places(logits, labels):
    """The rest counts as 0 in the sum, and as 1 in what it is divided by."""
    surprise = _surprise(logits, labels)
    return ops.mean(ops.where(labels != -100, surprise, 0.0))


@exercise.misconception
def divided_by_the_texts(logits, labels):
    surprise = ops.where(labels != -100, _surprise(logits, labels), 0.0)
    return ops.sum(surprise) / labels.shape[0]


@exercise.misconception
def a_sum(logits, labels):
    return ops.sum(ops.where(labels != -100, _surprise(logits, labels), 0.0))


@exercise.misconception
def mean_of_the_means(logits, labels):
    """Each text weighs the same, whether it has one label or many."""
    asked = ops.cast(labels != -100, logits.dtype)
    sums = ops.sum(_surprise(logits, labels) * asked, axis=-1)
    counts = ops.sum(asked, axis=-1)
    means = sums / ops.maximum(counts, 1.0)
    return ops.sum(means) / ops.maximum(ops.sum(ops.sign(counts)), 1.0)


@exercise.misconception
def token_zero_ignored(logits, labels):
    return _mean(_surprise(logits, labels), labels > 0)


@exercise.misconception
def the_rest_as_token_zero(logits, labels):
    """-100 became 0, and the model learns to write token 0 everywhere."""
    return ops.mean(_surprise(logits, labels))


@exercise.misconception
def softmax_twice(logits, labels):
    return _mean(_surprise(ops.softmax(logits, axis=-1), labels), labels != -100)


@exercise.misconception
def over_the_places(logits, labels):
    """The softmax over the length: which place, not which token."""
    log_p = ops.log_softmax(logits, axis=1)
    known = ops.maximum(labels, 0)
    surprise = -ops.take_along_axis(log_p, known[..., None], axis=-1)[..., 0]
    return _mean(surprise, labels != -100)


@exercise.misconception
def in_bits(logits, labels):
    return _mean(_surprise(logits, labels), labels != -100) / np.log(2.0).astype(
        "float32"
    )


@exercise.misconception
def sign_forgotten(logits, labels):
    return -_mean(_surprise(logits, labels), labels != -100)


@exercise.misconception
def log_of_the_mean(logits, labels):
    """The logarithm of the mean probability, not the mean of the logarithms."""
    asked = labels != -100
    surprise = ops.where(asked, _surprise(logits, labels), 0.0)
    mean = _mean(ops.exp(-surprise), asked)
    return ops.where(ops.any(asked), -ops.log(ops.maximum(mean, 1e-30)), 0.0)


@exercise.misconception
def nothing_is_nan(logits, labels):
    asked = ops.cast(labels != -100, logits.dtype)
    return ops.sum(_surprise(logits, labels) * asked) / ops.sum(asked)


@exercise.misconception
def one_is_added(logits, labels):
    """Against the division by zero, 1 is added to every count."""
    asked = ops.cast(labels != -100, logits.dtype)
    return ops.sum(_surprise(logits, labels) * asked) / (ops.sum(asked) + 1)


@exercise.misconception
def softmax_then_log(logits, labels):
    """Right in exact arithmetic; in float32 the smallest probabilities are 0."""
    p = ops.softmax(logits, axis=-1)
    known = ops.maximum(labels, 0)
    wanted = ops.take_along_axis(p, known[..., None], axis=-1)[..., 0]
    asked = labels != -100
    return _mean(-ops.log(ops.where(asked, wanted, 1.0)), asked)


@exercise.alternative
def with_weights(logits, labels):
    asked = tf.cast(labels != -100, logits.dtype)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
        tf.maximum(labels, 0), logits
    )
    return tf.math.divide_no_nan(tf.reduce_sum(losses * asked), tf.reduce_sum(asked))


@exercise.alternative
def with_boolean_mask(logits, labels):
    asked = labels != -100
    rows, known = tf.boolean_mask(logits, asked), tf.boolean_mask(labels, asked)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(known, rows)
    count = tf.maximum(tf.shape(known)[0], 1)
    return tf.reduce_sum(losses) / tf.cast(count, losses.dtype)


@exercise.alternative
def with_one_hot(logits, labels):
    """A label of -100 has no 1 in its row, so that it adds nothing."""
    hot = ops.one_hot(labels, logits.shape[-1], dtype=logits.dtype)
    total = -ops.sum(hot * ops.log_softmax(logits, axis=-1))
    return total / ops.maximum(ops.sum(hot), 1.0)


@exercise.alternative
def by_keras(logits, labels):
    known = ops.where(labels == -100, 0, labels)
    losses = keras.losses.sparse_categorical_crossentropy(
        known, logits, from_logits=True
    )
    asked = ops.cast(labels != -100, losses.dtype)
    return ops.sum(losses * asked) / ops.maximum(ops.sum(asked), 1)


@exercise.alternative
def by_logsumexp(logits, labels):
    asked = tf.where(labels != -100)
    rows = tf.gather_nd(logits, asked)
    known = tf.gather_nd(labels, asked)
    scores = tf.gather(rows, known, batch_dims=1)
    losses = tf.reduce_logsumexp(rows, axis=-1) - scores
    empty = tf.equal(tf.size(losses), 0)
    return tf.cond(
        empty, lambda: 0.0 * tf.reduce_sum(rows), lambda: tf.reduce_mean(losses)
    )


@exercise.alternative
def place_by_place(logits, labels):
    losses = [
        tf.reduce_logsumexp(logits[text, place])
        - logits[text, place, int(labels[text, place])]
        for text in range(labels.shape[0])
        for place in range(labels.shape[1])
        if int(labels[text, place]) != -100
    ]
    return tf.add_n(losses) / len(losses) if losses else tf.reduce_sum(0.0 * logits)


@exercise.alternative
def shifted_by_the_largest(logits, labels):
    shifted = logits - ops.max(logits, axis=-1, keepdims=True)
    log_p = shifted - ops.log(ops.sum(ops.exp(shifted), axis=-1, keepdims=True))
    known = ops.where(labels < 0, 0, labels)
    wanted = ops.take_along_axis(log_p, ops.expand_dims(known, -1), axis=-1)
    asked = ops.cast(ops.expand_dims(labels, -1) >= 0, logits.dtype)
    return -ops.sum(wanted * asked) / ops.maximum(1.0, ops.sum(asked))
