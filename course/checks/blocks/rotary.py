"""blocks.rotary: pairs of features turn with the position, so that distance shows."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.blocks.samples import UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes


def rotate(x, positions, base=10_000):
    """Turns each pair of neighbouring features by an angle that grows with position.

    Args:
        x: [batch, length, dim] floats: queries or keys; dim is even.
        positions: [length] integers: where each of them stands.
        base: How slow the slowest pair may become, as in the sinusoidal pattern.

    Returns:
        [batch, length, dim] floats, every pair as long as it was.
    """
    dim = x.shape[-1]
    speeds = ops.power(float(base), -ops.arange(0, dim, 2, dtype="float32") / dim)
    angles = ops.cast(positions, "float32")[:, None] * speeds
    angles = ops.cast(angles, x.dtype)
    one, other = x[..., ::2], x[..., 1::2]
    turned = (
        one * ops.cos(angles) - other * ops.sin(angles),
        one * ops.sin(angles) + other * ops.cos(angles),
    )
    return ops.reshape(ops.stack(turned, axis=-1), x.shape)


exercise = Exercise(
    "blocks.rotary",
    unit=UNIT,
    answer="rotate",
    reference=rotate,
    parts={"turned": 3, "distance": 1, "gradient": 1},
    returns={"turned": ("batch", "position", "dim")},
    intermediates=("angles",),
    forbidden=(f"{__name__}.rotate", "transformer_tf.RotaryPositions"),
    hints=4,
    difficulty=4,
    importance=4,
    minutes=20,
    paper="https://arxiv.org/abs/2104.09864",
)


def _call(rng, batch=2, length=5, dim=6, start=0, **kwargs):
    # Backwards, from anywhere: never 0, 1, 2..., as a permutation may be.
    order = np.roll(np.arange(length)[::-1], rng.integers(length))
    positions = (start + order).astype("int32")
    return Call(floats(rng, batch, length, dim), positions, **kwargs)


@exercise.probe(part="turned")
def five_positions(rng):
    return _call(rng, length=5)


@exercise.probe(part="turned")
def positions_anywhere(rng):
    return _call(rng, batch=3, length=4, dim=8, start=int(rng.integers(10, 20)))


@exercise.probe(part="turned")
def another_base(rng):
    return _call(rng, length=7, dim=4, base=int(rng.integers(50, 100)))


@exercise.property(part="distance")
def only_the_distance_counts(rng):
    x = floats(rng, 1, 2, 6)
    near = rng.permutation(6)[:2].astype("int32")
    far = (near + int(rng.integers(10, 30))).astype("int32")
    replies = yield [Call(x, near), Call(x, far)]
    products = [(r.output.values[0, 0] * r.output.values[0, 1]).sum() for r in replies]
    return abs(products[0] - products[1]) < 1e-3


@exercise.probe(part="gradient")
def gradients(rng):
    return _call(rng, length=3, dim=4).asking(gradient=floats(rng, 2, 3, 4))


@exercise.promise(
    part="turned",
    batch=Sizes(1, 3),
    length=Sizes(1, 7),
    dim=OneOf(2, 4, 10),
    start=OneOf(0, 300),
    base=OneOf(10_000, 20),
)
def any_positions(rng, batch, length, dim, start, base):
    return _call(rng, batch, length, dim, start, base=base)


def _angles(x, positions, base, start=0, step=1.0):
    dim = x.shape[-1]
    exponent = step * ops.arange(0, dim, 2, dtype="float32") / dim
    speeds = float(base) ** -exponent
    angles = (start + ops.cast(positions, "float32"))[:, None] * speeds
    return ops.cast(angles, x.dtype)


def _turned(x, angles):
    one, other = x[..., ::2], x[..., 1::2]
    sine, cosine = ops.sin(angles), ops.cos(angles)
    return _joined(one * cosine - other * sine, one * sine + other * cosine)


def _joined(one, other):
    shape = (*one.shape[:-1], 2 * one.shape[-1])
    return ops.reshape(ops.stack([one, other], axis=-1), shape)


@exercise.misconception
def turned_backwards(x, positions, base=10_000):
    return _turned(x, -_angles(x, positions, base))


@exercise.misconception
def minus_forgotten(x, positions, base=10_000):
    angles = _angles(x, positions, base)
    one, other = x[..., ::2], x[..., 1::2]
    sine, cosine = ops.sin(angles), ops.cos(angles)
    return _joined(one * cosine + other * sine, one * sine + other * cosine)


@exercise.misconception
def halves_paired(x, positions, base=10_000):
    angles = _angles(x, positions, base)
    one, other = ops.split(x, 2, axis=-1)
    sine, cosine = ops.sin(angles), ops.cos(angles)
    return ops.concatenate(
        [one * cosine - other * sine, one * sine + other * cosine], axis=-1
    )


@exercise.misconception
def positions_ignored(x, positions, base=10_000):
    """0, 1, 2... whatever positions were given."""
    return _turned(x, _angles(x, ops.arange(x.shape[1]), base))


@exercise.misconception
def counted_from_one(x, positions, base=10_000):
    return _turned(x, _angles(x, positions, base, start=1))


@exercise.misconception
def exponent_without_two(x, positions, base=10_000):
    return _turned(x, _angles(x, positions, base, step=0.5))


@exercise.misconception
def pattern_added(x, positions, base=10_000):
    angles = _angles(x, positions, base)
    return x + _joined(ops.sin(angles), ops.cos(angles))


@exercise.misconception
def not_put_back(x, positions, base=10_000):
    """The turned pairs stand in two halves: the features have changed places."""
    turned = _turned(x, _angles(x, positions, base))
    return ops.concatenate([turned[..., ::2], turned[..., 1::2]], axis=-1)


@exercise.alternative
def with_complex_numbers(x, positions, base=10_000):
    angles = tf.cast(_angles(x, positions, base), x.dtype)
    turned = tf.complex(x[..., ::2], x[..., 1::2]) * tf.exp(
        tf.complex(tf.zeros_like(angles), angles)
    )
    return _joined(tf.math.real(turned), tf.math.imag(turned))


@exercise.alternative
def with_matrices(x, positions, base=10_000):
    angles = _angles(x, positions, base)
    sine, cosine = ops.sin(angles), ops.cos(angles)
    rows = [ops.stack([cosine, -sine], axis=-1), ops.stack([sine, cosine], axis=-1)]
    matrices = ops.stack(rows, axis=-2)
    pairs = ops.reshape(x, (*x.shape[:-1], x.shape[-1] // 2, 2))
    return ops.reshape(ops.einsum("lpij,blpj->blpi", matrices, pairs), x.shape)


@exercise.alternative
def with_swapped_neighbours(x, positions, base=10_000):
    angles = ops.repeat(_angles(x, positions, base), 2, axis=-1)
    swapped = _joined(-x[..., 1::2], x[..., ::2])
    return x * ops.cos(angles) + swapped * ops.sin(angles)
