"""blocks.residual: a sublayer adds a change; the norm stands before it or after."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.blocks.samples import UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes


def residual(x, kernel, scale, offset, norm_first):
    """One sublayer with a residual connection; the sublayer is tanh of one product.

    Args:
        x: [batch, length, dim] floats: the residual stream.
        kernel: [dim, dim] floats of the sublayer.
        scale, offset: [dim] floats of the normalisation.
        norm_first: Whether the norm stands before the sublayer (pre-norm), or after
            the sum (post-norm).

    Returns:
        [batch, length, dim] floats.
    """
    if norm_first:
        normed = ops.layer_normalization(x, scale, offset, epsilon=1e-6)
        return x + ops.tanh(ops.matmul(normed, kernel))
    change = ops.tanh(ops.matmul(x, kernel))
    return ops.layer_normalization(x + change, scale, offset, epsilon=1e-6)


exercise = Exercise(
    "blocks.residual",
    unit=UNIT,
    answer="residual",
    reference=residual,
    parts={"pre_norm": 2, "post_norm": 2, "gradient": 1},
    returns={"output": ("batch", "length", "dim")},
    forbidden=(f"{__name__}.residual",),
    hints=3,
    difficulty=2,
    importance=5,
    minutes=10,
    paper="https://arxiv.org/abs/2002.04745",
)


def _call(rng, *shape, norm_first, size=1.0):
    dim = shape[-1]
    x = np.float32(size) * (2 * floats(rng, *shape) + 0.5)
    kernel, scale = floats(rng, dim, dim, scale=0.6), 1.5 + 0.3 * floats(rng, dim)
    return Call(x, kernel, scale, floats(rng, dim), norm_first=norm_first)


@exercise.probe(part="pre_norm")
def norm_before(rng):
    return _call(rng, 2, 3, 5, norm_first=True)


@exercise.probe(part="pre_norm")
def norm_before_square(rng):
    return _call(rng, 2, 4, 4, norm_first=True)


@exercise.probe(part="post_norm")
def norm_after(rng):
    return _call(rng, 3, 2, 5, norm_first=False)


@exercise.probe(part="gradient")
def gradients(rng):
    case = _call(rng, 2, 3, 4, norm_first=True)
    return case.asking(gradient=floats(rng, 2, 3, 4))


@exercise.promise(
    part="pre_norm",
    batch=Sizes(1, 3),
    length=Sizes(1, 6),
    dim=Sizes(2, 7),
    size=OneOf(1.0, 1e-3),  # next to nothing varies: the epsilon of 1e-6 shows
)
def any_sizes_before(rng, batch, length, dim, size):
    return _call(rng, batch, length, dim, norm_first=True, size=size)


@exercise.promise(
    part="post_norm",
    batch=Sizes(1, 3),
    length=Sizes(1, 6),
    dim=Sizes(2, 7),
    size=OneOf(1.0, 1e-3),  # next to nothing varies: the epsilon of 1e-6 shows
)
def any_sizes_after(rng, batch, length, dim, size):
    return _call(rng, batch, length, dim, norm_first=False, size=size)


def _norm(x, scale, offset):
    return ops.layer_normalization(x, scale, offset, epsilon=1e-6)


def _sublayer(x, kernel):
    return ops.tanh(ops.matmul(x, kernel))


@exercise.misconception
def no_road(x, kernel, scale, offset, norm_first):
    """The change is returned without what it should change."""
    if norm_first:
        return _sublayer(_norm(x, scale, offset), kernel)
    return _norm(_sublayer(x, kernel), scale, offset)


@exercise.misconception
def road_starts_after_the_norm(x, kernel, scale, offset, norm_first):
    if norm_first:
        normed = _norm(x, scale, offset)
        return normed + _sublayer(normed, kernel)
    return _norm(x + _sublayer(x, kernel), scale, offset)


@exercise.misconception
def only_the_change_normed(x, kernel, scale, offset, norm_first):
    if norm_first:
        return x + _sublayer(_norm(x, scale, offset), kernel)
    return x + _norm(_sublayer(x, kernel), scale, offset)


@exercise.misconception
def orders_exchanged(x, kernel, scale, offset, norm_first):
    if norm_first:
        return _norm(x + _sublayer(x, kernel), scale, offset)
    return x + _sublayer(_norm(x, scale, offset), kernel)


@exercise.misconception
def always_before(x, kernel, scale, offset, norm_first):
    return x + _sublayer(_norm(x, scale, offset), kernel)


@exercise.misconception
def always_after(x, kernel, scale, offset, norm_first):
    return _norm(x + _sublayer(x, kernel), scale, offset)


@exercise.misconception
def road_multiplied(x, kernel, scale, offset, norm_first):
    if norm_first:
        return x * _sublayer(_norm(x, scale, offset), kernel)
    return _norm(x * _sublayer(x, kernel), scale, offset)


@exercise.alternative
def one_line_each(x, kernel, scale, offset, norm_first):
    inside = _norm(x, scale, offset) if norm_first else x
    summed = x + tf.tanh(inside @ kernel)
    return summed if norm_first else _norm(summed, scale, offset)


@exercise.alternative
def normed_by_hand(x, kernel, scale, offset, norm_first):
    def norm(x):
        mean, variance = tf.nn.moments(x, [-1], keepdims=True)
        return (x - mean) / tf.sqrt(variance + 1e-6) * scale + offset

    if norm_first:
        return keras.ops.add(x, _sublayer(norm(x), kernel))
    return norm(keras.ops.add(_sublayer(x, kernel), x))


@exercise.alternative
def with_einsum(x, kernel, scale, offset, norm_first):
    inside = _norm(x, scale, offset) if norm_first else x
    change = ops.tanh(ops.einsum("bld,de->ble", inside, kernel))
    return x + change if norm_first else _norm(change + x, scale, offset)
