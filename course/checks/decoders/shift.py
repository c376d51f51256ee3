"""decoders.shift: every token is the target of the one before it."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.decoders.samples import GPT2, UNIT, padded
from course.examination import Call, Exercise, OneOf, Sizes


def shift(ids, real):
    """Cuts texts into what a causal model reads and what it has to predict.

    Args:
        ids: [batch, length] integers.
        real: [batch, length] booleans: False for padding, which may stand on either
            side. Any id may be padding, and the same id may be a real token elsewhere.

    Returns:
        inputs: [batch, length - 1] integers: all but the last.
        targets: [batch, length - 1] integers: the token after each input; -100 (no
            target) where the input or the target is padding.
    """
    inputs, targets = ids[:, :-1], ids[:, 1:]
    counts = ops.logical_and(real[:, :-1], real[:, 1:])
    return inputs, ops.where(counts, targets, -100)


exercise = Exercise(
    "decoders.shift",
    unit=UNIT,
    answer="shift",
    reference=shift,
    parts={"whole_rows": 1, "padding": 3, "same_id": 1},
    returns={"inputs": ("batch", "position"), "targets": ("batch", "position")},
    forbidden=(f"{__name__}.shift",),
    hints=3,
    difficulty=1,
    importance=5,
    minutes=10,
    paper=GPT2,
)


def _call(rng, real, padding=0):
    """Real tokens may be the padding's id too: the last of each text is."""
    ids = rng.integers(1, 900, size=real.shape)
    last = real & ~np.pad(real, ((0, 0), (0, 1)))[:, 1:]
    ids = np.where(last, padding, ids)
    ids = np.where(real, ids, padding)
    case = Call(ids.astype("int32"), real)
    edge = ~(real[:, :-1] & real[:, 1:])
    return case.with_regions(padding=edge)


@exercise.probe(part="whole_rows")
def no_padding(rng):
    return Call(
        rng.integers(1, 900, size=(2, 6)).astype("int32"), np.full((2, 6), True)
    )


@exercise.probe(part="padding")
def padding_behind(rng):
    real = padded(rng, 3, 7, "right")
    ids = np.where(real, rng.integers(1, 900, size=real.shape), 0)
    return Call(ids.astype("int32"), real)


@exercise.probe(part="padding")
def padding_in_front(rng):
    real = padded(rng, 3, 7, "left")
    ids = np.where(real, rng.integers(1, 900, size=real.shape), 0)
    return Call(ids.astype("int32"), real)


@exercise.probe(part="same_id")
def the_end_looks_like_padding(rng):
    return _call(rng, padded(rng, 3, 6, "right"))


@exercise.promise(
    part="padding",
    batch=Sizes(1, 4),
    length=Sizes(1, 9),
    side=OneOf("left", "right", "both", "none"),
    padding=OneOf(0, 7, 899),
)
def any_texts(rng, batch, length, side, padding):
    return _call(rng, padded(rng, batch, length, side), padding)


@exercise.misconception
def not_shifted(ids, real):
    return ids[:, :-1], ops.where(real[:, :-1], ids[:, :-1], -100)


@exercise.misconception
def shifted_twice(ids, real):
    """Shifted once here, although the targets had been shifted already."""
    beyond = ops.full_like(ids[:, :1], -100)
    far = ops.concatenate([ids[:, 2:], beyond], axis=1)[:, : ids.shape[1] - 1]
    seen = ops.concatenate([real[:, 2:], ops.zeros_like(real[:, :1])], axis=1)
    seen = seen[:, : ids.shape[1] - 1]
    return ids[:, :-1], ops.where(ops.logical_and(real[:, :-1], seen), far, -100)


@exercise.misconception
def the_other_way(ids, real):
    """The token before is to be predicted."""
    counts = ops.logical_and(real[:, :-1], real[:, 1:])
    return ids[:, 1:], ops.where(counts, ids[:, :-1], -100)


@exercise.misconception
def mask_of_the_inputs(ids, real):
    return ids[:, :-1], ops.where(real[:, :-1], ids[:, 1:], -100)


@exercise.misconception
def mask_of_the_targets(ids, real):
    return ids[:, :-1], ops.where(real[:, 1:], ids[:, 1:], -100)


@exercise.misconception
def either_is_real(ids, real):
    counts = ops.logical_or(real[:, :-1], real[:, 1:])
    return ids[:, :-1], ops.where(counts, ids[:, 1:], -100)


@exercise.misconception
def padding_stays(ids, real):
    return ids[:, :-1], ids[:, 1:]


@exercise.misconception
def padding_known_by_its_id(ids, real):
    counts = ops.logical_and(ids[:, :-1] != 0, ids[:, 1:] != 0)
    return ids[:, :-1], ops.where(counts, ids[:, 1:], -100)


@exercise.misconception
def rolled(ids, real):
    """As long as before: the last token is to predict the first."""
    counts = ops.logical_and(real, ops.roll(real, -1, axis=1))
    return ids, ops.where(counts, ops.roll(ids, -1, axis=1), -100)


@exercise.misconception
def inputs_masked_too(ids, real):
    counts = ops.logical_and(real[:, :-1], real[:, 1:])
    return tuple(ops.where(counts, part, -100) for part in (ids[:, :-1], ids[:, 1:]))


@exercise.alternative
def with_two_wheres(ids, real):
    targets = ops.where(real[:, 1:], ids[:, 1:], -100)
    return ids[:, :-1], ops.where(real[:, :-1], targets, -100)


@exercise.alternative
def masked_first(ids, real):
    labels = tf.where(real, ids, -100)
    targets = tf.where(labels[:, :-1] == -100, -100, labels[:, 1:])
    return ids[:, :-1], targets


@exercise.alternative
def with_numbers(ids, real):
    counts = tf.cast(real[:, 1:] & real[:, :-1], ids.dtype)
    return ids[:, :-1], ids[:, 1:] * counts - 100 * (1 - counts)


@exercise.alternative
def gathered(ids, real):
    before = tf.range(ids.shape[1] - 1)
    counts = tf.gather(real, before, axis=1) & tf.gather(real, before + 1, axis=1)
    targets = tf.gather(ids, before + 1, axis=1)
    return tf.gather(ids, before, axis=1), tf.where(counts, targets, -100)


@exercise.alternative
def in_numpy(ids, real):
    ids, real = np.array(ids), np.array(real)
    targets = ids[:, 1:].copy()
    targets[~(real[:, 1:] & real[:, :-1])] = -100
    return ids[:, :-1], targets


@exercise.alternative
def with_loops(ids, real):
    batch, length = ids.shape
    targets = np.full((batch, length - 1), -100, "int32")
    for row in range(batch):
        for place in range(length - 1):
            if real[row, place] and real[row, place + 1]:
                targets[row, place] = ids[row, place + 1]
    return ids[:, :-1], targets
