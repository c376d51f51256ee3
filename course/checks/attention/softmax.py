"""Softmax: scores of any size become weights that sum to 1."""

import ml_dtypes
import numpy as np
import tensorflow as tf
from keras import ops

import course.checks.attention.samples as inputs
from course.examination import Call, Exercise, OneOf, Sizes


def softmax(scores):
    """Turns scores into weights: none negative, each row's sum 1.

    Args:
        scores: [..., key] floats of any size, with any leading axes.

    Returns:
        [..., key] floats in [0, 1], in the dtype of `scores`.
    """
    largest = ops.max(scores, axis=-1, keepdims=True)
    exponentials = ops.exp(scores - largest)
    return exponentials / ops.sum(exponentials, axis=-1, keepdims=True)


exercise = Exercise(
    "attention.softmax",
    unit=inputs.UNIT,
    answer="softmax",
    reference=softmax,
    parts={"values": 2, "stable": 2, "dtype": 1, "gradient": 1, "compiled": 1},
    returns={"weights": ("batch", "query", "key")},
    forbidden=(
        f"{__name__}.softmax",
        "keras.ops.softmax",
        "keras.ops.log_softmax",
        "keras.activations.softmax",
        "tensorflow.nn.softmax",
        "tensorflow.nn.log_softmax",
        "scipy.special.softmax",
    ),
    operations=(
        "Softmax",
        "LogSoftmax",
        "SparseSoftmax",
        "SoftmaxCrossEntropyWithLogits",
        "SparseSoftmaxCrossEntropyWithLogits",
    ),
    hints=4,
    difficulty=2,
    importance=5,
    minutes=10,
    paper="https://www.deeplearningbook.org/contents/numerical.html",
)


@exercise.probe(part="values")
def square(rng):
    return Call(inputs.floats(rng, 4, 4))


@exercise.probe(part="values")
def sizes_differ(rng):
    return Call(inputs.floats(rng, 2, 3, 5))


@exercise.probe(part="values")
def one_key(rng):
    return Call(inputs.floats(rng, 2, 3, 1))


@exercise.probe(part="stable")
def large_scores(rng):
    return Call(200 * inputs.floats(rng, 2, 3, 5))


@exercise.probe(part="stable")
def rows_far_apart(rng):
    """One row near -500, one near 0, one near 500: each has weights of its own."""
    offsets = 500 * (rng.permutation(3) - 1).astype("float32")
    return Call(inputs.floats(rng, 2, 3, 5) + offsets[:, None])


@exercise.probe(part="dtype")
def in_bfloat16(rng):
    scores = inputs.floats(rng, 2, 3, 5).astype(ml_dtypes.bfloat16)
    return Call(scores).in_the_same_dtype()


@exercise.probe(part="gradient")
def gradients(rng):
    cotangent = inputs.floats(rng, 2, 3, 5)
    return Call(inputs.floats(rng, 2, 3, 5)).asking(gradient=cotangent)


@exercise.probe(part="compiled")
def compiled_by_xla(rng):
    return Call(inputs.floats(rng, 2, 3, 5)).asking(mode="xla")


@exercise.promise(
    part="values", rank=Sizes(1, 4), keys=Sizes(1, 9), offset=OneOf(-3, 0, 3)
)
def any_scores(rng, rank, keys, offset):
    shape = (2, 3, 4)[: rank - 1]
    return Call(inputs.floats(rng, *shape, keys) + np.float32(offset))


@exercise.promise(part="stable", size=OneOf(100, 1e4, 1e30), sign=OneOf(-1, 1))
def any_size(rng, size, sign):
    largest = abs(inputs.floats(rng, 3, 5)) + 1
    return Call(np.float32(sign * size) * largest)


@exercise.promise(part="dtype", dtype=OneOf("float16", "float64"))
def any_dtype(rng, dtype):
    return Call(inputs.floats(rng, 2, 3, 5).astype(dtype)).in_the_same_dtype()


@exercise.misconception
def overflows(scores):
    exponentials = ops.exp(scores)
    return exponentials / ops.sum(exponentials, axis=-1, keepdims=True)


@exercise.misconception
def largest_of_everything(scores):
    exponentials = ops.exp(scores - ops.max(scores))
    return exponentials / ops.sum(exponentials, axis=-1, keepdims=True)


@exercise.misconception
def mean_subtracted(scores):
    exponentials = ops.exp(scores - ops.mean(scores, axis=-1, keepdims=True))
    return exponentials / ops.sum(exponentials, axis=-1, keepdims=True)


@exercise.misconception
def divided_by_largest(scores):
    exponentials = ops.exp(scores / ops.max(scores, axis=-1, keepdims=True))
    return exponentials / ops.sum(exponentials, axis=-1, keepdims=True)


@exercise.misconception
def axis_not_kept(scores):
    exponentials = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
    return exponentials / ops.sum(exponentials, axis=-1)


@exercise.misconception
def axis_not_kept_nor_shifted(scores):
    exponentials = ops.exp(scores)
    return exponentials / ops.sum(exponentials, axis=-1)


@exercise.misconception
def over_queries(scores):
    exponentials = ops.exp(scores - ops.max(scores, axis=-2, keepdims=True))
    return exponentials / ops.sum(exponentials, axis=-2, keepdims=True)


@exercise.misconception
def over_everything(scores):
    exponentials = ops.exp(scores - ops.max(scores))
    return exponentials / ops.sum(exponentials)


@exercise.misconception
def no_exponential(scores):
    return scores / ops.sum(scores, axis=-1, keepdims=True)


@exercise.misconception
def not_divided(scores):
    return ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))


@exercise.misconception
def each_by_itself(scores):
    return ops.sigmoid(scores)


@exercise.misconception
def logarithm_kept(scores):
    scores = scores - ops.max(scores, axis=-1, keepdims=True)
    return scores - ops.log(ops.sum(ops.exp(scores), axis=-1, keepdims=True))


@exercise.misconception
def winner_takes_all(scores):
    return ops.one_hot(
        ops.argmax(scores, axis=-1), scores.shape[-1], dtype=scores.dtype
    )


@exercise.alternative
def with_tensorflow(scores):
    scores -= tf.reduce_max(scores, -1, keepdims=True)
    exponentials = tf.exp(scores)
    return exponentials / tf.reduce_sum(exponentials, -1, keepdims=True)


@exercise.alternative
def with_logsumexp(scores):
    return ops.exp(scores - ops.logsumexp(scores, axis=-1, keepdims=True))


@exercise.alternative
def in_float64(scores):
    wide = tf.cast(scores, tf.float64)
    exponentials = tf.exp(wide - tf.reduce_max(wide, axis=-1)[..., None])
    weights = exponentials / tf.reduce_sum(exponentials, axis=-1)[..., None]
    return tf.cast(weights, scores.dtype)


@exercise.alternative
def row_by_row(scores):
    rows = tf.reshape(scores, [-1, scores.shape[-1]])
    weights = []
    for row in tf.unstack(rows):
        exponentials = tf.exp(row - tf.reduce_max(row))
        weights.append(exponentials / tf.reduce_sum(exponentials))
    return tf.reshape(tf.stack(weights), scores.shape)
