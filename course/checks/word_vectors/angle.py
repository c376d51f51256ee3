"""Cosine similarity, and the angle between two vectors."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.samples import floats
from course.checks.word_vectors.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes


def cosine_and_angle(one, other):
    """Compares the directions of two vectors, pair by pair.

    Args:
        one, other: [batch, dim] floats: row n of one is compared with row n of other.

    Returns:
        cosine: [batch] floats in [-1, 1]; 0 where a vector is all zeros.
        angle: [batch] floats: the angle in degrees, from 0 (same direction) to 180.
    """
    product = ops.sum(one * other, axis=-1)
    lengths = ops.norm(one, axis=-1) * ops.norm(other, axis=-1)
    cosine = product / ops.maximum(lengths, 1e-12)
    cosine = ops.clip(cosine, -1.0, 1.0)
    angle = ops.arccos(cosine) * 180 / np.pi
    return cosine, angle


angles = Exercise(
    "word_vectors.cosine_and_angle",
    unit=UNIT,
    answer="cosine_and_angle",
    reference=cosine_and_angle,
    parts={"values": 3, "zeros": 1, "parallel": 1},
    returns={"cosine": ("batch",), "angle": ("batch",)},
    forbidden=(
        f"{__name__}.cosine_and_angle",
        "keras.losses.cosine_similarity",
        "keras.losses.CosineSimilarity",
        "keras.metrics.CosineSimilarity",
    ),
    hints=4,
    difficulty=2,
    importance=5,
    minutes=10,
    paper="https://en.wikipedia.org/wiki/Cosine_similarity",
)


def _pairs(rng, batch, dim):
    """Pairs of vectors of very different lengths, none of them nearly parallel."""
    one, other = floats(rng, 2, batch, dim)
    one -= (
        other * (one * other).sum(-1, keepdims=True) / (other**2).sum(-1, keepdims=True)
    )
    one /= (one**2).sum(-1, keepdims=True) ** 0.5
    other /= (other**2).sum(-1, keepdims=True) ** 0.5
    turned = np.radians(rng.uniform(20, 160, size=(batch, 1)))
    turned[0], turned[1] = np.radians(rng.uniform((25, 110), (70, 155)))[:, None]
    one = np.cos(turned) * other + np.sin(turned) * one
    lengths = rng.permuted([[0.4, 0.7, 2.0, 3.0][: min(4, batch)]] * 2, axis=-1)
    scale = np.resize(lengths, (2, batch, 1))
    return (scale[0] * one).astype("float32"), (scale[1] * other).astype("float32")


@angles.probe(part="values")
def sizes_differ(rng):
    return Call(*_pairs(rng, 4, 5))


@angles.probe(part="values")
def two_numbers_each(rng):
    return Call(*_pairs(rng, 3, 2))


@angles.probe(part="zeros")
def an_empty_vector(rng):
    one, other = _pairs(rng, 4, 3)
    one[2], other[3] = 0, 0
    empty = np.array([False, False, True, True])
    return Call(one, other).with_regions(empty=empty)


@angles.property(part="parallel")
def same_or_opposite_direction(rng):
    one = floats(rng, 200, 7)
    ahead, back = yield [Call(one, 2.7 * one), Call(one, -0.3 * one)]
    near, far = (reply.output[1].values for reply in (ahead, back))
    return bool((near < 0.2).all() and (far > 179.8).all())


@angles.promise(
    part="values", batch=Sizes(1, 6), dim=Sizes(2, 8), size=OneOf(0.01, 1, 100)
)
def any_vectors(rng, batch, dim, size):
    one, other = (part[:batch] for part in _pairs(rng, max(batch, 2), dim))
    return Call(np.float32(size) * one, other)


@angles.promise(part="zeros", zeros=OneOf("one", "other", "both"))
def empty_vectors(rng, zeros):
    one, other = _pairs(rng, 3, 4)
    empty = np.array([False, True, False])
    for name, vectors in (("one", one), ("other", other)):
        if zeros in (name, "both"):
            vectors[empty] = 0
    return Call(one, other).with_regions(empty=empty)


def _cosine(one, other):
    lengths = ops.norm(one, axis=-1) * ops.norm(other, axis=-1)
    return ops.sum(one * other, axis=-1) / ops.maximum(lengths, 1e-12)


def _both(cosine):
    """The cosine and its angle, whatever the cosine is."""
    return cosine, ops.arccos(ops.clip(cosine, -1.0, 1.0)) * 180 / np.pi


@angles.misconception
def lengths_forgotten(one, other):
    return _both(ops.sum(one * other, axis=-1))


@angles.misconception
def roots_forgotten(one, other):
    squares = ops.sum(one**2, axis=-1) * ops.sum(other**2, axis=-1)
    return _both(ops.sum(one * other, axis=-1) / ops.maximum(squares, 1e-12))


@angles.misconception
def one_length_only(one, other):
    lengths = ops.maximum(ops.norm(one, axis=-1), 1e-12)
    return _both(ops.sum(one * other, axis=-1) / lengths)


@angles.misconception
def in_radians(one, other):
    cosine, angle = _both(_cosine(one, other))
    return cosine, angle * np.pi / 180


@angles.misconception
def distance_instead(one, other):
    cosine, angle = _both(_cosine(one, other))
    return 1 - cosine, angle


@angles.misconception
def direction_lost(one, other):
    return _both(ops.abs(_cosine(one, other)))


@angles.misconception
def every_row_with_every_row(one, other):
    return _both(_cosine(one[:, None], other[None]))


@angles.misconception
def one_length_for_all(one, other):
    return _both(ops.sum(one * other, axis=-1) / (ops.norm(one) * ops.norm(other)))


@angles.misconception
def divided_by_zero(one, other):
    lengths = ops.norm(one, axis=-1) * ops.norm(other, axis=-1)
    return _both(ops.sum(one * other, axis=-1) / lengths)


@angles.alternative
def unit_vectors_first(one, other):
    one, other = (ops.normalize(vector, axis=-1) for vector in (one, other))
    return _both(ops.sum(one * other, axis=-1))


@angles.alternative
def with_tensorflow(one, other):
    product = tf.einsum("bd,bd->b", one, other)
    lengths = tf.norm(one, axis=-1) * tf.norm(other, axis=-1)
    cosine = tf.clip_by_value(tf.math.divide_no_nan(product, lengths), -1, 1)
    return cosine, tf.acos(cosine) * (180 / np.pi)


@angles.alternative
def from_the_two_sides_of_the_angle(one, other):
    one, other = (tf.math.l2_normalize(vector, axis=-1) for vector in (one, other))
    cosine = ops.sum(one * other, axis=-1)
    far, near = (ops.norm(v, axis=-1) for v in (one - other, one + other))
    angle = 2 * ops.arctan2(far, near) * 180 / np.pi
    empty = (cosine == 0) & (far == near)
    return cosine, ops.where(empty, 90.0, angle)


@angles.alternative
def in_numpy(one, other):
    one, other = one.numpy(), other.numpy()
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    lengths[lengths == 0] = 1
    cosine = np.clip((one * other).sum(axis=1) / lengths, -1, 1)
    return cosine, np.degrees(np.arccos(cosine))
