"""Reading an attention map: what its numbers say, row by row and column by column."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.attention.samples import UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, Sizes


def read_map(weights):
    """Reads three things off an attention map.

    Args:
        weights: [query, key] floats in [0, 1]; each row sums to 1. Some may be 0.

    Returns:
        strongest: [query] integers: the key that each query looks at most.
        received: [key] floats: the attention each key gets, averaged over the queries.
        breadth: [query] floats: how many keys a query spreads over, the exponential of
            its entropy: 1 when it looks at one key only, n when at n keys alike.
    """
    strongest = ops.argmax(weights, axis=-1)
    received = ops.mean(weights, axis=0)
    logarithms = ops.log(ops.where(weights > 0, weights, 1.0))
    entropy = -ops.sum(weights * logarithms, axis=-1)
    return strongest, received, ops.exp(entropy)


reading = Exercise(
    "attention.read_map",
    unit=UNIT,
    answer="read_map",
    reference=read_map,
    parts={"open": 3, "zeros": 1, "one_key": 1},
    returns={
        "strongest": ("query",),
        "received": ("key",),
        "breadth": ("query",),
    },
    intermediates=("entropy",),
    forbidden=(f"{__name__}.read_map",),
    hints=4,
    difficulty=2,
    importance=3,
    minutes=10,
    paper="https://arxiv.org/abs/1906.04341",
)


def _map(rng, query=4, key=6):
    exponentials = tf.exp(1.5 * floats(rng, query, key)).numpy()
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


@reading.probe(part="open")
def every_key_seen(rng):
    return Call(_map(rng))


@reading.probe(part="open")
def more_queries_than_keys(rng):
    return Call(_map(rng, query=7, key=3))


@reading.probe(part="zeros")
def some_never_seen(rng):
    """A causal map: zeros above the diagonal, and one query that sees one key."""
    weights = tf.linalg.band_part(_map(rng, 5, 5), -1, 0).numpy()
    return Call(weights / weights.sum(axis=-1, keepdims=True))


@reading.probe(part="one_key")
def one_key_only(rng):
    return Call(_map(rng, query=3, key=1))


@reading.promise(part="open", query=Sizes(1, 6), key=Sizes(2, 7))
def any_map(rng, query, key):
    return Call(_map(rng, query, key))


@reading.promise(part="zeros", visible=Sizes(1, 4))
def any_zeros(rng, visible):
    """Each query sees as many keys, others each."""
    weights = _map(rng, 3, 5)
    weights[np.argsort(rng.random((3, 5)), axis=-1) >= visible] = 0
    return Call(weights / weights.sum(axis=-1, keepdims=True))


def _right(weights):
    received = ops.mean(weights, axis=0)
    return ops.argmax(weights, axis=-1), received, ops.exp(_entropy(weights))


def _entropy(weights):
    logarithms = ops.log(ops.where(weights > 0, weights, 1.0))
    return -ops.sum(weights * logarithms, axis=-1)


@reading.misconception
def down_the_columns(weights):
    _, received, breadth = _right(weights)
    return ops.argmax(weights, axis=0), received, breadth


@reading.misconception
def weight_not_place(weights):
    _, received, breadth = _right(weights)
    return ops.max(weights, axis=-1), received, breadth


@reading.misconception
def received_by_rows(weights):
    strongest, _, breadth = _right(weights)
    return strongest, ops.mean(weights, axis=-1), breadth


@reading.misconception
def received_not_averaged(weights):
    strongest, _, breadth = _right(weights)
    return strongest, ops.sum(weights, axis=0), breadth


@reading.misconception
def received_divided_by_keys(weights):
    strongest, _, breadth = _right(weights)
    return strongest, ops.sum(weights, axis=0) / weights.shape[1], breadth


@reading.misconception
def logarithm_of_zero(weights):
    strongest, received, _ = _right(weights)
    entropy = -ops.sum(weights * ops.log(weights), axis=-1)
    return strongest, received, ops.exp(entropy)


@reading.misconception
def entropy_not_raised(weights):
    strongest, received, _ = _right(weights)
    return strongest, received, _entropy(weights)


@reading.misconception
def sign_forgotten(weights):
    strongest, received, _ = _right(weights)
    return strongest, received, ops.exp(-_entropy(weights))


@reading.misconception
def bases_mixed(weights):
    strongest, received, _ = _right(weights)
    return strongest, received, ops.exp(_entropy(weights) / ops.log(2.0))


@reading.misconception
def entropy_averaged(weights):
    strongest, received, _ = _right(weights)
    return strongest, received, ops.exp(_entropy(weights) / weights.shape[1])


@reading.misconception
def keys_counted(weights):
    strongest, received, _ = _right(weights)
    seen = ops.cast(weights > 0, weights.dtype)
    return strongest, received, ops.sum(seen, axis=-1)


@reading.alternative
def with_tensorflow(weights):
    entropy = -tf.reduce_sum(tf.math.xlogy(weights, weights), axis=1)
    return tf.argmax(weights, 1), tf.reduce_mean(weights, 0), tf.exp(entropy)


@reading.alternative
def with_a_small_number(weights):
    entropy = -ops.sum(weights * ops.log(weights + 1e-10), axis=-1)
    count = weights.shape[0]
    return (
        ops.argmax(weights, axis=1),
        ops.sum(weights, axis=0) / count,
        ops.exp(entropy),
    )


@reading.alternative
def as_a_product(weights):
    breadth = ops.prod(ops.power(weights, -weights), axis=-1)
    received = ops.mean(ops.transpose(weights), axis=-1)
    strongest = ops.flip(ops.argsort(weights, axis=-1), axis=-1)[:, 0]
    return strongest, received, breadth


@reading.alternative
def in_bits(weights):
    bits = -ops.sum(weights * ops.log2(ops.maximum(weights, 1e-12)), axis=-1)
    return ops.argmax(weights, -1), ops.mean(weights, 0), ops.power(2.0, bits)
