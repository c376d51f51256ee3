"""decoders.cached_step: one token more, beside a cache of ragged, left-padded texts."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.decoders.samples import UNIT, padded
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes


def step(query, key, value, keys, values, real):
    """Lets the new token of every text look at its own past and at itself.

    Args:
        query, key, value: [batch, dim] floats: the new token's own.
        keys, values: [batch, length, dim] floats: what the cache holds.
        real: [batch, length] booleans: False where the cache holds padding, in front of
            a text that is shorter than others; what stands there means nothing.

    Returns:
        output: [batch, dim] floats: what the new token gathers, with scores divided by
            the square root of dim.
        keys, values: [batch, length + 1, dim] floats: the cache, the new token last.
        real: [batch, length + 1] booleans.
    """
    keys = ops.concatenate([keys, key[:, None]], axis=1)
    values = ops.concatenate([values, value[:, None]], axis=1)
    real = ops.concatenate([real, ops.ones((key.shape[0], 1), dtype="bool")], axis=1)
    scores = ops.einsum("bd,bnd->bn", query, keys) / key.shape[-1] ** 0.5
    weights = ops.softmax(ops.where(real, scores, -np.inf), axis=-1)
    return ops.einsum("bn,bnd->bd", weights, values), keys, values, real


exercise = Exercise(
    "decoders.cached_step",
    unit=UNIT,
    answer="step",
    reference=step,
    parts={"whole": 2, "padding": 2, "empty": 1},
    returns={
        "keys": ("batch", "position", "dim"),
        "values": ("batch", "position", "dim"),
        "real": ("batch", "position"),
        "output": ("batch", "dim"),
    },
    outputs=("output", "keys", "values", "real"),
    forbidden=(
        f"{__name__}.step",
        "transformer_tf.MultiHeadAttention",
        "transformer_tf.attention.KeyValueCache",
    ),
    stands_on=("transformer_tf.attention.scaled_dot_product",),
    hints=4,
    difficulty=4,
    importance=5,
    minutes=20,
    paper="https://arxiv.org/abs/2211.05102",
)


def _call(rng, batch, length, dim, side="left", longest=None):
    new = [floats(rng, batch, dim) for _ in range(3)]
    old = [floats(rng, batch, length, dim) for _ in range(2)]
    real = (
        padded(rng, batch, length, side, longest)
        if length
        else np.zeros((batch, 0), bool)
    )
    return Call(*new, *old, real)


@exercise.probe(part="whole")
def nothing_is_padding(rng):
    return _call(rng, 2, 4, 5, side="none")


@exercise.probe(part="padding")
def texts_of_other_lengths(rng):
    return _call(rng, 3, 6, 5)


@exercise.probe(part="padding")
def all_are_padded(rng):
    """The longest text is shorter than the cache."""
    return _call(rng, 2, 7, 3, longest=4)


@exercise.probe(part="empty")
def nothing_remembered_yet(rng):
    return _call(rng, 2, 0, 4)


@exercise.property(part="padding")
def what_is_padding_means_nothing(rng):
    case = _call(rng, 3, 6, 4)
    query, key, value, keys, values, real = (a.values for a in case.request.args)
    hidden = ~real[..., None]
    other = [np.where(hidden, floats(rng, *a.shape), a) for a in (keys, values)]
    one, two = yield [case, Call(query, key, value, *other, real)]
    before, after = (reply.output[0].values for reply in (one, two))
    return abs(before - after).max() < 1e-5


@exercise.promise(
    part="padding",
    batch=Sizes(1, 3),
    length=Sizes(0, 7),
    dim=Sizes(1, 6),
    side=OneOf("left", "none"),
)
def any_step(rng, batch, length, dim, side):
    return _call(rng, batch, length, dim, side)


@exercise.promise(part="padding", batch=Sizes(1, 3), length=Sizes(1, 5))
def a_text_that_only_begins(rng, batch, length):
    """Nothing but padding in the cache: the new token is the first."""
    case = _call(rng, batch, length, 4)
    *rest, real = (a.values for a in case.request.args)
    return Call(*rest, np.zeros_like(real))


def _grown(key, value, keys, values):
    return (
        ops.concatenate([old, new[:, None]], axis=1)
        for old, new in ((keys, key), (values, value))
    )


def _marked(key, real, mark=True):
    new = ops.full((key.shape[0], 1), mark, dtype="bool")
    return ops.concatenate([real, new], axis=1)


def _gathered(query, keys, values, seen, scale=None):
    scores = ops.einsum("bd,bnd->bn", query, keys)
    scores = scores / (query.shape[-1] ** 0.5 if scale is None else scale)
    weights = ops.softmax(ops.where(seen, scores, -1e9), axis=-1)
    return ops.einsum("bn,bnd->bd", weights, values)


@exercise.misconception
def itself_not_seen(query, key, value, keys, values, real):
    keys, values = _grown(key, value, keys, values)
    seen = _marked(key, real, False)
    return _gathered(query, keys, values, seen), keys, values, _marked(key, real)


@exercise.misconception
def padding_seen(query, key, value, keys, values, real):
    keys, values = _grown(key, value, keys, values)
    marked = _marked(key, real)
    output = _gathered(query, keys, values, ops.ones_like(marked))
    return output, keys, values, marked


@exercise.misconception
def new_one_in_front(query, key, value, keys, values, real):
    keys = ops.concatenate([key[:, None], keys], axis=1)
    values = ops.concatenate([value[:, None], values], axis=1)
    new = ops.ones((key.shape[0], 1), dtype="bool")
    marked = ops.concatenate([new, real], axis=1)
    return _gathered(query, keys, values, marked), keys, values, marked


@exercise.misconception
def cache_does_not_grow(query, key, value, keys, values, real):
    more = _grown(key, value, keys, values)
    return _gathered(query, *more, _marked(key, real)), keys, values, real


@exercise.misconception
def not_scaled(query, key, value, keys, values, real):
    keys, values = _grown(key, value, keys, values)
    marked = _marked(key, real)
    return _gathered(query, keys, values, marked, scale=1), keys, values, marked


@exercise.misconception
def mask_from_the_other_side(query, key, value, keys, values, real):
    """As if the texts were padded behind."""
    keys, values = _grown(key, value, keys, values)
    seen = _marked(key, ops.flip(real, axis=1))
    return _gathered(query, keys, values, seen), keys, values, _marked(key, real)


@exercise.misconception
def keys_taken_for_values(query, key, value, keys, values, real):
    keys, values = _grown(key, value, keys, values)
    marked = _marked(key, real)
    return _gathered(query, keys, keys, marked), keys, values, marked


@exercise.misconception
def stored_twice(query, key, value, keys, values, real):
    """The step adds it, and whoever calls the step had added it already."""
    keys, values = _grown(key, value, *_grown(key, value, keys, values))
    marked = _marked(key, _marked(key, real))
    return _gathered(query, keys, values, marked), keys, values, marked


@exercise.misconception
def new_token_marked_as_padding(query, key, value, keys, values, real):
    """It sees itself now; from the next step on, nobody sees it."""
    keys, values = _grown(key, value, keys, values)
    output = _gathered(query, keys, values, _marked(key, real))
    return output, keys, values, _marked(key, real, False)


@exercise.misconception
def query_stored(query, key, value, keys, values, real):
    keys, values = _grown(query, value, keys, values)
    marked = _marked(key, real)
    return _gathered(query, keys, values, marked), keys, values, marked


@exercise.alternative
def with_the_library(query, key, value, keys, values, real):
    from transformer_tf import scaled_dot_product_attention

    keys, values = _grown(key, value, keys, values)
    marked = _marked(key, real)
    output, _ = scaled_dot_product_attention(
        query[:, None], keys, values, marked[:, None]
    )
    return output[:, 0], keys, values, marked


@exercise.alternative
def with_a_large_negative(query, key, value, keys, values, real):
    keys, values = _grown(key, value, keys, values)
    marked = _marked(key, real)
    return _gathered(query, keys, values, marked), keys, values, marked


@exercise.alternative
def with_matmul(query, key, value, keys, values, real):
    keys = tf.concat([keys, key[:, None]], axis=1)
    values = tf.concat([values, value[:, None]], axis=1)
    real = tf.pad(real, [[0, 0], [0, 1]], constant_values=True)
    scores = tf.matmul(keys, query[..., None])[..., 0] * query.shape[-1] ** -0.5
    scores += tf.where(real, tf.zeros((), scores.dtype), -1e9)
    return (
        tf.linalg.matvec(values, tf.nn.softmax(scores), transpose_a=True),
        keys,
        values,
        real,
    )


@exercise.alternative
def the_two_apart(query, key, value, keys, values, real):
    """Powers of the past and of the new token, put together at the end."""
    root = query.shape[-1] ** 0.5
    old = ops.where(real, ops.einsum("bd,bnd->bn", query, keys) / root, -1e9)
    own = ops.sum(query * key, axis=-1, keepdims=True) / root
    top = ops.max(ops.concatenate([old, own], axis=1), axis=1, keepdims=True)
    powers, mine = ops.exp(old - top), ops.exp(own - top)
    summed = ops.einsum("bn,bnd->bd", powers, values) + mine * value
    output = summed / (ops.sum(powers, axis=1, keepdims=True) + mine)
    return output, *_grown(key, value, keys, values), _marked(key, real)


@exercise.alternative
def into_a_larger_cache(query, key, value, keys, values, real):
    """Room for one more, then written into the last place."""
    room = [[0, 0], [0, 1], [0, 0]]
    here = tf.one_hot(keys.shape[1], keys.shape[1] + 1, True, False)[:, None]
    keys = tf.where(here, key[:, None], tf.pad(keys, room))
    values = tf.where(here, value[:, None], tf.pad(values, room))
    marked = tf.pad(real, room[:2]) | here[:, 0]
    return _gathered(query, keys, values, marked), keys, values, marked


@exercise.alternative
def text_by_text(query, key, value, keys, values, real):
    """Each text alone, without its padding."""
    grown = [*_grown(key, value, keys, values), _marked(key, real)]
    outputs = []
    for row in range(query.shape[0]):
        known, held = (part[row][grown[2][row]] for part in grown[:2])
        scores = tf.linalg.matvec(known, query[row]) / query.shape[-1] ** 0.5
        outputs.append(tf.linalg.matvec(held, tf.nn.softmax(scores), transpose_a=True))
    return tf.stack(outputs), *grown
