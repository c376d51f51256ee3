"""encoders.targets: the original token at chosen places, -100 elsewhere."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.encoders.samples import BERT, UNIT, words
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import mlm_targets

exercise = Exercise(
    "encoders.targets",
    unit=UNIT,
    answer="mlm_targets",
    reference=mlm_targets,
    parts={"labels": 3, "zero": 1},
    returns={"labels": ("batch", "length")},
    forbidden=("course.pieces.mlm_targets", "transformer_tf.objectives.mask_tokens"),
    hints=3,
    difficulty=1,
    importance=5,
    minutes=6,
    paper=BERT,
)

MASK = 103
# What became of a token: not chosen, masked, replaced, kept, special.
LEFT, MASKED, REPLACED, KEPT, SPECIAL = range(5)


def _case(rng, fates, ids):
    corrupted = np.where(fates == MASKED, MASK, ids)
    corrupted = np.where(fates == REPLACED, words(rng, *ids.shape), corrupted)
    ids, corrupted = (np.where(fates == SPECIAL, 101, a) for a in (ids, corrupted))
    chosen = np.isin(fates, (MASKED, REPLACED, KEPT))
    return Call(ids.astype("int32"), corrupted.astype("int32"), chosen)


def _fates(rng, batch, times=2):
    every = np.repeat(np.arange(5), times)
    return np.stack([rng.permutation(every) for _ in range(batch)])


@exercise.probe(part="labels")
def every_fate(rng):
    fates = _fates(rng, 3)
    return _case(rng, fates, words(rng, *fates.shape)).in_the_same_dtype()


@exercise.probe(part="labels")
def a_mask_in_the_text(rng):
    """Somebody wrote [MASK]: it was not chosen, so nothing is asked there."""
    fates = _fates(rng, 2, 3)
    ids = np.where(fates == LEFT, MASK, words(rng, *fates.shape))
    return _case(rng, fates, ids)


@exercise.probe(part="zero")
def token_zero_is_a_word(rng):
    fates = _fates(rng, 2, 4)
    ids = np.where(fates == KEPT, 0, words(rng, *fates.shape))
    return _case(rng, fates, ids)


@exercise.promise(
    part="labels",
    batch=Sizes(1, 4),
    length=Sizes(1, 8),
    how=OneOf("nothing", "some", "everything"),
)
def any_texts(rng, batch, length, how):
    size = (batch, length)
    low, high = {"nothing": (0, 1), "some": (0, 4), "everything": (1, 4)}[how]
    fates = rng.integers(low, high, size=size)
    ids = rng.integers(0, 30_000, size=size)
    ids.flat[0] = 29_999
    return _case(rng, fates, ids)


@exercise.misconception
def of_the_corrupted(ids, corrupted, chosen):
    return ops.where(chosen, corrupted, -100)


@exercise.misconception
def only_where_changed(ids, corrupted, chosen):
    return ops.where(ids != corrupted, ids, -100)


@exercise.misconception
def only_under_masks(ids, corrupted, chosen):
    return ops.where(ops.logical_and(chosen, corrupted == MASK), ids, -100)


@exercise.misconception
def everywhere(ids, corrupted, chosen):
    return ops.copy(ids)


@exercise.misconception
def the_others(ids, corrupted, chosen):
    return ops.where(chosen, -100, ids)


@exercise.misconception
def zero_for_the_rest(ids, corrupted, chosen):
    return ops.where(chosen, ids, 0)


@exercise.misconception
def minus_one_for_the_rest(ids, corrupted, chosen):
    return ops.where(chosen, ids, -1)


@exercise.misconception
def zero_never_asked(ids, corrupted, chosen):
    return ops.where(ops.logical_and(chosen, ids != 0), ids, -100)


@exercise.alternative
def in_tensorflow(ids, corrupted, chosen):
    return tf.where(chosen, ids, tf.constant(-100, ids.dtype))


@exercise.alternative
def filled_first(ids, corrupted, chosen):
    labels = tf.fill(tf.shape(ids), -100)
    return tf.tensor_scatter_nd_update(
        labels, tf.where(chosen), tf.boolean_mask(ids, chosen)
    )


@exercise.alternative
def by_arithmetic(ids, corrupted, chosen):
    asked = ops.cast(chosen, "int32")
    return asked * ids - 100 * (1 - asked)


@exercise.alternative
def in_numpy(ids, corrupted, chosen):
    labels = np.full(ids.shape, -100, "int32")
    chosen = np.asarray(chosen)
    labels[chosen] = np.asarray(ids)[chosen]
    return labels


@exercise.alternative
def token_by_token(ids, corrupted, chosen):
    ids, chosen = np.asarray(ids), np.asarray(chosen)
    rows = [
        [int(token) if asked else -100 for token, asked in zip(*row, strict=True)]
        for row in zip(ids, chosen, strict=True)
    ]
    return tf.constant(rows, tf.int32)


@exercise.alternative
def the_rest_overwritten(ids, corrupted, chosen):
    rest = tf.cast(tf.logical_not(chosen), ids.dtype)
    return ids - rest * (ids + 100)
