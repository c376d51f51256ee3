"""blocks.feed_forward: each word thinks for itself, in a wider space."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.blocks.samples import PAPER, UNIT, projection_weights
from course.checks.samples import floats
from course.examination import Call, Exercise, Sizes
from course.pieces import feed_forward

exercise = Exercise(
    "blocks.feed_forward",
    unit=UNIT,
    answer="feed_forward",
    reference=feed_forward,
    parts={"values": 3, "alone": 1, "gradient": 1},
    returns={"output": ("batch", "length", "dim")},
    intermediates=("hidden",),
    forbidden=("course.pieces.feed_forward", "transformer_tf.FeedForward"),
    hints=3,
    difficulty=1,
    importance=4,
    minutes=8,
    paper=PAPER,
)


def _weights(rng, dim, hidden_dim):
    wide = projection_weights(rng, dim, hidden_dim)
    narrow = projection_weights(rng, hidden_dim, dim)
    return [*wide.values(), *narrow.values()]


@exercise.probe(part="values")
def wider_inside(rng):
    return Call(floats(rng, 2, 3, 4), *_weights(rng, 4, 9))


@exercise.probe(part="values")
def as_wide_inside(rng):
    return Call(floats(rng, 3, 2, 5), *_weights(rng, 5, 5))


@exercise.property(part="alone")
def each_word_for_itself(rng):
    x, weights = floats(rng, 2, 5, 4), _weights(rng, 4, 7)
    whole, part = yield [Call(x, *weights), Call(x[:, 3:4], *weights)]
    return abs(whole.output.values[:, 3:4] - part.output.values).max() < 1e-5


@exercise.probe(part="gradient")
def gradients(rng):
    *weights, narrow_bias = _weights(rng, 4, 6)
    # Results below zero: an activation too many has no gradient there.
    case = Call(floats(rng, 2, 3, 4), *weights, narrow_bias - np.float32(9))
    return case.asking(gradient=floats(rng, 2, 3, 4))


@exercise.promise(
    part="values",
    batch=Sizes(1, 3),
    length=Sizes(1, 6),
    dim=Sizes(1, 5),
    hidden_dim=Sizes(1, 9),
)
def any_sizes(rng, batch, length, dim, hidden_dim):
    return Call(floats(rng, batch, length, dim), *_weights(rng, dim, hidden_dim))


@exercise.misconception
def no_activation(x, wide_kernel, wide_bias, narrow_kernel, narrow_bias):
    hidden = ops.matmul(x, wide_kernel) + wide_bias
    return ops.matmul(hidden, narrow_kernel) + narrow_bias


@exercise.misconception
def activated_twice(x, wide_kernel, wide_bias, narrow_kernel, narrow_bias):
    hidden = ops.relu(ops.matmul(x, wide_kernel) + wide_bias)
    return ops.relu(ops.matmul(hidden, narrow_kernel) + narrow_bias)


@exercise.misconception
def activated_at_the_end(x, wide_kernel, wide_bias, narrow_kernel, narrow_bias):
    hidden = ops.matmul(x, wide_kernel) + wide_bias
    return ops.relu(ops.matmul(hidden, narrow_kernel) + narrow_bias)


@exercise.misconception
def bias_after_activation(x, wide_kernel, wide_bias, narrow_kernel, narrow_bias):
    hidden = ops.relu(ops.matmul(x, wide_kernel)) + wide_bias
    return ops.matmul(hidden, narrow_kernel) + narrow_bias


@exercise.misconception
def biases_forgotten(x, wide_kernel, wide_bias, narrow_kernel, narrow_bias):
    return ops.matmul(ops.relu(ops.matmul(x, wide_kernel)), narrow_kernel)


@exercise.misconception
def input_added(x, wide_kernel, wide_bias, narrow_kernel, narrow_bias):
    hidden = ops.relu(ops.matmul(x, wide_kernel) + wide_bias)
    return x + ops.matmul(hidden, narrow_kernel) + narrow_bias


@exercise.misconception
def softmax_inside(x, wide_kernel, wide_bias, narrow_kernel, narrow_bias):
    hidden = ops.softmax(ops.matmul(x, wide_kernel) + wide_bias)
    return ops.matmul(hidden, narrow_kernel) + narrow_bias


@exercise.misconception
def wide_bias_forgotten(x, wide_kernel, wide_bias, narrow_kernel, narrow_bias):
    return ops.matmul(ops.relu(ops.matmul(x, wide_kernel)), narrow_kernel) + narrow_bias


@exercise.misconception
def narrow_bias_forgotten(x, wide_kernel, wide_bias, narrow_kernel, narrow_bias):
    return ops.matmul(ops.relu(ops.matmul(x, wide_kernel) + wide_bias), narrow_kernel)


@exercise.misconception
def gelu_inside(x, wide_kernel, wide_bias, narrow_kernel, narrow_bias):
    hidden = ops.gelu(ops.matmul(x, wide_kernel) + wide_bias)
    return ops.matmul(hidden, narrow_kernel) + narrow_bias


@exercise.alternative
def with_einsum(x, wide_kernel, wide_bias, narrow_kernel, narrow_bias):
    hidden = tf.einsum("bld,dh->blh", x, wide_kernel) + wide_bias
    return tf.einsum("blh,hd->bld", tf.nn.relu(hidden), narrow_kernel) + narrow_bias


@exercise.alternative
def with_maximum(x, wide_kernel, wide_bias, narrow_kernel, narrow_bias):
    hidden = ops.maximum(x @ wide_kernel + wide_bias, 0)
    return ops.dot(hidden, narrow_kernel) + narrow_bias


@exercise.alternative
def word_by_word(x, wide_kernel, wide_bias, narrow_kernel, narrow_bias):
    words = [
        ops.matmul(ops.relu(word @ wide_kernel + wide_bias), narrow_kernel)
        for word in tf.unstack(x, axis=1)
    ]
    return ops.stack(words, axis=1) + narrow_bias
