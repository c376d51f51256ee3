"""Unit 03, attention: what each exercise asks, and the mistakes that have names."""

import numpy as np
import tensorflow as tf
from keras import ops

import transformer_tf
from course.examination import Call, Exercise

UNIT = "03_attention"

attention = Exercise(
    "attention.scaled_dot_product",
    unit=UNIT,
    answer="scaled_dot_product_attention",
    reference=transformer_tf.scaled_dot_product_attention,
    parts={"values": 4, "mask": 3, "stable": 1, "gradient": 1, "compiled": 1},
    # In the order of computation; the function returns the output first.
    returns={
        "weights": ("batch", "query", "key"),
        "output": ("batch", "query", "value_dim"),
    },
    outputs=("output", "weights"),
    intermediates=("scores",),
    forbidden=(
        "transformer_tf.scaled_dot_product_attention",
        "keras.ops.nn.dot_product_attention",
        "keras.layers.Attention",
        "keras.layers.MultiHeadAttention",
    ),
    hints=3,
    difficulty=3,
    importance=5,
    minutes=20,
    paper="https://arxiv.org/abs/1706.03762",
)


def _triple(rng, batch=2, query=3, key=5, dim=4, value_dim=6):
    """Query, key and value with axes of different sizes: a swapped axis shows."""
    shapes = [(batch, query, dim), (batch, key, dim), (batch, key, value_dim)]
    return [rng.normal(size=shape).astype("float32") for shape in shapes]


def _mask(rng, *shape):
    """Random booleans that leave the first key of every query visible."""
    allowed = rng.random(shape) < 0.5
    allowed[..., 0] = True
    allowed[..., -1] = False
    return allowed


@attention.probe(part="values")
def square(rng):
    return Call(*_triple(rng, query=4, key=4, dim=4, value_dim=4))


@attention.probe(part="values")
def lengths_differ(rng):
    return Call(*_triple(rng))


@attention.probe(part="values")
def one_token(rng):
    return Call(*_triple(rng, query=1, key=1))


@attention.probe(part="values")
def more_leading_axes(rng):
    shapes = [(2, 3, 4, 7), (2, 3, 5, 7), (2, 3, 5, 6)]
    return Call(*(rng.normal(size=shape).astype("float32") for shape in shapes))


@attention.probe(part="mask")
def some_keys_masked(rng):
    mask = _mask(rng, 2, 3, 5)
    return Call(*_triple(rng), attention_mask=mask).with_regions(masked_keys=~mask)


@attention.probe(part="mask")
def mask_broadcasts(rng):
    mask = _mask(rng, 2, 1, 5)
    return Call(*_triple(rng), attention_mask=mask).with_regions(masked_keys=~mask)


@attention.probe(part="stable")
def large_scores(rng):
    query, key, value = _triple(rng, dim=8)
    return Call(30 * query, 30 * key, value)


@attention.probe(part="gradient")
def gradients(rng):
    query, key, value = _triple(rng)
    cotangents = (
        rng.normal(size=(2, 3, 6)).astype("float32"),
        rng.normal(size=(2, 3, 5)).astype("float32"),
    )
    return Call(query, key, value).asking(gradient=cotangents)


@attention.probe(part="compiled")
def compiled_by_xla(rng):
    mask = _mask(rng, 2, 3, 5)
    return Call(*_triple(rng), attention_mask=mask).asking(mode="xla")


def _attend(query, key, value, attention_mask, score=None, weigh=None, mask=None):
    """Attention with replaceable steps, from which the mistakes below are made."""
    scores = ops.matmul(query, ops.swapaxes(key, -1, -2))
    scale = query.shape[-1] ** 0.5
    scores = score(scores) if score else scores / scale
    if attention_mask is not None:
        scores = (mask or _very_negative)(scores, attention_mask)
    weights = (weigh or ops.softmax)(scores)
    return ops.matmul(weights, value), weights


def _very_negative(scores, mask):
    return ops.where(mask, scores, -1e9)


@attention.misconception
def not_scaled(query, key, value, attention_mask=None):
    return _attend(query, key, value, attention_mask, score=lambda s: s)


@attention.misconception
def scaled_by_dim(query, key, value, attention_mask=None):
    dim = query.shape[-1]
    return _attend(query, key, value, attention_mask, score=lambda s: s / dim)


@attention.misconception
def scale_multiplied(query, key, value, attention_mask=None):
    root = query.shape[-1] ** 0.5
    return _attend(query, key, value, attention_mask, score=lambda s: s * root)


@attention.misconception
def scaled_by_length(query, key, value, attention_mask=None):
    root = key.shape[-2] ** 0.5
    return _attend(query, key, value, attention_mask, score=lambda s: s / root)


@attention.misconception
def softmax_over_queries(query, key, value, attention_mask=None):
    def weigh(scores):
        return ops.softmax(scores, axis=-2)

    return _attend(query, key, value, attention_mask, weigh=weigh)


@attention.misconception
def softmax_over_everything(query, key, value, attention_mask=None):
    def weigh(scores):
        return ops.softmax(scores, axis=(-2, -1))

    return _attend(query, key, value, attention_mask, weigh=weigh)


@attention.misconception
def mask_ignored(query, key, value, attention_mask=None):
    return _attend(query, key, value, None)


@attention.misconception
def mask_inverted(query, key, value, attention_mask=None):
    def mask(scores, allowed):
        return ops.where(allowed, -1e9, scores)

    return _attend(query, key, value, attention_mask, mask=mask)


@attention.misconception
def mask_after_softmax(query, key, value, attention_mask=None):
    _, weights = _attend(query, key, value, None)
    if attention_mask is not None:
        weights = ops.where(attention_mask, weights, 0.0)
    return ops.matmul(weights, value), weights


@attention.misconception
def mask_multiplied(query, key, value, attention_mask=None):
    def mask(scores, allowed):
        return scores * ops.cast(allowed, scores.dtype)

    return _attend(query, key, value, attention_mask, mask=mask)


@attention.misconception
def mask_too_mild(query, key, value, attention_mask=None):
    def mask(scores, allowed):
        return ops.where(allowed, scores, -1.0)

    return _attend(query, key, value, attention_mask, mask=mask)


@attention.misconception
def values_are_keys(query, key, value, attention_mask=None):
    return _attend(query, key, key, attention_mask)


@attention.misconception
def sum_instead_of_softmax(query, key, value, attention_mask=None):
    def weigh(scores):
        return scores / ops.sum(scores, axis=-1, keepdims=True)

    return _attend(query, key, value, attention_mask, weigh=weigh)


@attention.misconception
def softmax_overflows(query, key, value, attention_mask=None):
    def weigh(scores):
        exponentials = ops.exp(scores)
        return exponentials / ops.sum(exponentials, axis=-1, keepdims=True)

    return _attend(query, key, value, attention_mask, weigh=weigh)


@attention.misconception
def uniform_weights(query, key, value, attention_mask=None):
    return _attend(query, key, value, attention_mask, score=ops.zeros_like)


@attention.misconception
def weights_transposed(query, key, value, attention_mask=None):
    output, weights = _attend(query, key, value, attention_mask)
    return output, ops.swapaxes(weights, -1, -2)


@attention.alternative
def minus_infinity(query, key, value, attention_mask=None):
    scores = tf.matmul(query, key, transpose_b=True)
    scores /= tf.sqrt(tf.cast(tf.shape(key)[-1], scores.dtype))
    if attention_mask is not None:
        scores = tf.where(attention_mask, scores, -np.inf)
    weights = tf.nn.softmax(scores)
    return weights @ value, weights


@attention.alternative
def query_scaled_first(query, key, value, attention_mask=None):
    query = query / query.shape[-1] ** 0.5
    scores = ops.einsum("...qd,...kd->...qk", query, key)
    if attention_mask is not None:
        scores = scores + (1.0 - ops.cast(attention_mask, scores.dtype)) * -1e9
    weights = ops.softmax(scores, axis=-1)
    return ops.einsum("...qk,...kd->...qd", weights, value), weights


@attention.alternative
def softmax_by_hand(query, key, value, attention_mask=None):
    scores = ops.matmul(query, ops.swapaxes(key, -1, -2)) / query.shape[-1] ** 0.5
    if attention_mask is not None:
        scores = ops.where(attention_mask, scores, -1e4)
    scores = scores - ops.max(scores, axis=-1, keepdims=True)
    exponentials = ops.exp(scores)
    weights = exponentials / ops.sum(exponentials, axis=-1, keepdims=True)
    return ops.matmul(weights, value), weights


@attention.alternative
def in_float64(query, key, value, attention_mask=None):
    dtype = query.dtype
    query, key, value = (tf.cast(x, tf.float64) for x in (query, key, value))
    output, weights = softmax_by_hand(query, key, value, attention_mask)
    return tf.cast(output, dtype), tf.cast(weights, dtype)
