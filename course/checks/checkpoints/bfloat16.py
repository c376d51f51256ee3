"""checkpoints.bfloat16: sixteen bits become thirty-two, and the number stays."""

import ml_dtypes
import numpy as np
import tensorflow as tf

from course.checks.checkpoints.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import read_bfloat16

exercise = Exercise(
    "checkpoints.bfloat16",
    unit=UNIT,
    answer="read_bfloat16",
    reference=read_bfloat16,
    parts={"numbers": 3, "special": 1, "empty": 1},
    returns={"numbers": ("count",)},
    forbidden=("course.pieces.read_bfloat16",),
    hints=3,
    difficulty=2,
    importance=3,
    minutes=10,
    paper="https://arxiv.org/abs/1905.12322",
)


def _bits(values):
    """The upper halves of float32 numbers, as bytes."""
    bits = np.asarray(values, "<f4").view("<u4") >> 16
    return bits.astype("<u2").tobytes()


@exercise.probe(part="numbers")
def around_one(rng):
    return Call(_bits([1, -1, 0.5, -2, *rng.normal(size=5)])).in_the_same_dtype()


@exercise.probe(part="numbers")
def large_and_small(rng):
    """Numbers that float16 does not have."""
    return Call(_bits(rng.normal(size=6) * 10.0 ** rng.integers(3, 30, size=6)))


@exercise.probe(part="special")
def infinite_and_none(rng):
    signs = rng.choice([-1, 1], size=3)
    return Call(_bits([np.inf, -np.inf, np.nan, 0.0, *signs]))


@exercise.promise(
    part="numbers",
    count=Sizes(1, 300),
    scale=OneOf(1.0, 1e-3, 7e4),
    sign=OneOf("both", "minus", "plus"),
)
def any_numbers(rng, count, scale, sign):
    """Never all small: tolerances are absolute below one."""
    values = rng.normal(size=count) * scale
    values[0] = 3 * (1 + rng.random())
    signs = {"both": 1, "minus": -np.sign(values), "plus": np.sign(values)}
    return Call(_bits(values * signs[sign]))


@exercise.promise(part="empty", count=OneOf(0, 1))
def hardly_any(rng, count):
    return Call(_bits(1 + rng.random(count))).in_the_same_dtype()


def _pairs(data):
    return np.frombuffer(data, "<u2")


@exercise.misconception
def taken_for_float16(data):
    return np.frombuffer(data, "<f2").astype("float32")


@exercise.misconception
def bits_taken_for_a_number(data):
    return _pairs(data).astype("float32")


@exercise.misconception
def bytes_exchanged(data):
    return (np.frombuffer(data, ">u2").astype("uint32") << 16).view("float32")


@exercise.misconception
def in_the_lower_half(data):
    """All come out as zero or next to it."""
    return _pairs(data).astype("uint32").view("float32")


@exercise.misconception
def shifted_and_not_read_anew(data):
    return (_pairs(data).astype("uint32") << 16).astype("float32")


@exercise.misconception
def one_place_too_few(data):
    return (_pairs(data).astype("uint32") << 15).view("float32")


@exercise.misconception
def two_bytes_a_float(data):
    """Every four bytes are read as one number: half as many come out."""
    return np.frombuffer(data[: len(data) // 4 * 4], "<f4")


@exercise.misconception
def left_in_sixteen_bits(data):
    """The numbers are right, the dtype is not."""
    return np.frombuffer(data, ml_dtypes.bfloat16).astype("float64")


@exercise.alternative
def zeros_between(data):
    bits = _pairs(data)
    return np.stack([np.zeros_like(bits), bits], axis=-1).reshape(-1).view("<f4")


@exercise.alternative
def by_its_dtype(data):
    return np.frombuffer(data, ml_dtypes.bfloat16).astype("float32")


@exercise.alternative
def with_tensorflow(data):
    bits = tf.constant(_pairs(data).astype("uint16"))
    return tf.cast(tf.bitcast(bits, tf.bfloat16), tf.float32)


@exercise.alternative
def byte_by_byte(data):
    wide = bytearray()
    for place in range(0, len(data), 2):
        wide += b"\0\0" + data[place : place + 2]
    return np.frombuffer(bytes(wide), "<f4")


@exercise.alternative
def multiplied(data):
    return (_pairs(data).astype("uint32") * 65536).view(np.float32)


@exercise.alternative
def by_sign_exponent_and_fraction(data):
    """What the bits mean, written out."""
    bits = _pairs(data).astype("int64")
    sign = np.where(bits >> 15, -1.0, 1.0)
    exponent, fraction = (bits >> 7) & 255, (bits & 127) / 128
    normal = np.ldexp(1 + fraction, exponent - 127)
    small = np.ldexp(fraction, -126)
    found = sign * np.where(exponent == 0, small, normal)
    found = np.where((exponent == 255) & (fraction == 0), sign * np.inf, found)
    found = np.where((exponent == 255) & (fraction > 0), np.nan, found)
    return found.astype("float32")
