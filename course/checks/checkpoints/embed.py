"""checkpoints.embed: a published encoder's first layer, with the pieces of unit 05."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.checkpoints.samples import BERT, UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import embed, layer_norm
from course.pieces import library as mine


def embed_published(ids, w, epsilon):
    """What a BERT-like encoder's first block reads: tables, added, and normalised.

    Args:
        ids: [batch, length] integers.
        w: {name: array}: the tables `tokens` [vocabulary, dim], `positions`
            [max_length, dim] and `types` [2, dim]; of the norm `embed_scale` and
            `embed_offset`, [dim] each.
        epsilon: Added to the variance in the norm.

    Returns:
        [batch, length, dim] floats: the token's row, plus the row of its position,
        plus the first row of the types (one text alone is of type 0), none of them
        scaled; then layer norm.
    """
    root = w["tokens"].shape[1] ** 0.5  # `embed` multiplies by it
    x = mine.embed(ids, w["tokens"] / root, w["positions"])
    x = x + w["types"][0]
    return mine.layer_norm(x, w["embed_scale"], w["embed_offset"], epsilon)


exercise = Exercise(
    "checkpoints.embed",
    unit=UNIT,
    answer="embed_published",
    reference=embed_published,
    parts={"values": 3, "positions": 1, "epsilon": 1},
    returns={"states": ("batch", "length", "dim")},
    forbidden=(
        f"{__name__}.embed_published",
        "transformer_tf.models.input_embedding.InputEmbedding",
    ),
    stands_on=("course.pieces",),
    pieces=("blocks.embed", "blocks.layer_norm"),
    hints=3,
    difficulty=2,
    importance=4,
    minutes=10,
    paper=BERT,
)


def _weights(rng, vocabulary, dim, max_length, scale=1.0):
    shapes = {
        "tokens": (vocabulary, dim),
        "positions": (max_length, dim),
        "types": (2, dim),
    }
    w = {name: floats(rng, *shape, scale=scale) for name, shape in shapes.items()}
    scales = {"embed_scale": 1 + floats(rng, dim, scale=0.3)}
    return w | scales | {"embed_offset": floats(rng, dim)}


def _call(rng, batch=2, length=5, dim=6, epsilon=1e-12, vocabulary=400, scale=1.0):
    ids = rng.integers(vocabulary, size=(batch, length)).astype("int32")
    ids[0, 0] = vocabulary - 1
    return Call(ids, _weights(rng, vocabulary, dim, length + 3, scale), epsilon)


@exercise.probe(part="values")
def two_texts(rng):
    return _call(rng)


@exercise.probe(part="values")
def another_width(rng):
    return _call(rng, 3, 4, 10)


@exercise.property(part="positions")
def order_is_seen(rng):
    """One token again and again: each place has a vector of its own."""
    weights = _weights(rng, 9, 6, 8)
    (reply,) = yield [Call(np.full((1, 5), 3, "int32"), weights, 1e-6)]
    (rows,) = reply.output.values
    return all(abs(rows[n] - rows[0]).max() > 1e-3 for n in range(1, 5))


@exercise.probe(part="epsilon")
def small_numbers(rng):
    """So small that the epsilon decides."""
    return _call(rng, epsilon=0.02, scale=0.1)


@exercise.promise(
    part="values",
    batch=Sizes(1, 3),
    length=Sizes(1, 7),
    dim=OneOf(2, 4, 8),
    epsilon=OneOf(1e-12, 1e-5, 0.1),
)
def any_texts(rng, batch, length, dim, epsilon):
    return _call(rng, batch, length, dim, epsilon)


def _rows(ids, w):
    return (
        ops.take(w["tokens"], ids, axis=0),
        w["positions"][: ids.shape[1]],
        w["types"][0],
    )


def _norm(x, w, epsilon):
    return layer_norm(x, w["embed_scale"], w["embed_offset"], epsilon)


@exercise.misconception
def tokens_scaled(ids, w, epsilon):
    x = embed(ids, w["tokens"], w["positions"]) + w["types"][0]
    return _norm(x, w, epsilon)


@exercise.misconception
def scaled_twice(ids, w, epsilon):
    """Multiplied by the root where it should be divided."""
    tokens, positions, types = _rows(ids, w)
    return _norm(tokens * w["tokens"].shape[1] + positions + types, w, epsilon)


@exercise.misconception
def positions_scaled_too(ids, w, epsilon):
    tokens, positions, types = _rows(ids, w)
    return _norm(tokens + positions / w["tokens"].shape[1] ** 0.5 + types, w, epsilon)


@exercise.misconception
def types_forgotten(ids, w, epsilon):
    tokens, positions, _ = _rows(ids, w)
    return _norm(tokens + positions, w, epsilon)


@exercise.misconception
def second_type(ids, w, epsilon):
    tokens, positions, _ = _rows(ids, w)
    return _norm(tokens + positions + w["types"][1], w, epsilon)


@exercise.misconception
def both_types(ids, w, epsilon):
    tokens, positions, _ = _rows(ids, w)
    return _norm(tokens + positions + ops.sum(w["types"], axis=0), w, epsilon)


@exercise.misconception
def positions_forgotten(ids, w, epsilon):
    tokens, _, types = _rows(ids, w)
    return _norm(tokens + types, w, epsilon)


@exercise.misconception
def sines_for_positions(ids, w, epsilon):
    tokens, _, types = _rows(ids, w)
    pattern = mine.sinusoidal_positions(ids.shape[1], w["tokens"].shape[1])
    return _norm(tokens + ops.cast(pattern, tokens.dtype) + types, w, epsilon)


@exercise.misconception
def first_position_for_all(ids, w, epsilon):
    tokens, positions, types = _rows(ids, w)
    return _norm(tokens + positions[0] + types, w, epsilon)


@exercise.misconception
def norm_forgotten(ids, w, epsilon):
    tokens, positions, types = _rows(ids, w)
    return tokens + positions + types


@exercise.misconception
def epsilon_of_unit_05(ids, w, epsilon):
    return _norm(sum(_rows(ids, w)), w, 1e-6)


@exercise.misconception
def norm_before_the_sum(ids, w, epsilon):
    tokens, positions, types = _rows(ids, w)
    return _norm(tokens, w, epsilon) + positions + types


@exercise.alternative
def with_take(ids, w, epsilon):
    return _norm(sum(_rows(ids, w)), w, epsilon)


@exercise.alternative
def with_gather(ids, w, epsilon):
    x = tf.gather(w["tokens"], ids) + tf.gather(w["types"], tf.zeros_like(ids))
    x += tf.gather(w["positions"], tf.range(tf.shape(ids)[1]))[tf.newaxis]
    mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
    return tf.nn.batch_normalization(
        x, mean, variance, w["embed_offset"], w["embed_scale"], epsilon
    )


@exercise.alternative
def types_into_the_pattern(ids, w, epsilon):
    pattern = w["positions"] + w["types"][:1]
    root = ops.sqrt(ops.cast(w["tokens"].shape[1], w["tokens"].dtype))
    return _norm(mine.embed(ids, w["tokens"] / root, pattern), w, epsilon)


@exercise.alternative
def in_numpy(ids, w, epsilon):
    w = {name: np.array(value, "float64") for name, value in w.items()}
    x = w["tokens"][ids.numpy()] + w["positions"][: ids.shape[1]] + w["types"][0]
    x = x - x.mean(axis=-1, keepdims=True)
    x = x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + epsilon)
    return (x * w["embed_scale"] + w["embed_offset"]).astype("float32")


@exercise.alternative
def with_one_hot(ids, w, epsilon):
    chosen = ops.one_hot(ids, w["tokens"].shape[0], dtype=w["tokens"].dtype)
    x = ops.matmul(chosen, w["tokens"]) + w["positions"][: ids.shape[1]]
    x = x + w["types"][0]
    return ops.layer_normalization(
        x, w["embed_scale"], w["embed_offset"], epsilon=epsilon
    )


@exercise.alternative
def text_by_text(ids, w, epsilon):
    root = w["tokens"].shape[1] ** 0.5
    rows = []
    for row in ids:
        x = mine.embed(row[None], w["tokens"] / root, w["positions"])[0]
        rows.append(_norm(x + w["types"][0], w, epsilon))
    return ops.stack(rows)
