"""seq2seq.shift_right: what the decoder reads while it writes."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.seq2seq.samples import SEQ2SEQ, UNIT, labels_of
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import shift_right

exercise = Exercise(
    "seq2seq.shift_right",
    unit=UNIT,
    answer="shift_right",
    reference=shift_right,
    parts={"whole_rows": 1, "padding": 3, "start_is_padding": 1},
    returns={"target_ids": ("batch", "position")},
    forbidden=(
        "course.pieces.shift_right",
        "transformer_tf.objectives.teacher_forcing_shift",
    ),
    hints=3,
    difficulty=1,
    importance=5,
    minutes=10,
    paper=SEQ2SEQ,
)


@exercise.probe(part="whole_rows")
def no_padding(rng):
    labels = rng.integers(3, 900, size=(2, 5)).astype("int32")
    return Call(labels, start=2, padding=0)


@exercise.probe(part="padding")
def some_end_early(rng):
    return Call(labels_of(rng, 3, 7), start=2, padding=0)


@exercise.probe(part="padding")
def padding_is_no_zero(rng):
    return Call(labels_of(rng, 3, 6), start=7, padding=902)


@exercise.probe(part="start_is_padding")
def as_in_t5(rng):
    return Call(labels_of(rng, 3, 6), start=0, padding=0)


@exercise.promise(
    part="padding",
    batch=Sizes(1, 4),
    length=Sizes(1, 9),
    start=OneOf(2, 901, 5),
    padding=OneOf(0, 5, 902),
)
def any_texts(rng, batch, length, start, padding):
    return Call(labels_of(rng, batch, length), start=start, padding=padding)


def _first(labels, start):
    return ops.full_like(labels[:, :1], start)


def _filled(ids, padding):
    return ops.where(ids == -100, padding, ids)


@exercise.misconception
def minus_hundred_stays(labels, start, padding):
    return ops.concatenate([_first(labels, start), labels[:, :-1]], axis=1)


@exercise.misconception
def the_labels_themselves(labels, start, padding):
    """The decoder reads what it is to write: it copies, and the loss falls to 0."""
    return _filled(labels, padding)


@exercise.misconception
def shifted_left(labels, start, padding):
    """The decoder reads what comes after the token that it is to write."""
    last = ops.full_like(labels[:, :1], padding)
    return _filled(ops.concatenate([labels[:, 1:], last], axis=1), padding)


@exercise.misconception
def one_longer(labels, start, padding):
    return _filled(ops.concatenate([_first(labels, start), labels], axis=1), padding)


@exercise.misconception
def rolled_around(labels, start, padding):
    """The last one comes to the front, instead of the start."""
    return _filled(ops.roll(labels, 1, axis=1), padding)


@exercise.misconception
def last_real_one_first(labels, start, padding):
    """As BART does it: the end of the text stands in front."""
    counts = ops.sum(ops.cast(labels != -100, "int32"), axis=1)
    places = ops.maximum(counts - 1, 0)[:, None]
    first = ops.take_along_axis(labels, places, axis=1)
    return _filled(ops.concatenate([first, labels[:, :-1]], axis=1), padding)


@exercise.misconception
def first_overwritten(labels, start, padding):
    """Put in the place of the first token, not before it."""
    return _filled(
        ops.concatenate([_first(labels, start), labels[:, 1:]], axis=1), padding
    )


@exercise.misconception
def starts_with_padding(labels, start, padding):
    """As T5 does it, whose padding is its start."""
    shifted = ops.concatenate([_first(labels, padding), labels[:, :-1]], axis=1)
    return _filled(shifted, padding)


@exercise.misconception
def every_end_is_filled(labels, start, padding):
    """The last token is dropped from every text, not from the longest only."""
    shifted = ops.concatenate([_first(labels, start), labels[:, :-1]], axis=1)
    return ops.where(labels == -100, padding, shifted)


@exercise.alternative
def with_pad(labels, start, padding):
    shifted = ops.pad(labels[:, :-1], ((0, 0), (1, 0)), constant_values=start)
    return ops.where(shifted == -100, padding, shifted)


@exercise.alternative
def filled_first(labels, start, padding):
    filled = tf.where(labels < 0, padding, labels)
    return tf.concat([tf.fill((labels.shape[0], 1), start), filled[:, :-1]], axis=1)


@exercise.alternative
def rolled_and_set(labels, start, padding):
    shifted = np.roll(np.array(labels), 1, axis=1)
    shifted[:, 0] = start
    shifted[shifted == -100] = padding
    return shifted


@exercise.alternative
def row_by_row(labels, start, padding):
    rows = np.array(labels).tolist()
    return np.array(
        [[start, *(padding if n == -100 else n for n in row[:-1])] for row in rows],
        "int32",
    )


@exercise.alternative
def into_zeros(labels, start, padding):
    ids = np.full(labels.shape, padding, "int32")
    ids[:, 0] = start
    for row, place in np.argwhere(np.array(labels)[:, :-1] >= 0):
        ids[row, place + 1] = labels[row, place]
    return ids


@exercise.alternative
def by_gathering(labels, start, padding):
    places = tf.maximum(tf.range(labels.shape[1]) - 1, 0)
    before = tf.gather(labels, places, axis=1)
    before = tf.where(tf.range(labels.shape[1]) == 0, start, before)
    return tf.where(before == -100, padding, before)
