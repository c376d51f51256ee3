"""Reading heads: how much of a head's attention goes a fixed number of steps away."""

import tensorflow as tf
from keras import ops

from course.checks.multi_head.samples import UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes


def attention_at_offset(weights, offset):
    """How strongly each head looks at the key a fixed number of places away.

    Args:
        weights: [batch, head, query, key] floats: maps of self-attention, so there are
            as many keys as queries. Each row sums to 1.
        offset: An integer: key = query + offset. -1 is the word before, 1 the word
            after.

    Returns:
        [head] floats in [0, 1]: the weight on that key, averaged over the batch and
        over the queries that have such a key. (At offset -1 the first query has none.)
    """
    found = ops.diagonal(weights, offset=offset, axis1=-2, axis2=-1)
    return ops.mean(found, axis=(0, 2))


following = Exercise(
    "multi_head.attention_at_offset",
    unit=UNIT,
    answer="attention_at_offset",
    reference=attention_at_offset,
    parts={"before": 2, "after": 1, "itself": 1},
    returns={"share": ("head",)},
    forbidden=(f"{__name__}.attention_at_offset",),
    hints=3,
    difficulty=2,
    importance=3,
    minutes=10,
    paper="https://arxiv.org/abs/1905.09418",
)


def _maps(rng, batch=2, heads=3, length=6):
    weights = tf.nn.softmax(1.5 * floats(rng, batch, heads, length, length))
    return weights.numpy()


@following.probe(part="before")
def one_before(rng):
    return Call(_maps(rng), -1)


@following.probe(part="before")
def three_before(rng):
    return Call(_maps(rng, batch=3, heads=2, length=5), -3)


@following.probe(part="after")
def two_after(rng):
    return Call(_maps(rng, heads=4), 2)


@following.probe(part="itself")
def oneself(rng):
    return Call(_maps(rng), 0)


@following.promise(
    part="before",
    offset=OneOf(-1, -2, -4, 1, 4, 0),
    batch=Sizes(1, 3),
    heads=Sizes(1, 4),
    length=Sizes(5, 7),
)
def any_offset(rng, offset, **sizes):
    return Call(_maps(rng, **sizes), offset)


def _found(weights, offset):
    return ops.diagonal(weights, offset=offset, axis1=-2, axis2=-1)


@following.misconception
def direction_turned(weights, offset):
    return ops.mean(_found(weights, -offset), axis=(0, 2))


@following.misconception
def divided_by_all_queries(weights, offset):
    found = _found(weights, offset)
    return ops.sum(ops.mean(found, axis=0), axis=-1) / weights.shape[-1]


@following.misconception
def wrapped_around(weights, offset):
    return ops.mean(_found(ops.roll(weights, -offset, axis=-1), 0), axis=(0, 2))


@following.misconception
def summed_not_averaged(weights, offset):
    return ops.sum(_found(weights, offset), axis=(0, 2))


@following.misconception
def heads_averaged_too(weights, offset):
    return ops.mean(_found(weights, offset))


@following.misconception
def batch_kept_heads_averaged(weights, offset):
    return ops.mean(_found(weights, offset), axis=(1, 2))


@following.misconception
def strongest_counted(weights, offset):
    length = weights.shape[-1]
    strongest = ops.one_hot(ops.argmax(weights, axis=-1), length, dtype="float32")
    return ops.mean(_found(strongest, offset), axis=(0, 2))


@following.alternative
def pair_by_pair(weights, offset):
    length = weights.shape[-1]
    pairs = [(q, q + offset) for q in range(length) if 0 <= q + offset < length]
    found = ops.stack([weights[:, :, q, k] for q, k in pairs], axis=-1)
    return ops.mean(ops.mean(found, axis=-1), axis=0)


@following.alternative
def with_a_band(weights, offset):
    length = weights.shape[-1]
    places = ops.arange(length)
    band = ops.cast(places[None] - places[:, None] == offset, weights.dtype)
    return ops.sum(ops.mean(weights, axis=0) * band, axis=(1, 2)) / ops.sum(band)


@following.alternative
def with_tensorflow(weights, offset):
    found = tf.linalg.diag_part(weights, k=offset)
    return tf.reduce_mean(found, axis=[0, 2])


@following.alternative
def in_numpy(weights, offset):
    found = weights.numpy().diagonal(offset, 2, 3)
    return ops.convert_to_tensor(found.mean((0, 2)))
