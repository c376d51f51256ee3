"""encoders.head: one more transformation, then a score for every token."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.encoders.samples import BERT, UNIT, floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import layer_norm, mlm_head

exercise = Exercise(
    "encoders.head",
    unit=UNIT,
    answer="mlm_head",
    reference=mlm_head,
    parts={"values": 3, "gradient": 2, "compiled": 1},
    returns={"logits": ("batch", "length", "vocabulary")},
    intermediates=("transformed", "normed"),
    forbidden=("course.pieces.mlm_head", "transformer_tf.MaskedLMHead"),
    stands_on=(
        "course.pieces.blocks",
        "course.pieces.layer_norm",
        "keras.ops.nn.layer_normalization",
    ),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=15,
    paper=BERT,
)


def _call(rng, batch, length, dim, vocabulary):
    # Ramps keep the features of a token apart: where they are nearly alike, dividing by
    # their spread would magnify how an answer rounds.
    ramp = np.linspace(-2, 2, dim, dtype="float32")
    kernel = np.diag(ramp + np.where(ramp < 0, -0.5, 0.5)).astype("float32")
    return Call(
        1 + 0.3 * floats(rng, batch, length, dim),
        kernel + 0.1 * floats(rng, dim, dim),
        0.3 * floats(rng, dim),
        1.5 + 0.3 * floats(rng, dim),
        floats(rng, dim),
        2 * floats(rng, vocabulary, dim),
        2 * floats(rng, vocabulary),
    )


@exercise.probe(part="values")
def two_texts(rng):
    return _call(rng, 2, 3, 5, 7)


@exercise.probe(part="values")
def as_many_tokens_as_features(rng):
    return _call(rng, 3, 4, 6, 6)


@exercise.probe(part="values")
def features_nearly_alike(rng):
    """Their variance is about the norm's epsilon."""
    x, *rest = (array.values for array in _call(rng, 1, 3, 5, 7).request.args)
    kernel, bias, *others = rest
    return Call(np.zeros_like(x), kernel, bias * np.float32(2e-3), *others)


@exercise.probe(part="gradient")
def gradients(rng):
    return _call(rng, 2, 3, 4, 7).asking(gradient=floats(rng, 2, 3, 7))


@exercise.probe(part="compiled")
def compiled_by_xla(rng):
    return _call(rng, 2, 3, 5, 7).asking(mode="xla")


@exercise.promise(
    part="values",
    batch=Sizes(1, 3),
    length=Sizes(1, 6),
    dim=Sizes(3, 9),
    vocabulary=OneOf(1, 11, 300),
)
def any_sizes(rng, batch, length, dim, vocabulary):
    return _call(rng, batch, length, dim, vocabulary)


def _gelu(x):
    return ops.gelu(x, approximate=False)


def _scored(normed, table, token_bias):
    return ops.matmul(normed, ops.transpose(table)) + token_bias


@exercise.misconception
def no_transformation(x, kernel, bias, scale, offset, table, token_bias):
    return _scored(layer_norm(x, scale, offset), table, token_bias)


@exercise.misconception
def no_norm(x, kernel, bias, scale, offset, table, token_bias):
    return _scored(_gelu(x @ kernel + bias), table, token_bias)


@exercise.misconception
def scale_and_offset_forgotten(x, kernel, bias, scale, offset, table, token_bias):
    normed = layer_norm(
        _gelu(x @ kernel + bias), ops.ones_like(scale), ops.zeros_like(offset)
    )
    return _scored(normed, table, token_bias)


@exercise.misconception
def token_bias_forgotten(x, kernel, bias, scale, offset, table, token_bias):
    normed = layer_norm(_gelu(x @ kernel + bias), scale, offset)
    return ops.matmul(normed, ops.transpose(table))


@exercise.misconception
def token_bias_twice(x, kernel, bias, scale, offset, table, token_bias):
    normed = layer_norm(_gelu(x @ kernel + bias), scale, offset)
    return _scored(normed, table, 2 * token_bias)


@exercise.misconception
def bias_forgotten(x, kernel, bias, scale, offset, table, token_bias):
    normed = layer_norm(_gelu(x @ kernel), scale, offset)
    return _scored(normed, table, token_bias)


@exercise.misconception
def norm_before_activation(x, kernel, bias, scale, offset, table, token_bias):
    normed = layer_norm(x @ kernel + bias, scale, offset)
    return _scored(_gelu(normed), table, token_bias)


@exercise.misconception
def norm_first(x, kernel, bias, scale, offset, table, token_bias):
    normed = layer_norm(x, scale, offset)
    return _scored(_gelu(normed @ kernel + bias), table, token_bias)


@exercise.misconception
def no_activation(x, kernel, bias, scale, offset, table, token_bias):
    return _scored(layer_norm(x @ kernel + bias, scale, offset), table, token_bias)


@exercise.misconception
def relu_not_gelu(x, kernel, bias, scale, offset, table, token_bias):
    normed = layer_norm(ops.relu(x @ kernel + bias), scale, offset)
    return _scored(normed, table, token_bias)


@exercise.misconception
def gelu_approximated(x, kernel, bias, scale, offset, table, token_bias):
    """GPT-2's form of it, and Keras' default in some places."""
    transformed = ops.gelu(x @ kernel + bias, approximate=True)
    return _scored(layer_norm(transformed, scale, offset), table, token_bias)


@exercise.misconception
def table_copied(x, kernel, bias, scale, offset, table, token_bias):
    """The same numbers; but nothing learned here reaches the table."""
    normed = layer_norm(_gelu(x @ kernel + bias), scale, offset)
    return _scored(normed, ops.stop_gradient(table), token_bias)


@exercise.misconception
def probabilities_returned(x, kernel, bias, scale, offset, table, token_bias):
    normed = layer_norm(_gelu(x @ kernel + bias), scale, offset)
    return ops.softmax(_scored(normed, table, token_bias), axis=-1)


@exercise.alternative
def with_einsum(x, kernel, bias, scale, offset, table, token_bias):
    transformed = _gelu(ops.einsum("bld,de->ble", x, kernel) + bias)
    normed = layer_norm(transformed, scale, offset)
    return ops.einsum("bld,vd->blv", normed, table) + token_bias


@exercise.alternative
def with_transpose_b(x, kernel, bias, scale, offset, table, token_bias):
    transformed = tf.nn.gelu(tf.matmul(x, kernel) + bias, approximate=False)
    normed = layer_norm(transformed, scale, offset)
    return tf.matmul(normed, table, transpose_b=True) + token_bias


@exercise.alternative
def by_moments(x, kernel, bias, scale, offset, table, token_bias):
    transformed = _gelu(x @ kernel + bias)
    mean, variance = tf.nn.moments(transformed, axes=[-1], keepdims=True)
    normed = (transformed - mean) * tf.math.rsqrt(variance + 1e-6) * scale + offset
    return normed @ tf.transpose(table) + token_bias


@exercise.alternative
def with_erf(x, kernel, bias, scale, offset, table, token_bias):
    y = ops.matmul(x, kernel) + bias
    y = 0.5 * y * (1 + tf.math.erf(y / tf.cast(2.0, y.dtype) ** 0.5))
    return _scored(layer_norm(y, scale, offset), table, token_bias)


@exercise.alternative
def in_rows(x, kernel, bias, scale, offset, table, token_bias):
    rows = tf.reshape(x, (-1, x.shape[-1]))
    rows = layer_norm(_gelu(rows @ kernel + bias), scale, offset)
    logits = rows @ tf.transpose(table) + token_bias
    return tf.reshape(logits, (x.shape[0], x.shape[1], table.shape[0]))


@exercise.alternative
def by_the_library_norm(x, kernel, bias, scale, offset, table, token_bias):
    transformed = keras.activations.gelu(ops.dot(x, kernel) + bias)
    normed = ops.layer_normalization(transformed, scale, offset, epsilon=1e-6)
    return ops.tensordot(normed, table, axes=[[-1], [-1]]) + token_bias


@exercise.alternative
def bias_as_a_column(x, kernel, bias, scale, offset, table, token_bias):
    normed = layer_norm(_gelu(ops.add(ops.matmul(x, kernel), bias)), scale, offset)
    ones = ops.ones_like(normed[..., :1])
    wide = ops.concatenate([table, token_bias[:, None]], axis=-1)
    return ops.matmul(ops.concatenate([normed, ones], axis=-1), ops.transpose(wide))
