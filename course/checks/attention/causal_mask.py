"""No looking ahead: a position sees itself and what came before."""

import numpy as np
import tensorflow as tf
from keras import ops

import transformer_tf
from course.checks.attention.samples import PAPER, UNIT
from course.examination import Call, Exercise, OneOf

causal = Exercise(
    "attention.causal_mask",
    unit=UNIT,
    answer="causal_mask",
    reference=transformer_tf.causal_mask,
    parts={"square": 3, "one_token": 1, "compiled": 1},
    returns={"mask": ("query", "key")},
    forbidden=("transformer_tf.causal_mask",),
    hints=3,
    difficulty=2,
    importance=5,
    minutes=8,
    paper=PAPER,
)


def _square(length):
    future = ~np.tri(length, dtype=bool)
    itself = np.eye(length, dtype=bool)
    return Call(length).with_regions(future=future, itself=itself, past=future.T)


@causal.probe(part="square")
def five_positions(rng):
    return _square(5)


@causal.probe(part="square")
def eight_positions(rng):
    return _square(8)


@causal.probe(part="one_token")
def one_position(rng):
    return Call(1)


@causal.probe(part="compiled")
def six_by_xla(rng):
    return Call(6).asking(mode="xla")


@causal.promise(part="square", length=OneOf(2, 3, 17))
def any_length(rng, length):
    return _square(length)


def _compared(length, compare):
    position = ops.arange(length)
    return compare(position[:, None], position[None, :])


@causal.misconception
def future_only(length):
    return _compared(length, ops.less)


@causal.misconception
def past_hidden(length):
    return _compared(length, ops.less_equal)


@causal.misconception
def itself_hidden(length):
    return _compared(length, ops.greater)


@causal.misconception
def one_step_ahead(length):
    return _compared(length, lambda query, key: query + 1 >= key)


@causal.misconception
def itself_only(length):
    return _compared(length, ops.equal)


@causal.misconception
def one_step_back_only(length):
    return _compared(length, lambda query, key: (query >= key) & (query <= key + 1))


@causal.misconception
def nothing_hidden(length):
    return ops.ones((length, length), dtype="bool")


@causal.misconception
def numbers_instead(length):
    return ops.tril(ops.ones((length, length)))


@causal.misconception
def minus_infinity_above(length):
    return ops.where(_compared(length, ops.less), -np.inf, 0.0)


@causal.misconception
def batch_axis_added(length):
    return _compared(length, ops.greater_equal)[None]


@causal.alternative
def lower_triangle(length):
    return ops.cast(ops.tril(ops.ones((length, length))), "bool")


@causal.alternative
def band_part(length):
    return tf.linalg.band_part(tf.ones([length, length], tf.bool), -1, 0)


@causal.alternative
def row_by_row(length):
    rows = [[key <= query for key in range(length)] for query in range(length)]
    return tf.constant(rows)


@causal.alternative
def not_the_future(length):
    future = ops.triu(ops.ones((length, length)), k=1)
    return ops.logical_not(ops.cast(future, "bool"))
