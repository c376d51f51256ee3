"""transfer.choices: every option a row, every question its own softmax."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.samples import floats
from course.checks.transfer.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import choose

exercise = Exercise(
    "transfer.choices",
    unit=UNIT,
    answer="choose",
    reference=choose,
    parts={"values": 3, "large": 1, "gradient": 1},
    returns={"probabilities": ("question", "choice")},
    forbidden=(
        "course.pieces.choose",
        "transformer_tf.MultipleChoiceHead",
        "transformer_tf.MultipleChoice",
    ),
    hints=3,
    difficulty=2,
    importance=3,
    minutes=10,
    paper="https://arxiv.org/abs/1808.05326",
)


def _call(rng, questions, choices, dim, size=1.0):
    vectors = floats(rng, questions * choices, dim)
    kernel = np.float32(size) * (1 + 0.3 * floats(rng, dim)) / np.float32(dim**0.5)
    return Call(vectors, kernel.astype("float32"), choices)


@exercise.probe(part="values")
def three_questions_of_two(rng):
    return _call(rng, 3, 2, 5)


@exercise.probe(part="values")
def two_questions_of_four(rng):
    return _call(rng, 2, 4, 3)


@exercise.probe(part="values")
def as_many_questions_as_options(rng):
    return _call(rng, 3, 3, 4)


@exercise.probe(part="values")
def a_single_row(rng):
    return _call(rng, 1, 1, 3)


@exercise.probe(part="large")
def scores_of_hundreds(rng):
    """Whole numbers: sums are then exact, and only the softmax can go wrong."""
    vectors = np.tile(rng.integers(-2, 3, size=(1, 4)), (6, 1))
    vectors[:, 0] += 300 + np.concatenate([rng.permutation(3), rng.permutation(3)])
    return Call(vectors.astype("float32"), np.ones(4, "float32"), 3)


@exercise.probe(part="gradient")
def gradients(rng):
    return _call(rng, 2, 3, 4).asking(gradient=floats(rng, 2, 3))


@exercise.promise(
    part="values", questions=Sizes(1, 5), choices=OneOf(1, 2, 5), dim=Sizes(1, 6)
)
def any_questions(rng, questions, choices, dim):
    return _call(rng, questions, choices, dim)


def _scores(vectors, kernel):
    return ops.matmul(vectors, kernel)


@exercise.misconception
def columns_are_questions(vectors, kernel, num_choices):
    """Reshaped as if the first options of all questions stood in front."""
    table = ops.reshape(_scores(vectors, kernel), (num_choices, -1))
    return ops.softmax(ops.transpose(table), axis=-1)


@exercise.misconception
def reshaped_the_other_way(vectors, kernel, num_choices):
    table = ops.reshape(_scores(vectors, kernel), (num_choices, -1))
    return ops.softmax(table, axis=-1)


@exercise.misconception
def over_the_questions(vectors, kernel, num_choices):
    table = ops.reshape(_scores(vectors, kernel), (-1, num_choices))
    return ops.softmax(table, axis=0)


@exercise.misconception
def over_everything(vectors, kernel, num_choices):
    return ops.reshape(ops.softmax(_scores(vectors, kernel)), (-1, num_choices))


@exercise.misconception
def each_yes_or_no(vectors, kernel, num_choices):
    table = ops.reshape(_scores(vectors, kernel), (-1, num_choices))
    return ops.sigmoid(table)


@exercise.misconception
def scores_returned(vectors, kernel, num_choices):
    return ops.reshape(_scores(vectors, kernel), (-1, num_choices))


@exercise.misconception
def one_row_of_options(vectors, kernel, num_choices):
    """The batch is read as one question with all the options there are."""
    return ops.softmax(_scores(vectors, kernel))[None]


@exercise.misconception
def overflows(vectors, kernel, num_choices):
    powers = ops.exp(ops.reshape(_scores(vectors, kernel), (-1, num_choices)))
    return powers / ops.sum(powers, axis=-1, keepdims=True)


@exercise.misconception
def divided_by_the_root(vectors, kernel, num_choices):
    """Scaled as attention's scores are."""
    table = ops.reshape(_scores(vectors, kernel), (-1, num_choices))
    return ops.softmax(table / vectors.shape[-1] ** 0.5, axis=-1)


@exercise.alternative
def vectors_reshaped_first(vectors, kernel, num_choices):
    table = tf.reshape(vectors, (-1, num_choices, vectors.shape[-1]))
    return tf.nn.softmax(tf.tensordot(table, kernel, 1))


@exercise.alternative
def with_einsum(vectors, kernel, num_choices):
    table = ops.reshape(vectors, (-1, num_choices, vectors.shape[-1]))
    return ops.softmax(ops.einsum("qcd,d->qc", table, kernel), axis=-1)


@exercise.alternative
def with_a_column(vectors, kernel, num_choices):
    scores = (vectors @ kernel[:, None])[:, 0]
    return tf.nn.softmax(tf.reshape(scores, (-1, num_choices)))


@exercise.alternative
def sums_of_products(vectors, kernel, num_choices):
    scores = ops.sum(vectors * kernel, axis=-1)
    return ops.softmax(ops.reshape(scores, (-1, num_choices)), axis=-1)


@exercise.alternative
def highest_taken_off(vectors, kernel, num_choices):
    table = tf.reshape(tf.linalg.matvec(vectors, kernel), (-1, num_choices))
    powers = tf.exp(table - tf.reduce_max(table, axis=-1, keepdims=True))
    return powers / tf.reduce_sum(powers, axis=-1, keepdims=True)


@exercise.alternative
def question_by_question(vectors, kernel, num_choices):
    scores = ops.matmul(vectors, kernel)
    rows = range(0, vectors.shape[0], num_choices)
    return ops.stack([ops.softmax(scores[n : n + num_choices]) for n in rows])


@exercise.alternative
def option_by_option(vectors, kernel, num_choices):
    scores = ops.matmul(vectors, kernel)
    table = ops.stack([scores[n::num_choices] for n in range(num_choices)], axis=1)
    return ops.softmax(table, axis=-1)
