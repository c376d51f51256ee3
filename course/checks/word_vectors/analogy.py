"""Analogies: a is to b as c is to what?"""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.word_vectors.samples import UNIT, told_apart, unequal_rows
from course.examination import Call, Exercise, Sizes
from course.pieces import nearest


def analogy(table, a, b, c, count):
    """Answers "a is to b as c is to ..." with the words nearest to c + (b - a).

    Args:
        table: [vocabulary, dim] floats: row n is the vector of word n.
        a, b, c: Ids of three words.
        count: How many answers are wanted.

    Returns:
        [count] integers: ids by cosine, the best first; never a, b or c. The three
        vectors are brought to length 1 before they are added and subtracted, so that
        each weighs the same.
    """
    unit = table / ops.norm(table, axis=-1, keepdims=True)
    target = unit[c] + unit[b] - unit[a]
    return nearest(unit, target, count, excluded=(a, b, c))


analogies = Exercise(
    "word_vectors.analogy",
    unit=UNIT,
    answer="analogy",
    reference=analogy,
    parts={"answers": 3, "left_out": 1},
    returns={"ids": ("place",)},
    forbidden=(f"{__name__}.analogy",),
    stands_on=("course.pieces.word_vectors",),
    hints=3,
    difficulty=2,
    importance=3,
    minutes=5,
    paper="https://aclanthology.org/N13-1090/",
)


SHOWS = ("only_the_third_left_out", "question_not_left_out", "lengths_weigh")


@analogies.probe(part="answers", shows=SHOWS)
def far_from_the_three(rng):
    return Call(unequal_rows(rng, 17, 5), 3, 8, 5, 6)


@analogies.probe(part="answers", shows=SHOWS)
def another_order_of_ids(rng):
    return Call(unequal_rows(rng, 15, 4), 6, 0, 2, 7)


@analogies.probe(part="left_out", shows=SHOWS)
def the_question_is_no_answer(rng):
    return Call(unequal_rows(rng, 11, 6), 4, 9, 1, 5)


@analogies.promise(
    part="answers", rows=Sizes(7, 300), dim=Sizes(2, 7), count=Sizes(1, 4)
)
def any_words(rng, rows, dim, count):
    a, b, c = (int(rows - 1 - n) for n in rng.permutation(6)[:3])
    table, target = told_apart(rng, rows, dim, lambda unit: unit[c] + unit[b] - unit[a])
    # The answer's id is above 255 where there are so many.
    cosines = table[: rows - 6] @ target / np.linalg.norm(table[: rows - 6], axis=1)
    places = [int(np.argmax(cosines)), rows - 7]
    table[places] = table[places[::-1]]
    return Call(table, a, b, c, count)


def _nearest_to(table, sum_of, count, excluded=()):
    unit = table / ops.norm(table, axis=-1, keepdims=True)
    return nearest(unit, sum_of(unit), count, excluded)


@analogies.misconception
def signs_exchanged(table, a, b, c, count):
    return _nearest_to(table, lambda u: u[c] + u[a] - u[b], count, (a, b, c))


@analogies.misconception
def wrong_word_subtracted(table, a, b, c, count):
    return _nearest_to(table, lambda u: u[a] + u[b] - u[c], count, (a, b, c))


@analogies.misconception
def everything_added(table, a, b, c, count):
    return _nearest_to(table, lambda u: u[a] + u[b] + u[c], count, (a, b, c))


@analogies.misconception
def difference_alone(table, a, b, c, count):
    return _nearest_to(table, lambda u: u[b] - u[a], count, (a, b, c))


@analogies.misconception
def lengths_weigh(table, a, b, c, count):
    target = table[c] + table[b] - table[a]
    return nearest(table, target, count, (a, b, c))


@analogies.misconception
def question_not_left_out(table, a, b, c, count):
    return _nearest_to(table, lambda u: u[c] + u[b] - u[a], count)


@analogies.misconception
def only_the_third_left_out(table, a, b, c, count):
    return _nearest_to(table, lambda u: u[c] + u[b] - u[a], count, (c,))


@analogies.misconception
def differences_compared(table, a, b, c, count):
    """The word whose way from c points most nearly as the way from a to b."""
    unit = table / ops.norm(table, axis=-1, keepdims=True)
    ways = unit - unit[c]
    lengths = ops.maximum(ops.norm(ways, axis=-1, keepdims=True), 1e-9)
    fits = ops.matmul(ways / lengths, unit[b] - unit[a])
    places = ops.arange(fits.shape[0])
    for place in (a, b, c):
        fits = ops.where(places == place, -np.inf, fits)
    return ops.top_k(fits, count)[1]


@analogies.alternative
def three_cosines_added(table, a, b, c, count):
    unit = ops.normalize(table, axis=-1)
    cosines = ops.matmul(unit, ops.transpose(unit))
    scores = (cosines[b] - cosines[a] + cosines[c]).numpy()
    scores[[a, b, c]] = -np.inf
    return np.argsort(-scores)[:count]


@analogies.alternative
def with_tensorflow(table, a, b, c, count):
    unit = tf.math.l2_normalize(table, axis=-1)
    question = tf.gather(unit, [a, b, c])
    target = tf.linalg.matvec(question, tf.constant([-1.0, 1.0, 1.0]), transpose_a=True)
    return nearest(table, target, count, [a, b, c])


@analogies.alternative
def in_numpy(table, a, b, c, count):
    unit = table.numpy() / np.linalg.norm(table.numpy(), axis=1)[:, None]
    scores = unit @ (unit[b] - unit[a] + unit[c])
    order = [n for n in np.argsort(scores)[::-1] if n not in (a, b, c)]
    return np.array(order[:count])
