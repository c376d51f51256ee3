"""Looking words up in a table: by place, and as a product with one-hot vectors."""

import tensorflow as tf
from keras import ops

from course.checks.samples import floats
from course.checks.word_vectors.samples import UNIT, ids
from course.examination import Call, Exercise, OneOf, Sizes


def look_up(ids, table):
    """Gives each word its vector, by a product with its one-hot vector.

    Args:
        ids: [batch, length] integers in [0, vocabulary): which word stands where.
        table: [vocabulary, dim] floats: row n is the vector of word n.

    Returns:
        one_hot: [batch, length, vocabulary] floats: 1 in the place of the word's id,
            0 elsewhere.
        vectors: [batch, length, dim] floats.
    """
    one_hot = ops.one_hot(ids, table.shape[0], dtype=table.dtype)
    vectors = ops.matmul(one_hot, table)
    return one_hot, vectors


look = Exercise(
    "word_vectors.look_up",
    unit=UNIT,
    answer="look_up",
    reference=look_up,
    parts={"values": 2, "square": 1, "gradient": 1},
    returns={
        "one_hot": ("batch", "length", "vocabulary"),
        "vectors": ("batch", "length", "dim"),
    },
    forbidden=(
        f"{__name__}.look_up",
        "transformer_tf.TokenEmbedding",
        "keras.layers.Embedding",
    ),
    hints=3,
    difficulty=1,
    importance=5,
    minutes=5,
    paper="https://keras.io/api/layers/core_layers/embedding/",
)


@look.probe(part="values")
def sizes_differ(rng):
    return Call(ids(rng, 7, 2, 3), floats(rng, 7, 5))


@look.probe(part="values")
def first_and_last_word(rng):
    words = ids(rng, 4, 1, 6)
    words[0, :4] = (0, 3, 3, 0)
    return Call(words, floats(rng, 4, 6))


@look.probe(part="square")
def as_many_words_as_numbers(rng):
    words = ids(rng, 5, 3, 4)
    words[0] = (0, 1, 2, 4)
    return Call(words, floats(rng, 5, 5))


@look.probe(part="gradient")
def only_the_rows_that_were_read(rng):
    words = ids(rng, 6, 2, 3)
    words[0, 0] = 0  # a word like any other
    case = Call(words, floats(rng, 6, 4))
    return case.asking(gradient=(None, floats(rng, 2, 3, 4)))


@look.promise(
    part="values",
    batch=Sizes(1, 4),
    length=Sizes(1, 6),
    vocabulary=OneOf(1, 7, 300),
    dim=Sizes(1, 5),
)
def any_sizes(rng, batch, length, vocabulary, dim):
    words = ids(rng, vocabulary, batch, length)
    words[-1, -1] = vocabulary - 1
    return Call(words, floats(rng, vocabulary, dim))


def _one_hot(ids, table):
    return ops.one_hot(ids, table.shape[0], dtype=table.dtype)


def _vectors(one_hot, table):
    return one_hot, ops.matmul(one_hot, table)


@look.misconception
def counted_from_one(ids, table):
    return _vectors(_one_hot(ids - 1, table), table)


@look.misconception
def as_wide_as_the_vectors(ids, table):
    one_hot = ops.one_hot(ids, table.shape[1], dtype=table.dtype)
    return one_hot, ops.take(table, ids, axis=0)


@look.misconception
def table_turned(ids, table):
    return _vectors(_one_hot(ids, table), ops.transpose(table))


@look.misconception
def words_added_up(ids, table):
    return _vectors(ops.sum(_one_hot(ids, table), axis=1), table)


@look.misconception
def id_in_its_place(ids, table):
    numbers = ops.cast(ids, table.dtype)[..., None]
    return _vectors(_one_hot(ids, table) * numbers, table)


@look.misconception
def first_word_emptied(ids, table):
    real = ops.cast(ids != 0, table.dtype)[..., None]
    return _vectors(_one_hot(ids, table) * real, table)


@look.misconception
def words_before_places(ids, table):
    one_hot, vectors = _vectors(_one_hot(ids, table), table)
    return ops.swapaxes(one_hot, 1, 2), vectors


@look.misconception
def table_not_trained(ids, table):
    return _vectors(_one_hot(ids, table), ops.stop_gradient(table))


@look.alternative
def compared_and_taken(ids, table):
    places = ops.arange(table.shape[0], dtype=ids.dtype)
    one_hot = ops.cast(ids[:, :, None] == places, table.dtype)
    return one_hot, ops.take(table, ids, axis=0)


@look.alternative
def rows_of_the_identity(ids, table):
    one_hot = tf.gather(tf.eye(tf.shape(table)[0], dtype=table.dtype), ids)
    return one_hot, tf.einsum("blv,vd->bld", one_hot, table)


@look.alternative
def with_tensorflow(ids, table):
    one_hot = tf.one_hot(ids, table.shape[0], dtype=table.dtype)
    return one_hot, tf.nn.embedding_lookup(table, ids)


@look.alternative
def sentence_by_sentence(ids, table):
    one_hot = [ops.one_hot(row, len(table), dtype="float32") for row in ids]
    return ops.stack(one_hot), ops.stack([row @ table for row in one_hot])
