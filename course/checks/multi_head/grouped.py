"""Grouped heads: several heads look at the same keys and values."""

import tensorflow as tf
from keras import ops

import transformer_tf
from course.checks.attention.samples import visible_mask
from course.checks.multi_head.samples import UNIT, WHOLE_LAYERS
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes


def grouped_attention(query, key, value, attention_mask=None):
    """Attention in which neighbouring heads share their keys and values.

    Args:
        query: [batch, head, query, head_dim] floats.
        key, value: [batch, key_head, key, head_dim] floats; key_head divides head. With
            6 heads and 2 key heads, heads 0, 1, 2 look at key head 0 and heads 3, 4, 5
            at key head 1.
        attention_mask: [query, key] booleans, True where looking is allowed.

    Returns:
        [batch, head, query, head_dim] floats.
    """
    sharing = query.shape[1] // key.shape[1]
    keys = ops.repeat(key, sharing, axis=1)
    values = ops.repeat(value, sharing, axis=1)
    output, _ = transformer_tf.scaled_dot_product_attention(
        query, keys, values, attention_mask
    )
    return output


grouped = Exercise(
    "multi_head.grouped_attention",
    unit=UNIT,
    answer="grouped_attention",
    reference=grouped_attention,
    parts={"groups": 3, "extremes": 1, "mask": 1, "gradient": 1},
    returns={"output": ("batch", "head", "query", "head_dim")},
    forbidden=(
        f"{__name__}.grouped_attention",
        "keras.layers.GroupQueryAttention",
        *WHOLE_LAYERS,
    ),
    stands_on=(
        "course.pieces.heads",
        "transformer_tf.attention.scaled_dot_product",
    ),
    hints=3,
    difficulty=3,
    importance=4,
    minutes=12,
    paper="https://arxiv.org/abs/2305.13245",
)


def _call(rng, heads, key_heads, query=3, key=5, head_dim=7, batch=2, **more):
    remembered = (batch, key_heads, key, head_dim)
    return Call(
        floats(rng, batch, heads, query, head_dim),
        floats(rng, *remembered),
        floats(rng, *remembered),
        **more,
    )


@grouped.probe(part="groups")
def three_heads_a_group(rng):
    return _call(rng, heads=6, key_heads=2)


@grouped.probe(part="extremes")
def one_for_all(rng):
    return _call(rng, heads=4, key_heads=1)


@grouped.probe(part="extremes")
def each_its_own(rng):
    return _call(rng, heads=3, key_heads=3)


@grouped.probe(part="mask")
def some_keys_hidden(rng):
    mask = visible_mask(rng, 3, 5)
    return _call(rng, heads=4, key_heads=2, attention_mask=mask)


@grouped.probe(part="gradient")
def gradients(rng):
    call = _call(rng, heads=4, key_heads=2, head_dim=3)
    return call.asking(gradient=floats(rng, 2, 4, 3, 3))


@grouped.promise(
    part="groups",
    key_heads=Sizes(1, 3),
    batch=Sizes(1, 3),
    sharing=Sizes(1, 3),
    query=Sizes(1, 4),
    key=Sizes(1, 6),
    head_dim=Sizes(1, 5),
)
def any_groups(rng, key_heads, sharing, **sizes):
    return _call(rng, key_heads * sharing, key_heads, **sizes)


@grouped.promise(part="mask", key=Sizes(3, 7), key_heads=OneOf(1, 3))
def any_mask(rng, key, key_heads):
    mask = visible_mask(rng, 4, key)
    return _call(rng, 6, key_heads, query=4, key=key, attention_mask=mask)


def _attend(query, key, value, attention_mask):
    scores = ops.matmul(query, ops.swapaxes(key, -1, -2)) / query.shape[-1] ** 0.5
    if attention_mask is not None:
        scores = ops.where(attention_mask, scores, -1e9)
    return ops.matmul(ops.softmax(scores, axis=-1), value)


def _tiled(x, heads):
    return ops.tile(x, (1, heads // x.shape[1], 1, 1))


def _repeated(x, heads):
    return ops.repeat(x, heads // x.shape[1], axis=1)


@grouped.misconception
def taking_turns(query, key, value, attention_mask=None):
    heads = query.shape[1]
    return _attend(query, _tiled(key, heads), _tiled(value, heads), attention_mask)


@grouped.misconception
def values_taking_turns(query, key, value, attention_mask=None):
    heads = query.shape[1]
    return _attend(query, _repeated(key, heads), _tiled(value, heads), attention_mask)


@grouped.misconception
def first_group_only(query, key, value, attention_mask=None):
    return _attend(query, key[:, :1], value[:, :1], attention_mask)


@grouped.misconception
def groups_averaged(query, key, value, attention_mask=None):
    key, value = (ops.mean(x, axis=1, keepdims=True) for x in (key, value))
    return _attend(query, key, value, attention_mask)


@grouped.misconception
def queries_averaged(query, key, value, attention_mask=None):
    batch, heads, length, head_dim = query.shape
    groups = key.shape[1]
    query = ops.reshape(query, (batch, groups, heads // groups, length, head_dim))
    return _attend(ops.mean(query, axis=2), key, value, attention_mask)


@grouped.misconception
def mask_ignored(query, key, value, attention_mask=None):
    heads = query.shape[1]
    return _attend(query, _repeated(key, heads), _repeated(value, heads), None)


@grouped.alternative
def axis_of_groups(query, key, value, attention_mask=None):
    batch, heads, length, head_dim = query.shape
    groups = key.shape[1]
    query = ops.reshape(query, (batch, groups, heads // groups, length, head_dim))
    output = _attend(query, key[:, :, None], value[:, :, None], attention_mask)
    return ops.reshape(output, (batch, heads, length, head_dim))


@grouped.alternative
def chosen_with_gather(query, key, value, attention_mask=None):
    places = tf.range(query.shape[1]) // (query.shape[1] // key.shape[1])
    key, value = (tf.gather(x, places, axis=1) for x in (key, value))
    return _attend(query, key, value, attention_mask)


@grouped.alternative
def group_by_group(query, key, value, attention_mask=None):
    groups = key.shape[1]
    outputs = [
        _attend(part, key[:, n : n + 1], value[:, n : n + 1], attention_mask)
        for n, part in enumerate(ops.split(query, groups, axis=1))
    ]
    return ops.concatenate(outputs, axis=1)
