"""Masks: padding is not seen, the future is not seen, and both at once."""

import numpy as np
import tensorflow as tf
from keras import ops

import transformer_tf
from course.checks.attention.inputs import PAPER, UNIT
from course.examination import Call, Exercise

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


def _ids(rng, lengths, size, padding_id=0, left=False):
    """Ids from 1 to 9, without the padding's own, filled up to one size."""
    ids = rng.integers(1, 10, size=(len(lengths), size))
    ids[ids == padding_id] += 1
    places = np.arange(size)
    for row, length in zip(ids, lengths):
        row[places < size - length if left else places >= length] = padding_id
    return ids.astype("int32")


def _with_padding(ids, **kwargs):
    hidden = (ids == kwargs.get("padding_id", 0))[:, None, :]
    call = Call(ids, **kwargs)
    return call.with_regions(padding=hidden, tokens=~hidden)


@padding.probe(part="right")
def short_and_long(rng):
    return _with_padding(_ids(rng, [5, 2, 3], 5))


@padding.probe(part="right")
def one_token(rng):
    return _with_padding(_ids(rng, [1, 1], 1))


@padding.probe(part="left")
def padding_in_front(rng):
    return _with_padding(_ids(rng, [6, 2, 3, 5], 6, left=True))


@padding.probe(part="other_id")
def padding_id_is_three(rng):
    ids = _ids(rng, [4, 7], 7, padding_id=3)
    ids[:, 0] = 0
    return _with_padding(ids, padding_id=3)


@padding.probe(part="compiled")
def compiled_by_xla(rng):
    return Call(_ids(rng, [5, 2, 3], 5)).asking(mode="xla")


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


def decoder_mask(ids, padding_id=0):
    """Allows each position to look at the real tokens up to itself.

    Args:
        ids: [batch, length] integers.
        padding_id: The id that fills up short sequences.

    Returns:
        [batch, query, key] booleans, the last two axes `length` long; True where
        looking is allowed.
    """
    real = transformer_tf.padding_mask(ids, padding_id)
    return ops.logical_and(real, transformer_tf.causal_mask(ids.shape[1]))


decoder = Exercise(
    "attention.decoder_mask",
    unit=UNIT,
    answer="decoder_mask",
    reference=decoder_mask,
    parts={"both": 3, "future": 1, "other_id": 1, "compiled": 1},
    returns={"mask": ("batch", "query", "key")},
    forbidden=(f"{__name__}.decoder_mask",),
    hints=3,
    difficulty=2,
    importance=4,
    minutes=6,
    paper=PAPER,
)


def _square_with_padding(ids, **kwargs):
    future = ~np.tri(ids.shape[1], dtype=bool)
    hidden = (ids == kwargs.get("padding_id", 0))[:, None, :]
    call = Call(ids, **kwargs)
    return call.with_regions(future=future, padding=hidden & ~future)


@decoder.probe(part="both")
def padded(rng):
    return _square_with_padding(_ids(rng, [5, 2, 3], 5))


@decoder.probe(part="both")
def one_sequence(rng):
    return _square_with_padding(_ids(rng, [4], 6))


@decoder.probe(part="both")
def a_single_token(rng):
    return _square_with_padding(_ids(rng, [1, 1], 1))


@decoder.probe(part="both")
def padded_in_front(rng):
    """The padding's own rows are then empty; nobody uses what comes out of them."""
    return _square_with_padding(_ids(rng, [6, 3, 4], 6, left=True))


@decoder.property(part="future")
def other_future(rng):
    """Padding that comes later changes no earlier row."""
    full, short = _ids(rng, [6, 6], 6), _ids(rng, [6, 6], 6)
    short[:, 4:] = 0
    first, second = yield [Call(full), Call(short)]
    before, after = (reply.output.values[:, :4] for reply in (first, second))
    seen = before.shape == (2, 4, 6) and before.any() and not before.all()
    return bool(seen and (before == after).all())


@decoder.probe(part="other_id")
def padding_id_is_two(rng):
    ids = _ids(rng, [4, 7], 7, padding_id=2)
    ids[:, 0] = 0
    return _square_with_padding(ids, padding_id=2)


@decoder.probe(part="compiled")
def both_by_xla(rng):
    return Call(_ids(rng, [5, 2, 3], 5)).asking(mode="xla")


def _parts(ids, padding_id):
    real = transformer_tf.padding_mask(ids, padding_id)
    return real, transformer_tf.causal_mask(ids.shape[1])


@decoder.misconception
def either_is_enough(ids, padding_id=0):
    real, past = _parts(ids, padding_id)
    return real | past


@decoder.misconception
def causal_only(ids, padding_id=0):
    return transformer_tf.causal_mask(ids.shape[1])


@decoder.misconception
def causal_for_each(ids, padding_id=0):
    past = transformer_tf.causal_mask(ids.shape[1])
    return ops.tile(past[None], (ids.shape[0], 1, 1))


@decoder.misconception
def padding_only(ids, padding_id=0):
    return transformer_tf.padding_mask(ids, padding_id)


@decoder.misconception
def padding_for_each(ids, padding_id=0):
    return ops.repeat(_parts(ids, padding_id)[0], ids.shape[1], axis=1)


@decoder.misconception
def masks_added(ids, padding_id=0):
    real, past = _parts(ids, padding_id)
    return ops.cast(real, "int32") + ops.cast(past, "int32")


@decoder.misconception
def masks_multiplied(ids, padding_id=0):
    real, past = _parts(ids, padding_id)
    return ops.cast(real, "float32") * ops.cast(past, "float32")


@decoder.misconception
def padded_queries_hidden(ids, padding_id=0):
    real, past = _parts(ids, padding_id)
    return ops.swapaxes(real, 1, 2) & past


@decoder.misconception
def queries_and_keys_hidden(ids, padding_id=0):
    real, past = _parts(ids, padding_id)
    return ops.swapaxes(real, 1, 2) & real & past


@decoder.misconception
def past_hidden_instead(ids, padding_id=0):
    real, past = _parts(ids, padding_id)
    return real & ops.transpose(past)


@decoder.misconception
def default_padding_id(ids, padding_id=0):
    real, past = _parts(ids, 0)
    return real & past


@decoder.alternative
def with_and(ids, padding_id=0):
    real, past = _parts(ids, padding_id)
    return past & real


@decoder.alternative
def with_where(ids, padding_id=0):
    real, past = _parts(ids, padding_id)
    return ops.where(past, real, False)


@decoder.alternative
def from_positions(ids, padding_id=0):
    place = tf.range(tf.shape(ids)[1])
    earlier = place[None, None, :] <= place[None, :, None]
    return earlier & (ids != padding_id)[:, None, :]


@decoder.alternative
def product_as_booleans(ids, padding_id=0):
    return ops.cast(masks_multiplied(ids, padding_id), "bool")
