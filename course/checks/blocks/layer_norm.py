"""blocks.layer_norm: every word's features get mean 0 and variance 1, then a scale."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.blocks.samples import UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import layer_norm

exercise = Exercise(
    "blocks.layer_norm",
    unit=UNIT,
    answer="layer_norm",
    reference=layer_norm,
    parts={"values": 3, "epsilon": 1, "gradient": 1, "compiled": 1},
    returns={"output": ("batch", "length", "dim")},
    intermediates=("centred", "variance"),
    forbidden=(
        "course.pieces.layer_norm",
        "keras.ops.nn.layer_normalization",
        "keras.layers.LayerNormalization",
    ),
    operations=(
        "FusedBatchNorm",
        "FusedBatchNormV2",
        "FusedBatchNormV3",
        "BatchNormWithGlobalNormalization",
    ),
    hints=4,
    difficulty=2,
    importance=5,
    minutes=12,
    paper="https://arxiv.org/abs/1607.06450",
)


def _call(rng, *shape, epsilon=None, spread=1.0):
    # A ramp keeps features apart: where they coincide, any epsilon shows.
    ramp = np.linspace(-4, 4, shape[-1], dtype="float32")
    x = spread * (ramp + floats(rng, *shape) + 2 * floats(rng, *shape[:-1], 1))
    scale = 1.5 + 0.3 * floats(rng, shape[-1])
    kwargs = {} if epsilon is None else {"epsilon": epsilon}
    return Call(x, scale, floats(rng, shape[-1]), **kwargs)


@exercise.probe(part="values")
def two_sentences(rng):
    return _call(rng, 2, 3, 5)


@exercise.probe(part="values")
def as_many_words_as_features(rng):
    return _call(rng, 3, 4, 4)


@exercise.probe(part="epsilon")
def small_spread(rng):
    return _call(rng, 2, 5, 6, epsilon=0.01, spread=0.03)


@exercise.probe(part="epsilon")
def all_features_alike(rng):
    # Not the usual epsilon: divided by its root, the rounding of a mean would show.
    x = floats(rng, 2, 3, 1).repeat(4, axis=-1)
    return Call(x, 1 + floats(rng, 4), floats(rng, 4), epsilon=0.01)


@exercise.probe(part="gradient")
def gradients(rng):
    return _call(rng, 2, 3, 4).asking(gradient=floats(rng, 2, 3, 4))


@exercise.probe(part="compiled")
def compiled_by_xla(rng):
    return _call(rng, 2, 3, 5).asking(mode="xla")


@exercise.promise(part="values", rank=Sizes(1, 4), dim=Sizes(2, 9), size=OneOf(0.1, 50))
def any_axes(rng, rank, dim, size):
    return _call(rng, *(2, 3, 4)[: rank - 1], dim, spread=size)


@exercise.promise(part="epsilon", epsilon=OneOf(None, 1e-3, 1.0), rank=Sizes(1, 3))
def any_epsilon(rng, epsilon, rank):
    spread = 3e-4 if epsilon is None else 0.03
    return _call(rng, *(2, 3)[: rank - 1], 6, epsilon=epsilon, spread=spread)


def _normalised(x, axis=-1, epsilon=1e-6):
    centred = x - ops.mean(x, axis=axis, keepdims=True)
    variance = ops.mean(ops.square(centred), axis=axis, keepdims=True)
    return centred / ops.sqrt(variance + epsilon)


@exercise.misconception
def over_the_words(x, scale, offset, epsilon=1e-6):
    return _normalised(x, -2, epsilon) * scale + offset


@exercise.misconception
def over_the_batch(x, scale, offset, epsilon=1e-6):
    """That is batch normalisation."""
    return _normalised(x, (0, 1), epsilon) * scale + offset


@exercise.misconception
def over_words_and_features(x, scale, offset, epsilon=1e-6):
    return _normalised(x, (1, 2), epsilon) * scale + offset


@exercise.misconception
def epsilon_outside_the_root(x, scale, offset, epsilon=1e-6):
    centred = x - ops.mean(x, axis=-1, keepdims=True)
    deviation = ops.sqrt(ops.mean(ops.square(centred), axis=-1, keepdims=True))
    return centred / (deviation + epsilon) * scale + offset


@exercise.misconception
def epsilon_forgotten(x, scale, offset, epsilon=1e-6):
    return _normalised(x, epsilon=0.0) * scale + offset


@exercise.misconception
def root_forgotten(x, scale, offset, epsilon=1e-6):
    centred = x - ops.mean(x, axis=-1, keepdims=True)
    variance = ops.mean(ops.square(centred), axis=-1, keepdims=True)
    return centred / (variance + epsilon) * scale + offset


@exercise.misconception
def divided_by_one_less(x, scale, offset, epsilon=1e-6):
    centred = x - ops.mean(x, axis=-1, keepdims=True)
    squares = ops.sum(ops.square(centred), axis=-1, keepdims=True)
    return centred / ops.sqrt(squares / (x.shape[-1] - 1) + epsilon) * scale + offset


@exercise.misconception
def mean_not_subtracted(x, scale, offset, epsilon=1e-6):
    square = ops.mean(ops.square(x), axis=-1, keepdims=True)
    return x / ops.sqrt(square + epsilon) * scale + offset


@exercise.misconception
def offset_scaled_too(x, scale, offset, epsilon=1e-6):
    return (_normalised(x, epsilon=epsilon) + offset) * scale


@exercise.misconception
def epsilon_ignored(x, scale, offset, epsilon=1e-6):
    return _normalised(x) * scale + offset


@exercise.misconception
def scale_forgotten(x, scale, offset, epsilon=1e-6):
    return _normalised(x, epsilon=epsilon) + offset


@exercise.misconception
def offset_forgotten(x, scale, offset, epsilon=1e-6):
    return _normalised(x, epsilon=epsilon) * scale


@exercise.alternative
def with_var(x, scale, offset, epsilon=1e-6):
    variance = ops.var(x, axis=-1, keepdims=True)
    centred = x - ops.mean(x, axis=-1, keepdims=True)
    return centred * ops.rsqrt(variance + epsilon) * scale + offset


@exercise.alternative
def with_moments(x, scale, offset, epsilon=1e-6):
    mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
    return (x - mean) * tf.math.rsqrt(variance + epsilon) * scale + offset


@exercise.alternative
def transposed(x, scale, offset, epsilon=1e-6):
    features = ops.moveaxis(x, -1, 0)
    centred = features - ops.mean(features, axis=0)
    deviation = ops.sqrt(ops.mean(centred * centred, axis=0) + epsilon)
    return ops.moveaxis(centred / deviation, 0, -1) * scale + offset
