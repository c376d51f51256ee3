"""encoders.corrupt: 80 % mask, 10 % another token, 10 % as it was, from given draws."""

import itertools

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.encoders.samples import BERT, UNIT, between, words
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import corrupt

exercise = Exercise(
    "encoders.corrupt",
    unit=UNIT,
    answer="corrupt",
    reference=corrupt,
    parts={"fates": 3, "special": 2, "rate": 1, "compiled": 1},
    returns={"corrupted": ("batch", "length")},
    intermediates=("chosen",),
    forbidden=("course.pieces.corrupt", "transformer_tf.objectives.mask_tokens"),
    hints=4,
    difficulty=2,
    importance=5,
    minutes=12,
    paper=BERT,
)

MASK = 103
# The ends of the intervals that decide; a tenth of the rest would end at 0.82.
KINDS = ((0.0, 0.8), (0.8, 0.82), (0.82, 0.9), (0.9, 1.0))
# No token, a special one, padding.
NOT_SPECIAL, SPECIAL, PADDING = range(3)


def _text(rng, rate, marks, batch=3):
    """Every fate in every row, in an order of its own: what each mistake does shows."""
    draws = ((0.0, rate * 0.15), (rate * 0.15, rate * 0.8), (rate, 1.0))
    fates = list(itertools.product(draws, KINDS, marks))
    rows = np.stack([rng.permutation(len(fates)) for _ in range(batch)])
    draw, kind, mark = (
        np.array([fate[part] for fate in fates])[rows] for part in range(3)
    )
    size = (batch, len(fates))
    ids, other = words(rng, *size), words(rng, *size)
    ids = np.where(mark == PADDING, 0, ids).astype("int32")
    draw, kind = (between(rng, ends[..., 0], ends[..., 1]) for ends in (draw, kind))
    return Call(ids, mark != NOT_SPECIAL, draw, kind, other, MASK, rate)


@exercise.probe(part="fates")
def every_fate(rng):
    return _text(rng, 0.4, (NOT_SPECIAL,)).in_the_same_dtype()


@exercise.probe(part="special")
def special_tokens(rng):
    return _text(rng, 0.4, (NOT_SPECIAL, SPECIAL, PADDING))


@exercise.probe(part="rate")
def the_usual_rate(rng):
    case = _text(rng, 0.15, (NOT_SPECIAL,))
    return Call(*(a.values for a in case.request.args[:5]), MASK)


@exercise.probe(part="rate")
def just_above_the_usual_rate(rng):
    draws = rng.permutation(np.array([[0.1, 0.16, 0.2, 0.29, 0.14]], "float32"))
    ids = np.array([[11, 12, 13, 14, 15]], "int32")
    kinds = np.full((1, 5), 0.3, "float32")
    return Call(ids, ids < 0, draws, kinds, ids + 20, MASK)


@exercise.probe(part="compiled")
def compiled_by_xla(rng):
    return _text(rng, 0.4, (NOT_SPECIAL,)).asking(mode="xla")


@exercise.promise(
    part="rate",
    rate=OneOf(0.0, 0.25, 0.75, 1.0),
    batch=Sizes(1, 4),
    length=Sizes(1, 9),
    specials=OneOf("some", "all", "none"),
)
def any_texts(rng, rate, batch, length, specials):
    """Draws in eighths: some are exactly the rate, and those are not chosen."""
    size = (batch, length)
    draw = (rng.integers(8, size=size) / 8).astype("float32")
    kind = rng.random(size).astype("float32")
    special = {"some": rng.random(size) < 0.3, "all": np.full(size, True)}
    special = special.get(specials, np.full(size, False))
    ids = np.where(special, rng.integers(200, size=size), words(rng, *size))
    return Call(ids.astype("int32"), special, draw, kind, words(rng, *size), 7, rate)


def _replaced(ids, kind, other, mask_id, borders=(0.8, 0.9)):
    found = ops.where(kind < borders[1], other, ids)
    return ops.where(kind < borders[0], mask_id, found)


def _chosen(special, draw, rate):
    return ops.logical_and(draw < rate, ops.logical_not(special))


@exercise.misconception
def specials_chosen(ids, special, draw, kind, other, mask_id, rate=0.15):
    return ops.where(draw < rate, _replaced(ids, kind, other, mask_id), ids)


@exercise.misconception
def only_padding_spared(ids, special, draw, kind, other, mask_id, rate=0.15):
    chosen = _chosen(ids == 0, draw, rate)
    return ops.where(chosen, _replaced(ids, kind, other, mask_id), ids)


@exercise.misconception
def padding_chosen(ids, special, draw, kind, other, mask_id, rate=0.15):
    chosen = _chosen(ops.logical_and(special, ids != 0), draw, rate)
    return ops.where(chosen, _replaced(ids, kind, other, mask_id), ids)


@exercise.misconception
def always_the_mask(ids, special, draw, kind, other, mask_id, rate=0.15):
    return ops.where(_chosen(special, draw, rate), mask_id, ids)


@exercise.misconception
def one_draw_for_both(ids, special, draw, kind, other, mask_id, rate=0.15):
    """The same law from one number: right, were the draws not given."""
    replaced = _replaced(ids, draw, other, mask_id, (0.8 * rate, 0.9 * rate))
    return ops.where(_chosen(special, draw, rate), replaced, ids)


@exercise.misconception
def a_tenth_of_the_rest(ids, special, draw, kind, other, mask_id, rate=0.15):
    replaced = _replaced(ids, kind, other, mask_id, (0.8, 0.82))
    return ops.where(_chosen(special, draw, rate), replaced, ids)


@exercise.misconception
def nothing_kept(ids, special, draw, kind, other, mask_id, rate=0.15):
    replaced = ops.where(kind < 0.8, mask_id, other)
    return ops.where(_chosen(special, draw, rate), replaced, ids)


@exercise.misconception
def nothing_random(ids, special, draw, kind, other, mask_id, rate=0.15):
    replaced = ops.where(kind < 0.8, mask_id, ids)
    return ops.where(_chosen(special, draw, rate), replaced, ids)


@exercise.misconception
def kept_and_random_swapped(ids, special, draw, kind, other, mask_id, rate=0.15):
    replaced = ops.where(kind < 0.9, ids, other)
    replaced = ops.where(kind < 0.8, mask_id, replaced)
    return ops.where(_chosen(special, draw, rate), replaced, ids)


@exercise.misconception
def everything_corrupted(ids, special, draw, kind, other, mask_id, rate=0.15):
    replaced = _replaced(ids, kind, other, mask_id)
    return ops.where(special, ids, replaced)


@exercise.misconception
def the_others_chosen(ids, special, draw, kind, other, mask_id, rate=0.15):
    chosen = ops.logical_and(draw >= rate, ops.logical_not(special))
    return ops.where(chosen, _replaced(ids, kind, other, mask_id), ids)


@exercise.misconception
def rate_ignored(ids, special, draw, kind, other, mask_id, rate=0.15):
    replaced = _replaced(ids, kind, other, mask_id)
    return ops.where(_chosen(special, draw, 0.15), replaced, ids)


@exercise.alternative
def nested(ids, special, draw, kind, other, mask_id, rate=0.15):
    fate = tf.where(kind < 0.8, mask_id, tf.where(kind < 0.9, other, ids))
    return tf.where((draw < rate) & ~special, fate, ids)


@exercise.alternative
def by_arithmetic(ids, special, draw, kind, other, mask_id, rate=0.15):
    chosen = tf.cast(draw < rate, ids.dtype) * (1 - tf.cast(special, ids.dtype))
    masked = chosen * tf.cast(kind < 0.8, ids.dtype)
    random = chosen * tf.cast((kind >= 0.8) & (kind < 0.9), ids.dtype)
    return masked * mask_id + random * other + (1 - masked - random) * ids


@exercise.alternative
def one_fate_after_the_other(ids, special, draw, kind, other, mask_id, rate=0.15):
    chosen = (draw < rate) & tf.logical_not(special)
    result = tf.where(chosen & (kind < 0.8), tf.fill(tf.shape(ids), mask_id), ids)
    return tf.where(chosen & (kind >= 0.8) & (kind < 0.9), other, result)


@exercise.alternative
def rate_zero_for_specials(ids, special, draw, kind, other, mask_id, rate=0.15):
    rates = ops.where(special, 0.0, rate)
    kind = ops.where(draw < rates, kind, 1.0)
    return _replaced(ids, kind, other, mask_id)


@exercise.alternative
def row_by_row(ids, special, draw, kind, other, mask_id, rate=0.15):
    rows = []
    for n in range(ids.shape[0]):
        chosen = (draw[n] < rate) & ~special[n]
        fate = tf.where(kind[n] < 0.9, other[n], ids[n])
        fate = tf.where(kind[n] < 0.8, tf.cast(mask_id, ids.dtype), fate)
        rows.append(tf.where(chosen, fate, ids[n]))
    return tf.stack(rows)


@exercise.alternative
def choosing_a_fate(ids, special, draw, kind, other, mask_id, rate=0.15):
    number = tf.cast(kind >= 0.8, tf.int32) + tf.cast(kind >= 0.9, tf.int32)
    number = tf.where((draw < rate) & ~special, number, 2)
    fates = tf.stack([tf.ones_like(ids) * mask_id, other, ids], axis=-1)
    return tf.gather(fates, number, batch_dims=2)
