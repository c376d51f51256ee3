"""Two masks at once: neither padding nor the future."""

import numpy as np
import tensorflow as tf
from keras import ops

import transformer_tf
from course.checks.attention.samples import PAPER, UNIT, padded_ids
from course.examination import Call, Exercise, OneOf, Sizes


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
    stands_on=("transformer_tf.attention.masks",),
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
    return _square_with_padding(padded_ids(rng, [5, 2, 3], 5))


@decoder.probe(part="both")
def one_sequence(rng):
    return _square_with_padding(padded_ids(rng, [4], 6))


@decoder.probe(part="both")
def a_single_token(rng):
    return _square_with_padding(padded_ids(rng, [1, 1], 1))


@decoder.probe(part="both")
def padded_in_front(rng):
    """The padding's own rows are then empty; nobody uses what comes out of them."""
    return _square_with_padding(padded_ids(rng, [6, 3, 4], 6, left=True))


@decoder.property(part="future")
def other_future(rng):
    """Padding that comes later changes no earlier row."""
    full, short = padded_ids(rng, [6, 6], 6), padded_ids(rng, [6, 6], 6)
    short[:, 4:] = 0
    first, second = yield [Call(full), Call(short)]
    before, after = (reply.output.values[:, :4] for reply in (first, second))
    seen = before.shape == (2, 4, 6) and before.any() and not before.all()
    return bool(seen and (before == after).all())


@decoder.probe(part="other_id")
def padding_id_is_two(rng):
    ids = padded_ids(rng, [4, 7], 7, padding_id=2)
    ids[:, 0] = 0
    return _square_with_padding(ids, padding_id=2)


@decoder.probe(part="compiled")
def both_by_xla(rng):
    return Call(padded_ids(rng, [5, 2, 3], 5)).asking(mode="xla")


@decoder.promise(
    part="both",
    batch=Sizes(1, 4),
    length=Sizes(1, 8),
    largest_id=OneOf(9, 300, 70_000),
)
def any_sentences(rng, batch, length, largest_id):
    ids = padded_ids(rng, rng.integers(1, length + 1, size=batch), length)
    return _square_with_padding(np.where(ids == 9, largest_id, ids).astype("int32"))


@decoder.promise(part="other_id", padding_id=OneOf(1, 256, -1))
def any_padding_id(rng, padding_id):
    ids = padded_ids(rng, [4, 6, 2], 6, padding_id)
    ids[:, 0] = 0
    return _square_with_padding(ids, padding_id=padding_id)


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
