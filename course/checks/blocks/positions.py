"""blocks.positions: the pattern of sines and cosines that tells places apart."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.blocks.samples import PAPER, UNIT
from course.examination import Call, Exercise, OneOf
from course.pieces import sinusoidal_positions

exercise = Exercise(
    "blocks.positions",
    unit=UNIT,
    answer="sinusoidal_positions",
    reference=sinusoidal_positions,
    parts={"pattern": 3, "wavelength": 1},
    returns={"pattern": ("position", "dim")},
    intermediates=("speeds", "angles"),
    forbidden=(
        "course.pieces.sinusoidal_positions",
        "transformer_tf.SinusoidalPositions",
    ),
    hints=4,
    difficulty=3,
    importance=4,
    minutes=15,
    paper=PAPER,
)


@exercise.probe(part="pattern")
def seven_positions(rng):
    return Call(7, 10)


@exercise.probe(part="pattern")
def as_many_positions_as_features(rng):
    return Call(6, 6)


@exercise.probe(part="pattern")
def one_position(rng):
    return Call(1, 4)


@exercise.probe(part="wavelength")
def faster_hands(rng):
    return Call(5, 8, max_wavelength=int(rng.integers(50, 100)))


@exercise.promise(
    part="pattern",
    length=OneOf(1, 3, 60),
    dim=OneOf(2, 4, 32),
    wavelength=OneOf(1e4, 30),
)
def any_pattern(rng, length, dim, wavelength):
    return Call(length, dim, wavelength).in_the_same_dtype()


def _angles(length, dim, max_wavelength=10_000):
    speeds = float(max_wavelength) ** (-2 * ops.arange(dim // 2, dtype="float32") / dim)
    return ops.arange(length, dtype="float32")[:, None] * speeds


def _interleaved(one, other):
    length, half = one.shape
    return ops.reshape(ops.stack([one, other], axis=-1), (length, 2 * half))


@exercise.misconception
def side_by_side(length, dim, max_wavelength=10_000):
    angles = _angles(length, dim, max_wavelength)
    return ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)


@exercise.misconception
def cosine_first(length, dim, max_wavelength=10_000):
    angles = _angles(length, dim, max_wavelength)
    return _interleaved(ops.cos(angles), ops.sin(angles))


@exercise.misconception
def a_speed_each(length, dim, max_wavelength=10_000):
    """Every feature its own speed: sine and cosine no longer belong together."""
    exponent = -ops.arange(dim, dtype="float32") / dim
    places = ops.arange(length, dtype="float32")[:, None]
    angles = places * float(max_wavelength) ** exponent
    return _interleaved(ops.sin(angles[:, ::2]), ops.cos(angles[:, 1::2]))


@exercise.misconception
def exponent_without_two(length, dim, max_wavelength=10_000):
    speeds = float(max_wavelength) ** (-ops.arange(dim // 2, dtype="float32") / dim)
    angles = ops.arange(length, dtype="float32")[:, None] * speeds
    return _interleaved(ops.sin(angles), ops.cos(angles))


@exercise.misconception
def counted_from_one(length, dim, max_wavelength=10_000):
    angles = _angles(length + 1, dim, max_wavelength)[1:]
    return _interleaved(ops.sin(angles), ops.cos(angles))


@exercise.misconception
def wavelength_ignored(length, dim, max_wavelength=10_000):
    angles = _angles(length, dim)
    return _interleaved(ops.sin(angles), ops.cos(angles))


@exercise.misconception
def one_speed(length, dim, max_wavelength=10_000):
    places = ops.arange(length, dtype="float32")[:, None]
    angles = places * ops.ones(dim // 2)
    return _interleaved(ops.sin(angles), ops.cos(angles))


@exercise.misconception
def exponent_doubled(length, dim, max_wavelength=10_000):
    """2 * i, where i is 0, 2, 4, ... already."""
    exponent = -2 * ops.arange(0, dim, 2, dtype="float32") / dim
    places = ops.arange(length, dtype="float32")[:, None]
    angles = places * float(max_wavelength) ** exponent
    return _interleaved(ops.sin(angles), ops.cos(angles))


@exercise.misconception
def a_doubled_speed_each(length, dim, max_wavelength=10_000):
    """2 * i / dim, where i counts the features instead of the pairs."""
    exponent = -2 * ops.arange(dim, dtype="float32") / dim
    places = ops.arange(length, dtype="float32")[:, None]
    angles = places * float(max_wavelength) ** exponent
    return _interleaved(ops.sin(angles[:, ::2]), ops.cos(angles[:, 1::2]))


@exercise.alternative
def with_numpy(length, dim, max_wavelength=10_000):
    pattern = np.zeros((length, dim))
    angles = np.arange(length)[:, None] / max_wavelength ** (np.arange(0, dim, 2) / dim)
    pattern[:, ::2], pattern[:, 1::2] = np.sin(angles), np.cos(angles)
    return pattern.astype("float32")


@exercise.alternative
def with_logarithms(length, dim, max_wavelength=10_000):
    features = tf.range(0, dim, 2, dtype=tf.float32)
    speeds = tf.exp(features * (-np.log(max_wavelength) / dim))
    angles = tf.einsum("p,d->pd", tf.range(length, dtype=tf.float32), speeds)
    pattern = tf.stack([tf.sin(angles), tf.cos(angles)], axis=2)
    return tf.reshape(pattern, [length, dim])


@exercise.alternative
def cosine_as_shifted_sine(length, dim, max_wavelength=10_000):
    places = ops.arange(length, dtype="float32")[:, None]
    speeds = [max_wavelength ** (-(i - i % 2) / dim) for i in range(dim)]
    shift = ops.tile(ops.convert_to_tensor([0.0, np.pi / 2]), [dim // 2])
    return ops.sin(places * ops.convert_to_tensor(speeds, "float32") + shift)
