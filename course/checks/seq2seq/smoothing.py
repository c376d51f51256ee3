"""seq2seq.smoothing: the loss of a teacher who is not quite certain."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.samples import floats
from course.checks.seq2seq.samples import UNIT, behind
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import smoothed_loss

exercise = Exercise(
    "seq2seq.smoothing",
    unit=UNIT,
    answer="smoothed_loss",
    reference=smoothed_loss,
    parts={"whole_rows": 1, "padding": 3, "large": 1, "gradient": 1},
    returns={"loss": ()},
    forbidden=("course.pieces.smoothed_loss", "transformer_tf.TokenCrossEntropy"),
    hints=4,
    difficulty=3,
    importance=4,
    minutes=15,
    paper="https://arxiv.org/abs/1512.00567",
)

right = exercise.reference  # a copy: nobody may call the answer itself


def _call(rng, batch, length, vocabulary, smoothing, size=1.0, padded=True):
    real = behind(rng, batch, length) if padded else np.ones((batch, length), bool)
    labels = rng.integers(vocabulary, size=real.shape)
    # Each row of another difficulty, or their means could agree by coincidence.
    level = np.arange(1, batch + 1).reshape(-1, 1, 1)
    logits = floats(rng, batch, length, vocabulary) * level * np.float32(size)
    labels = np.where(real, labels, -100).astype("int32")
    return Call(logits.astype("float32"), labels, smoothing)


@exercise.probe(part="whole_rows")
def no_padding(rng):
    return _call(rng, 2, 5, 4, 0.3, padded=False)


@exercise.probe(part="padding")
def some_end_early(rng):
    return _call(rng, 3, 7, 5, 0.1)


@exercise.probe(part="padding")
def much_smoothing(rng):
    return _call(rng, 3, 6, 4, 0.4)


@exercise.probe(part="whole_rows")
def a_single_label(rng):
    return _call(rng, 1, 1, 4, 0.3, padded=False)


@exercise.probe(part="large", shows=("shared_by_the_others",))
def logits_of_hundreds(rng):
    return _call(rng, 2, 5, 7, 0.2, size=200.0)


@exercise.probe(part="gradient")
def gradients(rng):
    case = _call(rng, 3, 6, 4, 0.2)
    return case.asking(gradient=np.array(1.5, "float32"))


@exercise.promise(
    part="padding",
    batch=Sizes(1, 4),
    length=Sizes(1, 8),
    vocabulary=OneOf(2, 5, 300, 1),
    smoothing=OneOf(0.1, 0.3, 0.0, 0.9),
)
def any_texts(rng, batch, length, vocabulary, smoothing):
    return _call(rng, batch, length, vocabulary, smoothing)


@exercise.promise(part="padding", batch=Sizes(1, 3), length=Sizes(1, 4))
def nothing_to_predict(rng, batch, length):
    labels = np.full((batch, length), -100, "int32")
    return Call(floats(rng, batch, length, 5), labels, 0.2)


def _parts(logits, labels):
    """Log-probabilities, those of the labels, and which labels count."""
    logs = ops.log_softmax(logits, axis=-1)
    counts = labels != -100
    asked = ops.where(counts, labels, 0)[..., None]
    own = ops.take_along_axis(logs, asked, axis=-1)[..., 0]
    return logs, own, ops.cast(counts, logs.dtype)


def _mean(losses, counts):
    return ops.sum(losses * counts) / ops.maximum(ops.sum(counts), 1)


def _soft(logits, labels, target):
    """The loss with the distribution that `target` makes of one-hot labels."""
    logs, _, counts = _parts(logits, labels)
    hot = ops.one_hot(ops.maximum(labels, 0), logits.shape[-1], dtype=logs.dtype)
    return _mean(-ops.sum(target(hot) * logs, axis=-1), counts)


@exercise.misconception
def shared_by_the_others(logits, labels, smoothing):
    """The label gets nothing back: smoothing / (vocabulary - 1) for each other."""
    share = smoothing / max(1, logits.shape[-1] - 1)
    return _soft(logits, labels, lambda hot: (1 - smoothing) * hot + share * (1 - hot))


@exercise.misconception
def does_not_sum_to_one(logits, labels, smoothing):
    """The label lacks its part of what is spread."""
    share = smoothing / logits.shape[-1]
    return _soft(logits, labels, lambda hot: (1 - smoothing) * hot + share * (1 - hot))


@exercise.misconception
def smoothing_is_the_confidence(logits, labels, smoothing):
    return right(logits, labels, 1 - smoothing)


@exercise.misconception
def no_smoothing(logits, labels, smoothing):
    return right(logits, labels, 0.0)


@exercise.misconception
def divided_by_all(logits, labels, smoothing):
    """Padding adds nothing above the line, and still counts below it."""
    logs, own, counts = _parts(logits, labels)
    losses = -(1 - smoothing) * own - smoothing * ops.mean(logs, axis=-1)
    return ops.mean(losses * counts)


@exercise.misconception
def divided_by_the_batch(logits, labels, smoothing):
    logs, own, counts = _parts(logits, labels)
    losses = -(1 - smoothing) * own - smoothing * ops.mean(logs, axis=-1)
    return ops.sum(losses * counts) / labels.shape[0]


@exercise.misconception
def texts_weigh_alike(logits, labels, smoothing):
    logs, own, counts = _parts(logits, labels)
    losses = -(1 - smoothing) * own - smoothing * ops.mean(logs, axis=-1)
    each = ops.sum(losses * counts, axis=1) / ops.maximum(ops.sum(counts, axis=1), 1)
    return ops.mean(each)


@exercise.misconception
def padding_smoothed_too(logits, labels, smoothing):
    """The spread part is counted at padding as well."""
    logs, own, counts = _parts(logits, labels)
    losses = -(1 - smoothing) * own * counts - smoothing * ops.mean(logs, axis=-1)
    return ops.sum(losses) / ops.maximum(ops.sum(counts), 1)


@exercise.misconception
def sum_of_the_vocabulary(logits, labels, smoothing):
    """Each other token costs the whole share, not its part of it."""
    logs, own, counts = _parts(logits, labels)
    losses = -(1 - smoothing) * own - smoothing * ops.sum(logs, axis=-1)
    return _mean(losses, counts)


@exercise.misconception
def divergence_not_entropy(logits, labels, smoothing):
    """The entropy of the smoothed labels is taken off: other value, same gradient."""
    size = logits.shape[-1]
    label, other = 1 - smoothing + smoothing / size, smoothing / size
    entropy = -label * np.log(label) - (size - 1) * other * np.log(max(other, 1e-30))
    loss = right(logits, labels, smoothing)
    return loss - ops.cast(entropy, loss.dtype)


@exercise.misconception
def padding_not_left_out(logits, labels, smoothing):
    """-100 is read as token 0, and counts."""
    logs, own, counts = _parts(logits, labels)
    losses = -(1 - smoothing) * own - smoothing * ops.mean(logs, axis=-1)
    return ops.mean(losses)


@exercise.alternative
def by_its_distribution(logits, labels, smoothing):
    share = smoothing / logits.shape[-1]
    return _soft(logits, labels, lambda hot: (1 - smoothing) * hot + share)


@exercise.alternative
def with_two_losses(logits, labels, smoothing):
    counts = labels != -100
    own = tf.nn.sparse_softmax_cross_entropy_with_logits(
        tf.where(counts, labels, 0), logits
    )
    even = tf.reduce_logsumexp(logits, axis=-1) - tf.reduce_mean(logits, axis=-1)
    losses = tf.where(counts, (1 - smoothing) * own + smoothing * even, 0)
    return tf.math.divide_no_nan(
        tf.reduce_sum(losses), tf.reduce_sum(tf.cast(counts, losses.dtype))
    )


@exercise.alternative
def with_the_softmax_loss(logits, labels, smoothing):
    size = logits.shape[-1]
    hot = tf.one_hot(labels, size, dtype=logits.dtype)
    soft = hot * (1 - smoothing) + smoothing / size
    losses = tf.nn.softmax_cross_entropy_with_logits(soft, logits)
    counts = tf.cast(labels >= 0, losses.dtype)
    return tf.reduce_sum(losses * counts) / tf.maximum(tf.reduce_sum(counts), 1)


@exercise.alternative
def by_picking(logits, labels, smoothing):
    places = tf.where(labels != -100)
    logs = tf.nn.log_softmax(tf.gather_nd(logits, places))
    own = tf.gather(logs, tf.gather_nd(labels, places), batch_dims=1)
    losses = (1 - smoothing) * own + smoothing * tf.reduce_mean(logs, axis=-1)
    return -tf.reduce_sum(losses) / max(1, len(places))


@exercise.alternative
def from_the_largest_logit(logits, labels, smoothing):
    top = ops.max(logits, axis=-1, keepdims=True)
    logs = logits - top
    logs = logs - ops.log(ops.sum(ops.exp(logs), axis=-1, keepdims=True))
    hot = ops.cast(labels[..., None] == ops.arange(logits.shape[-1]), logs.dtype)
    losses = -ops.sum(logs * ((1 - smoothing) * hot), axis=-1)
    losses = losses - smoothing * ops.mean(logs, axis=-1)
    counts = ops.cast(labels >= 0, logs.dtype)
    return ops.sum(losses * counts) / ops.maximum(ops.sum(counts), 1)


@exercise.alternative
def masked_with_where(logits, labels, smoothing):
    logs, own, counts = _parts(logits, labels)
    losses = -own + smoothing * (own - ops.mean(logs, axis=-1))
    total = ops.sum(ops.where(counts > 0, losses, 0))
    number = ops.sum(counts)
    return ops.where(number > 0, total / ops.maximum(number, 1), 0)


@exercise.alternative
def through_keras_loss(logits, labels, smoothing):
    """Keras spreads the share over the whole vocabulary too."""
    hot = ops.one_hot(ops.maximum(labels, 0), logits.shape[-1], dtype=logits.dtype)
    share = smoothing / logits.shape[-1]
    losses = ops.categorical_crossentropy(
        hot * (1 - smoothing) + share, logits, from_logits=True
    )
    counts = ops.cast(labels != -100, losses.dtype)
    return ops.sum(losses * counts) / ops.maximum(ops.sum(counts), 1)
