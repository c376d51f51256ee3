"""Padding is not a word: nobody looks at it."""

import numpy as np
import tensorflow as tf
from keras import ops

import transformer_tf
from course.checks.attention.samples import PAPER, UNIT, padded_ids
from course.examination import Call, Exercise, OneOf, Sizes

padding = Exercise(
    "attention.padding_mask",
    unit=UNIT,
    answer="padding_mask",
    reference=transformer_tf.padding_mask,
    parts={"right": 2, "left": 1, "other_id": 1, "compiled": 1},
    returns={"mask": ("batch", "1", "key")},
    forbidden=("transformer_tf.padding_mask",),
    hints=3,
    difficulty=1,
    importance=4,
    minutes=6,
    paper=PAPER,
)


def _with_padding(ids, **kwargs):
    hidden = (ids == kwargs.get("padding_id", 0))[:, None, :]
    call = Call(ids, **kwargs)
    return call.with_regions(padding=hidden, tokens=~hidden)


@padding.probe(part="right")
def short_and_long(rng):
    return _with_padding(padded_ids(rng, [5, 2, 3], 5))


@padding.probe(part="right")
def one_token(rng):
    return _with_padding(padded_ids(rng, [1, 1], 1))


@padding.probe(part="left")
def padding_in_front(rng):
    return _with_padding(padded_ids(rng, [6, 2, 3, 5], 6, left=True))


@padding.probe(part="other_id")
def padding_id_is_three(rng):
    ids = padded_ids(rng, [4, 7], 7, padding_id=3)
    ids[:, 0] = 0
    return _with_padding(ids, padding_id=3)


@padding.probe(part="compiled")
def compiled_by_xla(rng):
    return Call(padded_ids(rng, [5, 2, 3], 5)).asking(mode="xla")


@padding.promise(
    part="right",
    batch=Sizes(1, 4),
    length=Sizes(1, 8),
    largest_id=OneOf(9, 300, 70_000),
)
def any_sentences(rng, batch, length, largest_id):
    ids = padded_ids(rng, rng.integers(0, length + 1, size=batch), length)
    return _with_padding(np.where(ids == 9, largest_id, ids).astype("int32"))


@padding.promise(part="other_id", padding_id=OneOf(1, 256, -1))
def any_padding_id(rng, padding_id):
    ids = padded_ids(rng, [4, 6, 1], 6, padding_id)
    ids[:, 0] = 0
    return _with_padding(ids, padding_id=padding_id)


@padding.misconception
def inverted(ids, padding_id=0):
    return ops.equal(ids, padding_id)[:, None, :]


@padding.misconception
def no_query_axis(ids, padding_id=0):
    return ops.not_equal(ids, padding_id)


@padding.misconception
def axis_at_the_end(ids, padding_id=0):
    return ops.not_equal(ids, padding_id)[:, :, None]


@padding.misconception
def padding_id_ignored(ids, padding_id=0):
    return ops.not_equal(ids, 0)[:, None, :]


@padding.misconception
def greater_than(ids, padding_id=0):
    return ops.greater(ids, padding_id)[:, None, :]


@padding.misconception
def numbers_not_booleans(ids, padding_id=0):
    return ops.cast(ops.not_equal(ids, padding_id), "float32")[:, None, :]


@padding.misconception
def large_negative_numbers(ids, padding_id=0):
    return ops.cast(ops.equal(ids, padding_id), "float32")[:, None, :] * -1e9


@padding.misconception
def counted_from_the_left(ids, padding_id=0):
    real = ops.cast(ops.not_equal(ids, padding_id), "int32")
    lengths = ops.sum(real, axis=-1, keepdims=True)
    return (ops.arange(ids.shape[1])[None, :] < lengths)[:, None, :]


@padding.misconception
def queries_hidden_too(ids, padding_id=0):
    real = ops.not_equal(ids, padding_id)
    return ops.logical_and(real[:, :, None], real[:, None, :])


@padding.misconception
def copied_for_every_query(ids, padding_id=0):
    real = ops.not_equal(ids, padding_id)[:, None, :]
    return ops.repeat(real, ids.shape[1], axis=1)


@padding.alternative
def with_tensorflow(ids, padding_id=0):
    return tf.not_equal(ids, padding_id)[:, tf.newaxis]


@padding.alternative
def not_equal_negated(ids, padding_id=0):
    return ops.expand_dims(ops.logical_not(ops.equal(ids, padding_id)), -2)


@padding.alternative
def difference_as_boolean(ids, padding_id=0):
    real = ops.cast(ids - padding_id, "bool")
    return ops.reshape(real, (ids.shape[0], 1, ids.shape[1]))
