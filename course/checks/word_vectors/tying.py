"""One table for reading and for writing: tied embeddings."""

import tensorflow as tf
from keras import ops

from course.checks.samples import floats
from course.checks.word_vectors.samples import UNIT, ids
from course.examination import Call, Exercise, OneOf, Sizes


def tied_logits(ids, table, kernel):
    """Scores every word of the vocabulary as the next one, with a single table.

    Args:
        ids: [batch, length] integers: the words that were read.
        table: [vocabulary, dim] floats: row n is the vector of word n, on the way in
            and on the way out.
        kernel: [dim, dim] floats: all that this small model does in between.

    Returns:
        [batch, length, vocabulary] floats: the product of tanh(vector @ kernel) with
        the vector of each word, without a softmax.
    """
    vectors = ops.take(table, ids, axis=0)
    hidden = ops.tanh(ops.matmul(vectors, kernel))
    return ops.matmul(hidden, ops.transpose(table))


tying = Exercise(
    "word_vectors.tied_logits",
    unit=UNIT,
    answer="tied_logits",
    reference=tied_logits,
    parts={"values": 2, "square": 1, "gradient": 3, "compiled": 1},
    returns={"logits": ("batch", "length", "vocabulary")},
    intermediates=("vectors", "hidden"),
    forbidden=(
        f"{__name__}.tied_logits",
        "transformer_tf.TokenEmbedding",
        "transformer_tf.CausalLMHead",
        "keras.layers.Embedding",
    ),
    hints=3,
    difficulty=2,
    importance=4,
    minutes=10,
    paper="https://arxiv.org/abs/1608.05859",
)


def _arguments(rng, vocabulary_size, dim):
    kernel = floats(rng, dim, dim) / dim**0.5
    return ids(rng, vocabulary_size, 2, 3), floats(rng, vocabulary_size, dim), kernel


@tying.probe(part="values")
def sizes_differ(rng):
    return Call(*_arguments(rng, 7, 4))


@tying.probe(part="square")
def as_many_words_as_numbers(rng):
    return Call(*_arguments(rng, 5, 5))


@tying.probe(part="gradient")
def both_ways_teach_the_table(rng):
    case = Call(*_arguments(rng, 6, 4))
    return case.asking(gradient=floats(rng, 2, 3, 6))


@tying.probe(part="compiled")
def as_a_graph(rng):
    return Call(*_arguments(rng, 8, 3)).asking(mode="graph")


@tying.promise(
    part="values",
    batch=Sizes(1, 4),
    length=Sizes(1, 6),
    vocabulary=OneOf(1, 6, 300),
    dim=Sizes(1, 5),
)
def any_sizes(rng, batch, length, vocabulary, dim):
    _, table, kernel = _arguments(rng, vocabulary, dim)
    words = ids(rng, vocabulary, batch, length)
    words[-1, -1] = vocabulary - 1
    return Call(words, table, kernel)


def _hidden(ids, table, kernel):
    return ops.tanh(ops.matmul(ops.take(table, ids, axis=0), kernel))


def _scores(hidden, table):
    return ops.matmul(hidden, ops.transpose(table))


@tying.misconception
def reading_not_trained(ids, table, kernel):
    hidden = _hidden(ids, ops.stop_gradient(table), kernel)
    return ops.matmul(hidden, ops.transpose(table))


@tying.misconception
def writing_not_trained(ids, table, kernel):
    hidden = _hidden(ids, table, kernel)
    return ops.matmul(hidden, ops.transpose(ops.stop_gradient(table)))


@tying.misconception
def table_not_turned(ids, table, kernel):
    hidden = _hidden(ids, table, kernel)
    return ops.matmul(hidden, table)


@tying.misconception
def probabilities(ids, table, kernel):
    return ops.softmax(_scores(_hidden(ids, table, kernel), table))


@tying.misconception
def nothing_in_between(ids, table, kernel):
    return _scores(ops.take(table, ids, axis=0), table)


@tying.misconception
def without_tanh(ids, table, kernel):
    hidden = ops.matmul(ops.take(table, ids, axis=0), kernel)
    return _scores(hidden, table)


@tying.misconception
def cosines_instead(ids, table, kernel):
    hidden = ops.normalize(_hidden(ids, table, kernel), axis=-1)
    return _scores(hidden, ops.normalize(table, axis=-1))


@tying.misconception
def kernel_turned(ids, table, kernel):
    return _scores(_hidden(ids, table, ops.transpose(kernel)), table)


@tying.misconception
def only_the_last_place(ids, table, kernel):
    return _scores(_hidden(ids, table, kernel)[:, -1], table)


@tying.alternative
def with_one_hot(ids, table, kernel):
    one_hot = ops.one_hot(ids, table.shape[0], dtype=table.dtype)
    return ops.tanh(one_hot @ table @ kernel) @ ops.transpose(table)


@tying.alternative
def with_tensorflow(ids, table, kernel):
    hidden = tf.tanh(tf.einsum("bld,de->ble", tf.gather(table, ids), kernel))
    return tf.einsum("bld,vd->blv", hidden, table)


@tying.alternative
def word_by_word(ids, table, kernel):
    hidden = _hidden(ids, table, kernel)
    rows = tf.unstack(table, axis=0)
    return tf.stack([tf.reduce_sum(hidden * row, axis=-1) for row in rows], axis=-1)
