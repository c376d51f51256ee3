"""The key/value cache: one step of attention that remembers."""

import tensorflow as tf
from keras import ops

import transformer_tf
from course.checks.multi_head.samples import UNIT, WHOLE_LAYERS
from course.checks.samples import floats
from course.examination import Call, Exercise, Sizes


def cached_step(query, key, value, keys, values, position):
    """Lets one new position look at itself and at everything before it.

    Args:
        query, key, value: [batch, head, 1, head_dim] floats: the new position's own.
        keys, values: [batch, head, capacity, head_dim] floats: the cache. Slots 0 to
            position - 1 are filled; what the later ones hold is meaningless.
        position: Where the new position stands, an integer: also its slot.

    Returns:
        output: [batch, head, 1, head_dim] floats: what the new position gathers.
        keys, values: The cache with the new key and value in it; the other slots are
            as they were.
    """
    slots = ops.arange(keys.shape[2])
    here = (slots == position)[:, None]
    keys = ops.where(here, key, keys)
    values = ops.where(here, value, values)
    output, _ = transformer_tf.scaled_dot_product_attention(
        query, keys, values, slots <= position
    )
    return output, keys, values


cache = Exercise(
    "multi_head.cached_step",
    unit=UNIT,
    answer="cached_step",
    reference=cached_step,
    parts={"middle": 3, "first": 1, "full": 1, "later_slots": 1},
    returns={
        "keys": ("batch", "head", "slot", "head_dim"),
        "values": ("batch", "head", "slot", "head_dim"),
        "output": ("batch", "head", "query", "head_dim"),
    },
    outputs=("output", "keys", "values"),
    forbidden=(
        f"{__name__}.cached_step",
        "transformer_tf.attention.KeyValueCache",
        *WHOLE_LAYERS,
    ),
    stands_on=("transformer_tf.attention.scaled_dot_product",),
    hints=4,
    difficulty=4,
    importance=5,
    minutes=20,
    paper="https://arxiv.org/abs/1911.02150",
)


def _arguments(rng, position, capacity=6, batch=2, heads=3, head_dim=4):
    new = [floats(rng, batch, heads, 1, head_dim) for _ in range(3)]
    old = [floats(rng, batch, heads, capacity, head_dim) for _ in range(2)]
    return [*new, *old, position]


@cache.probe(part="middle")
def some_slots_filled(rng):
    return Call(*_arguments(rng, position=3))


@cache.probe(part="first")
def nothing_remembered_yet(rng):
    return Call(*_arguments(rng, position=0, capacity=5))


@cache.probe(part="full")
def the_last_free_slot(rng):
    return Call(*_arguments(rng, position=4, capacity=5, batch=1))


@cache.property(part="later_slots")
def later_slots_mean_nothing(rng):
    arguments = _arguments(rng, position=2)
    changed = list(arguments)
    for place in (3, 4):
        changed[place] = arguments[place].copy()
        changed[place][:, :, 3:] = floats(rng, 2, 3, 3, 4)
    first, second = yield [Call(*arguments), Call(*changed)]
    before, after = (reply.output[0].values for reply in (first, second))
    return abs(before - after).max() < 1e-5


@cache.promise(
    part="middle",
    position=Sizes(0, 5),
    batch=Sizes(1, 3),
    later=Sizes(0, 3),
    heads=Sizes(1, 4),
    head_dim=Sizes(1, 5),
)
def any_step(rng, position, later, **sizes):
    return Call(*_arguments(rng, position, position + 1 + later, **sizes))


def _written(slots, new, position):
    here = ops.arange(slots.shape[2]) == position
    return ops.where(here[:, None], new, slots)


def _gathered(query, keys, values, seen):
    scores = ops.matmul(query, ops.swapaxes(keys, -1, -2)) / query.shape[-1] ** 0.5
    scores = ops.where(seen, scores, -1e9)
    return ops.matmul(ops.softmax(scores, axis=-1), values)


def _step(query, key, value, keys, values, slot, last):
    """Writes into `slot` and looks at the slots up to `last`."""
    keys, values = _written(keys, key, slot), _written(values, value, slot)
    seen = ops.arange(keys.shape[2]) <= last
    return _gathered(query, keys, values, seen), keys, values


@cache.misconception
def one_slot_late(query, key, value, keys, values, position):
    return _step(query, key, value, keys, values, position + 1, position)


@cache.misconception
def one_slot_early(query, key, value, keys, values, position):
    return _step(query, key, value, keys, values, position - 1, position)


@cache.misconception
def always_the_first_slot(query, key, value, keys, values, position):
    return _step(query, key, value, keys, values, 0, position)


@cache.misconception
def empty_slots_seen(query, key, value, keys, values, position):
    return _step(query, key, value, keys, values, position, keys.shape[2])


@cache.misconception
def itself_not_seen(query, key, value, keys, values, position):
    return _step(query, key, value, keys, values, position, position - 1)


@cache.misconception
def looked_before_writing(query, key, value, keys, values, position):
    output = _gathered(query, keys, values, ops.arange(keys.shape[2]) <= position)
    return output, _written(keys, key, position), _written(values, value, position)


@cache.misconception
def appended_at_the_end(query, key, value, keys, values, position):
    keys, values = (
        ops.concatenate(pair, axis=2) for pair in ((keys, key), (values, value))
    )
    seen = ops.arange(keys.shape[2]) <= position
    return _gathered(query, keys, values, seen), keys, values


@cache.misconception
def query_remembered(query, key, value, keys, values, position):
    return _step(query, query, value, keys, values, position, position)


@cache.alternative
def with_slice_update(query, key, value, keys, values, position):
    keys = ops.slice_update(keys, (0, 0, position, 0), key)
    values = ops.slice_update(values, (0, 0, position, 0), value)
    seen = ops.arange(keys.shape[2]) <= position
    return _gathered(query, keys, values, seen), keys, values


@cache.alternative
def cut_and_joined(query, key, value, keys, values, position):
    keys, values = (
        tf.concat([old[:, :, :position], new, old[:, :, position + 1 :]], axis=2)
        for old, new in ((keys, key), (values, value))
    )
    filled = slice(0, position + 1)
    scores = tf.matmul(query, keys[:, :, filled], transpose_b=True)
    weights = tf.nn.softmax(scores / query.shape[-1] ** 0.5)
    return weights @ values[:, :, filled], keys, values


@cache.alternative
def with_one_hot(query, key, value, keys, values, position):
    here = tf.one_hot(position, keys.shape[2], dtype=keys.dtype)[:, tf.newaxis]
    keys = keys * (1 - here) + key * here
    values = values * (1 - here) + value * here
    seen = tf.sequence_mask(position + 1, keys.shape[2])
    return _gathered(query, keys, values, seen), keys, values
