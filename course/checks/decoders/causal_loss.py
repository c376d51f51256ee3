"""decoders.causal_loss: the mean surprise over the tokens that are to be predicted."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.decoders.samples import GPT2, UNIT, padded
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import causal_loss

exercise = Exercise(
    "decoders.causal_loss",
    unit=UNIT,
    answer="causal_loss",
    reference=causal_loss,
    parts={"whole_rows": 1, "padding": 3, "large": 1, "gradient": 1},
    returns={"loss": ()},
    forbidden=("course.pieces.causal_loss", "transformer_tf.TokenCrossEntropy"),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=15,
    paper=GPT2,
)


def _call(rng, batch, length, vocabulary, side, size=1.0):
    real = padded(rng, batch, length, side)
    ids = rng.integers(vocabulary, size=real.shape).astype("int32")
    # Each row of another difficulty, or their means could agree by coincidence.
    level = np.arange(1, batch + 1).reshape(-1, 1, 1)
    logits = floats(rng, batch, length, vocabulary) * level * np.float32(size)
    return Call(logits.astype("float32"), ids, real)


@exercise.probe(part="whole_rows")
def no_padding(rng):
    return _call(rng, 2, 6, 5, "none")


@exercise.probe(part="whole_rows")
def a_single_pair(rng):
    return _call(rng, 1, 2, 6, "none")


@exercise.probe(part="padding")
def padding_behind(rng):
    return _call(rng, 3, 7, 5, "right")


@exercise.probe(part="padding")
def padding_in_front(rng):
    return _call(rng, 3, 7, 5, "left")


@exercise.probe(part="large")
def logits_of_hundreds(rng):
    return _call(rng, 2, 5, 7, "right", size=200.0)


@exercise.probe(part="gradient")
def gradients(rng):
    case = _call(rng, 3, 6, 4, "both")
    return case.asking(gradient=np.array(1.5, "float32"))


@exercise.promise(
    part="padding",
    batch=Sizes(1, 4),
    length=Sizes(1, 8),
    vocabulary=OneOf(1, 2, 5, 300),
    side=OneOf("left", "right", "both", "none"),
)
def any_texts(rng, batch, length, vocabulary, side):
    return _call(rng, batch, length, vocabulary, side)


def _losses(logits, ids):
    return ops.sparse_categorical_crossentropy(ids, logits, from_logits=True)


def _mean(losses, counts):
    counts = ops.cast(counts, losses.dtype)
    return ops.sum(losses * counts) / ops.maximum(ops.sum(counts), 1)


def _pairs(real):
    return ops.logical_and(real[:, :-1], real[:, 1:])


@exercise.misconception
def not_shifted(logits, ids, real):
    """Each position is asked for its own token, which it has read."""
    return _mean(_losses(logits, ids), real)


@exercise.misconception
def two_ahead(logits, ids, real):
    counts = ops.logical_and(real[:, :-2], real[:, 2:])
    return _mean(_losses(logits[:, :-2], ids[:, 2:]), counts)


@exercise.misconception
def the_past_predicted(logits, ids, real):
    return _mean(_losses(logits[:, 1:], ids[:, :-1]), _pairs(real))


@exercise.misconception
def padding_counts(logits, ids, real):
    losses = _losses(logits[:, :-1], ids[:, 1:])
    return _mean(losses, ops.ones_like(losses))


@exercise.misconception
def divided_by_all(logits, ids, real):
    """Padding adds nothing above the line, and still counts below it."""
    losses = _losses(logits[:, :-1], ids[:, 1:])
    counts = ops.cast(_pairs(real), losses.dtype)
    places = max(1, losses.shape[0] * losses.shape[1])
    return ops.sum(losses * counts) / places


@exercise.misconception
def mask_of_the_inputs(logits, ids, real):
    """One padding token a text is learnt."""
    return _mean(_losses(logits[:, :-1], ids[:, 1:]), real[:, :-1])


@exercise.misconception
def mask_of_the_targets(logits, ids, real):
    return _mean(_losses(logits[:, :-1], ids[:, 1:]), real[:, 1:])


@exercise.misconception
def texts_weigh_alike(logits, ids, real):
    losses = _losses(logits[:, :-1], ids[:, 1:])
    counts = ops.cast(_pairs(real), losses.dtype)
    each = ops.sum(losses * counts, axis=1) / ops.maximum(ops.sum(counts, axis=1), 1)
    there = ops.cast(ops.sum(counts, axis=1) > 0, losses.dtype)
    return ops.sum(each) / ops.maximum(ops.sum(there), 1)


@exercise.misconception
def summed(logits, ids, real):
    losses = _losses(logits[:, :-1], ids[:, 1:])
    return ops.sum(losses * ops.cast(_pairs(real), losses.dtype))


@exercise.misconception
def logits_taken_for_probabilities(logits, ids, real):
    likely = ops.softmax(ops.softmax(logits[:, :-1], axis=-1), axis=-1)
    losses = ops.sparse_categorical_crossentropy(ids[:, 1:], likely)
    return _mean(losses, _pairs(real))


@exercise.misconception
def divided_by_the_real_tokens(logits, ids, real):
    """A text of n tokens has n - 1 predictions: the first is never predicted."""
    losses = _losses(logits[:, :-1], ids[:, 1:])
    total = ops.sum(losses * ops.cast(_pairs(real), losses.dtype))
    return total / ops.maximum(ops.sum(ops.cast(real, losses.dtype)), 1)


@exercise.alternative
def with_log_softmax(logits, ids, real):
    logs = ops.log_softmax(logits[:, :-1], axis=-1)
    taken = ops.take_along_axis(logs, ids[:, 1:, None], axis=-1)[..., 0]
    counts = ops.cast(_pairs(real), logs.dtype)
    return -ops.sum(taken * counts) / ops.maximum(ops.sum(counts), 1)


@exercise.alternative
def with_log_sum_exp(logits, ids, real):
    before = logits[:, :-1]
    chosen = tf.reduce_sum(
        before * tf.one_hot(ids[:, 1:], logits.shape[-1], dtype=logits.dtype), axis=-1
    )
    losses = tf.reduce_logsumexp(before, axis=-1) - chosen
    counts = real[:, 1:] & real[:, :-1]
    total = tf.reduce_sum(tf.where(counts, losses, 0))
    return total / tf.cast(tf.maximum(tf.math.count_nonzero(counts), 1), logits.dtype)


@exercise.alternative
def in_tensorflow(logits, ids, real):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(ids[:, 1:], logits[:, :-1])
    return tf.math.divide_no_nan(
        tf.reduce_sum(tf.where(real[:, :-1] & real[:, 1:], losses, 0)),
        tf.reduce_sum(tf.cast(real[:, :-1] & real[:, 1:], losses.dtype)),
    )


@exercise.alternative
def by_picking_the_pairs(logits, ids, real):
    places = tf.where(real[:, :-1] & real[:, 1:])
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
        tf.gather_nd(ids[:, 1:], places), tf.gather_nd(logits[:, :-1], places)
    )
    return tf.reduce_sum(losses) / max(1, len(places))


@exercise.alternative
def with_minus_one_hundred(logits, ids, real):
    """Targets of -100, as `shift` makes them."""
    targets = tf.where(real[:, :-1] & real[:, 1:], ids[:, 1:], -100)
    counts = tf.cast(targets != -100, logits.dtype)
    losses = ops.sparse_categorical_crossentropy(
        tf.maximum(targets, 0), logits[:, :-1], from_logits=True
    )
    return tf.reduce_sum(losses * counts) / tf.maximum(tf.reduce_sum(counts), 1)


@exercise.alternative
def text_by_text(logits, ids, real):
    total, count = tf.zeros((), logits.dtype), 0
    for row in range(ids.shape[0]):
        for place in range(ids.shape[1] - 1):
            if real[row, place] and real[row, place + 1]:
                logs = tf.nn.log_softmax(logits[row, place])
                total -= logs[int(ids[row, place + 1])]
                count += 1
    return total / max(count, 1)
