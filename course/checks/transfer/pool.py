"""transfer.pool: one vector for a text, made of its real tokens only."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.samples import floats
from course.checks.transfer.samples import UNIT, lengths_of
from course.examination import Call, Exercise, Sizes
from course.examination.candidate import copy_of
from course.pieces import mean_pool

exercise = Exercise(
    "transfer.pool",
    unit=UNIT,
    answer="mean_pool",
    reference=mean_pool,
    parts={"whole_rows": 1, "padding": 3, "nothing": 1, "gradient": 1},
    returns={"pooled": ("batch", "dim")},
    forbidden=(
        "course.pieces.mean_pool",
        "keras.layers.GlobalAveragePooling1D",
        "transformer_tf.SequenceClassificationHead",
    ),
    hints=3,
    difficulty=1,
    importance=5,
    minutes=10,
    paper="https://arxiv.org/abs/1908.10084",
)


def _call(rng, real, dim, shift=0.0):
    x = floats(rng, *real.shape, dim) + np.float32(shift)
    x = np.where(real[..., None], x, 50 + 10 * np.abs(x))  # at padding: anything
    # Rows that are nothing but padding have values as well.
    return Call(x.astype("float32"), real)


@exercise.probe(part="whole_rows")
def no_padding(rng):
    return _call(rng, np.full((2, 4), True), 5)


@exercise.probe(part="padding")
def lengths_differ(rng):
    return _call(rng, np.arange(6) < np.array([[6], [3], [1]]), 4)


@exercise.probe(part="padding")
def padding_in_front(rng):
    return _call(rng, np.arange(5) >= np.array([[3], [0], [1]]), 4)


@exercise.probe(part="padding")
def all_values_below_zero(rng):
    return _call(rng, np.arange(5) < np.array([[2], [4]]), 3, shift=-6)


@exercise.probe(part="nothing")
def a_text_of_padding(rng):
    return _call(rng, np.arange(4) < np.array([[3], [0], [1]]), 5)


@exercise.probe(part="gradient")
def gradients(rng):
    case = _call(rng, np.arange(5) < np.array([[5], [2]]), 3)
    return case.asking(gradient=floats(rng, 2, 3))


@exercise.promise(
    part="padding", batch=Sizes(1, 4), length=Sizes(1, 7), dim=Sizes(1, 6)
)
def any_texts(rng, batch, length, dim):
    return _call(rng, lengths_of(rng, batch, length), dim)


def _weights(x, real):
    return ops.cast(real, x.dtype)[..., None]


def _count(x, real):
    return ops.maximum(ops.sum(_weights(x, real), axis=1), 1)


_right = copy_of(mean_pool)


@exercise.misconception
def padding_averaged_in(x, real):
    return ops.mean(x, axis=1)


@exercise.misconception
def divided_by_the_length(x, real):
    return ops.mean(x * _weights(x, real), axis=1)


@exercise.misconception
def summed(x, real):
    return ops.sum(x * _weights(x, real), axis=1)


@exercise.misconception
def divided_by_all_real_tokens(x, real):
    """One number for the batch: short texts get short vectors."""
    return ops.sum(x * _weights(x, real), axis=1) / ops.sum(_weights(x, real))


@exercise.misconception
def first_position(x, real):
    return x[:, 0]


@exercise.misconception
def largest(x, real):
    lowest = ops.where(real[..., None], x, -1e9)
    return ops.where(ops.any(real, axis=1)[:, None], ops.max(lowest, axis=1), 0.0)


@exercise.misconception
def largest_with_zeros(x, real):
    return ops.max(x * _weights(x, real), axis=1)


@exercise.misconception
def nothing_is_not_a_number(x, real):
    weights = _weights(x, real)
    return ops.sum(x * weights, axis=1) / ops.sum(weights, axis=1)


@exercise.misconception
def only_the_padding(x, real):
    return _right(x, ops.logical_not(real))


@exercise.misconception
def over_the_features(x, real):
    """The mean of each token's features instead of each feature's tokens."""
    return ops.mean(x * _weights(x, real), axis=2)


@exercise.misconception
def gradient_stopped(x, real):
    """The same numbers; but the body below never learns."""
    return _right(ops.stop_gradient(x), real)


@exercise.alternative
def with_einsum(x, real):
    weights = ops.cast(real, x.dtype)
    total = ops.einsum("bld,bl->bd", x, weights)
    return total / ops.maximum(ops.sum(weights, axis=1, keepdims=True), 1)


@exercise.alternative
def by_where(x, real):
    kept = tf.where(real[:, :, None], x, 0)
    count = tf.math.count_nonzero(real, axis=1, keepdims=True)
    return tf.math.divide_no_nan(tf.reduce_sum(kept, 1), tf.cast(count, x.dtype))


@exercise.alternative
def weights_that_sum_to_one(x, real):
    weights = _weights(x, real) / _count(x, real)[:, None]
    return ops.sum(x * weights, axis=1)


@exercise.alternative
def ragged(x, real):
    kept = tf.ragged.boolean_mask(x, real)
    total = tf.reduce_sum(kept, axis=1)
    count = tf.cast(tf.maximum(kept.row_lengths(), 1), x.dtype)
    return total / count[:, None]


@exercise.alternative
def as_a_matrix_product(x, real):
    weights = tf.cast(real, x.dtype)[:, None]
    return (weights @ x)[:, 0] / _count(x, real)


@exercise.alternative
def text_by_text(x, real):
    rows = []
    for row in range(x.shape[0]):
        kept = tf.boolean_mask(x[row], real[row])
        empty = kept.shape[0] == 0
        rows.append(tf.zeros_like(x[row, 0]) if empty else tf.reduce_mean(kept, axis=0))
    return tf.stack(rows)
