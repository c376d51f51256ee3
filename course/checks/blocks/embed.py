"""blocks.embed: ids become vectors that know which word they are, and where."""

import keras
import tensorflow as tf
from keras import ops

from course.checks.blocks.samples import PAPER, UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import embed

exercise = Exercise(
    "blocks.embed",
    unit=UNIT,
    answer="embed",
    reference=embed,
    parts={"vectors": 3, "gradient": 1},
    returns={"vectors": ("batch", "length", "dim")},
    intermediates=("words",),
    forbidden=("course.pieces.embed",),
    hints=3,
    difficulty=1,
    importance=4,
    minutes=8,
    paper=PAPER,
)


def _call(rng, batch, length, vocabulary=11, dim=6, max_length=9):
    ids = rng.integers(vocabulary, size=(batch, length)).astype("int32")
    return Call(ids, floats(rng, vocabulary, dim), floats(rng, max_length, dim))


@exercise.probe(part="vectors")
def shorter_than_the_pattern(rng):
    return _call(rng, 2, 5)


@exercise.probe(part="vectors")
def as_long_as_the_pattern(rng):
    return _call(rng, 3, 9)


@exercise.probe(part="vectors")
def as_many_sentences_as_words(rng):
    return _call(rng, 4, 4)


@exercise.probe(part="vectors")
def one_word(rng):
    return _call(rng, 1, 1)


@exercise.probe(part="gradient")
def gradients(rng):
    return _call(rng, 2, 4).asking(gradient=floats(rng, 2, 4, 6))


@exercise.promise(
    part="vectors",
    batch=Sizes(1, 3),
    length=Sizes(1, 8),
    vocabulary=OneOf(1, 11, 300),
    more=Sizes(0, 3),
    dim=Sizes(1, 7),
)
def any_sizes(rng, batch, length, vocabulary, dim, more):
    case = _call(rng, batch, length, vocabulary, dim, length + more)
    ids, *tables = (array.values for array in case.request.args)
    ids[-1, -1] = vocabulary - 1
    return Call(ids, *tables)


@exercise.misconception
def positions_added_twice(ids, table, pattern):
    words = ops.take(table, ids, axis=0) * table.shape[1] ** 0.5
    return words + 2 * pattern[: ids.shape[1]]


@exercise.misconception
def not_scaled(ids, table, pattern):
    return ops.take(table, ids, axis=0) + pattern[: ids.shape[1]]


@exercise.misconception
def scaled_by_dim(ids, table, pattern):
    return ops.take(table, ids, axis=0) * table.shape[1] + pattern[: ids.shape[1]]


@exercise.misconception
def positions_scaled_too(ids, table, pattern):
    words = ops.take(table, ids, axis=0) + pattern[: ids.shape[1]]
    return words * table.shape[1] ** 0.5


@exercise.misconception
def positions_by_id(ids, table, pattern):
    """The row of the pattern is chosen by the word, not by its place."""
    rows = ops.take(pattern, ids % pattern.shape[0], axis=0)
    return ops.take(table, ids, axis=0) * table.shape[1] ** 0.5 + rows


@exercise.misconception
def positions_over_sentences(ids, table, pattern):
    words = ops.take(table, ids, axis=0) * table.shape[1] ** 0.5
    return words + pattern[: ids.shape[0], None]


@exercise.misconception
def last_positions(ids, table, pattern):
    words = ops.take(table, ids, axis=0) * table.shape[1] ** 0.5
    return words + pattern[-ids.shape[1] :]


@exercise.alternative
def with_one_hot(ids, table, pattern):
    words = ops.matmul(ops.one_hot(ids, table.shape[0], dtype=table.dtype), table)
    return (
        words * ops.sqrt(ops.cast(table.shape[1], table.dtype))
        + pattern[None, : ids.shape[1]]
    )


@exercise.alternative
def with_gather(ids, table, pattern):
    places = tf.range(tf.shape(ids)[1])
    words = tf.gather(table, ids) * tf.sqrt(tf.cast(tf.shape(table)[1], table.dtype))
    return words + tf.gather(pattern, places)


@exercise.alternative
def word_by_word(ids, table, pattern):
    scale = keras.ops.sqrt(1.0 * table.shape[1])
    scale = ops.cast(scale, table.dtype)
    columns = [
        tf.gather(table, ids[:, place]) * scale + pattern[place]
        for place in range(ids.shape[1])
    ]
    return ops.stack(columns, axis=1)
