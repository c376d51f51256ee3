"""decoders.temperature: flatter or sharper."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.decoders.samples import UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import with_temperature

exercise = Exercise(
    "decoders.temperature",
    unit=UNIT,
    answer="with_temperature",
    reference=with_temperature,
    parts={"cool": 2, "warm": 1, "large": 1, "gradient": 1},
    returns={"probabilities": ("batch", "vocabulary")},
    forbidden=("course.pieces.with_temperature", "transformer_tf.Temperature"),
    hints=3,
    difficulty=1,
    importance=5,
    minutes=5,
    paper="https://arxiv.org/abs/1503.02531",
)


def _call(rng, *shape, temperature, size=1.0):
    # Every row of another level: the softmax runs over the last axis only.
    logits = floats(rng, *shape, scale=size) + floats(rng, *shape[:-1], 1, scale=size)
    return Call(logits.astype("float32"), temperature)


@exercise.probe(part="cool")
def half(rng):
    return _call(rng, 3, 5, temperature=0.5)


@exercise.probe(part="cool")
def a_fifth(rng):
    return _call(rng, 4, 4, temperature=0.2)


@exercise.probe(part="warm")
def two_and_a_half(rng):
    return _call(rng, 2, 6, temperature=2.5)


@exercise.probe(part="large")
def logits_far_from_zero(rng):
    """Three near each other, far from 0; one row far below the other."""
    rows = np.array([[30.0, 29.7, 29.5, -20.0], [-30.0, -30.4, -30.6, -80.0]])
    rows = rng.permuted(rows + rng.uniform(0, 0.1, size=rows.shape), axis=-1)
    return Call(rows.astype("float32"), 0.25)


@exercise.probe(part="gradient")
def gradients(rng):
    case = _call(rng, 2, 4, temperature=0.7)
    return case.asking(gradient=floats(rng, 2, 4))


@exercise.promise(
    part="warm",
    leading=OneOf((), (3,), (2, 3)),
    vocabulary=Sizes(1, 7),
    temperature=OneOf(0.4, 1, 3, 12.0),
)
def any_logits(rng, leading, vocabulary, temperature):
    return _call(rng, *leading, vocabulary, temperature=temperature)


@exercise.misconception
def multiplied(logits, temperature):
    return ops.softmax(logits * temperature, axis=-1)


@exercise.misconception
def temperature_ignored(logits, temperature):
    """Also what dividing the probabilities and normalising them again comes to."""
    return ops.softmax(logits, axis=-1)


@exercise.misconception
def after_the_softmax(logits, temperature):
    return ops.softmax(logits, axis=-1) / temperature


@exercise.misconception
def softmax_of_probabilities(logits, temperature):
    return ops.softmax(ops.softmax(logits, axis=-1) / temperature, axis=-1)


@exercise.misconception
def divided_twice(logits, temperature):
    return ops.softmax(logits / temperature / temperature, axis=-1)


@exercise.misconception
def power_not_normalised(logits, temperature):
    return ops.power(ops.softmax(logits, axis=-1), 1 / temperature)


@exercise.misconception
def over_the_first_axis(logits, temperature):
    return ops.softmax(logits / temperature, axis=0)


@exercise.misconception
def largest_not_taken_out(logits, temperature):
    """exp of hundreds is infinite, and infinity over infinity not a number."""
    powers = ops.exp(logits / temperature)
    return powers / ops.sum(powers, axis=-1, keepdims=True)


@exercise.misconception
def largest_of_all_rows(logits, temperature):
    """One row's largest for every row: a row far below it is left without a sum."""
    scaled = logits / temperature
    powers = ops.exp(scaled - ops.max(scaled))
    return powers / ops.sum(powers)


@exercise.alternative
def by_hand(logits, temperature):
    scaled = logits / temperature
    powers = ops.exp(scaled - ops.max(scaled, axis=-1, keepdims=True))
    return powers / ops.sum(powers, axis=-1, keepdims=True)


@exercise.alternative
def from_log_probabilities(logits, temperature):
    """Taking the softmax first is no mistake, as long as its logarithm is divided."""
    return tf.nn.softmax(tf.nn.log_softmax(logits) / temperature)


@exercise.alternative
def with_log_sum_exp(logits, temperature):
    scaled = logits / temperature
    return tf.exp(scaled - tf.reduce_logsumexp(scaled, axis=-1, keepdims=True))


@exercise.alternative
def largest_first(logits, temperature):
    top = tf.reduce_max(logits, axis=-1, keepdims=True)
    powers = tf.exp((logits - top) / temperature)
    return powers / tf.reduce_sum(powers, axis=-1, keepdims=True)


@exercise.alternative
def times_the_inverse(logits, temperature):
    return ops.softmax(ops.multiply(logits, 1 / temperature))


@exercise.alternative
def against_every_other(logits, temperature):
    """1 / sum of exp(other - mine): small where another is much larger."""
    scaled = logits / temperature
    gaps = scaled[..., None, :] - scaled[..., :, None]
    return 1 / ops.sum(ops.exp(ops.minimum(gaps, 80.0)), axis=-1)
