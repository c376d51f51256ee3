"""seq2seq.beam_step: one step of a beam search."""

import heapq

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.seq2seq.samples import SEQ2SEQ, UNIT
from course.examination import Call, Exercise, OneOf, Sizes


def beam_step(scores, logs, count):
    """Continues each beam with each token, and keeps the best continuations.

    Args:
        scores: [batch, beam] floats: the sum of the log-probabilities of each text so
            far; minus infinity for a beam that does not exist yet.
        logs: [batch, beam, vocabulary] floats: the log-probability of each next token.
        count: How many continuations to keep, of each batch entry's own.

    Returns:
        scores: [batch, count] floats: the sums of the best, the largest first.
        parents: [batch, count] integers: which beam each of them continues.
        tokens: [batch, count] integers: with which token. Of equal sums the earlier
            beam comes first, then the smaller token.
    """
    vocabulary = logs.shape[-1]
    sums = ops.reshape(scores[..., None] + logs, (logs.shape[0], -1))
    best, places = ops.top_k(sums, count)
    return best, places // vocabulary, places % vocabulary


exercise = Exercise(
    "seq2seq.beam_step",
    unit=UNIT,
    answer="beam_step",
    reference=beam_step,
    parts={"best": 3, "first_step": 1, "ties": 1},
    returns={
        "scores": ("batch", "candidate"),
        "parents": ("batch", "candidate"),
        "tokens": ("batch", "candidate"),
    },
    forbidden=(f"{__name__}.beam_step", "transformer_tf.generate_beams"),
    hints=3,
    difficulty=3,
    importance=5,
    minutes=15,
    paper=SEQ2SEQ,
)

right = exercise.reference  # a copy: nobody may call the answer itself


def _logs(rng, *shape):
    """Whole 64ths, so that sums are exact and ties are ties in every float."""
    logits = rng.normal(size=shape) * 1.5
    top = np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return (np.round((logits - top) * 64) / 64).astype("float32")


def _scores(rng, batch, beam):
    sums = -np.abs(rng.normal(size=(batch, beam))) * 2 - 1
    return (np.round(np.sort(sums)[:, ::-1] * 64) / 64).astype("float32")


def _call(rng, batch, beam, vocabulary, count):
    logs = _logs(rng, batch, beam, vocabulary)
    return Call(_scores(rng, batch, beam), logs, count)


WRONG = (
    "past_forgotten",
    "best_of_each_beam",
    "batch_mixed",
    "divided_by_the_beam",
    "probabilities_added",
    "first_beam_only",
    "scores_multiplied",
)


@exercise.probe(part="best", shows=WRONG)
def as_many_as_beams(rng):
    return _call(rng, 2, 3, 7, 3)


@exercise.probe(part="best", shows=WRONG)
def wider_than_the_batch(rng):
    return _call(rng, 3, 4, 5, 4)


@exercise.probe(part="best", shows=("past_forgotten", "divided_by_the_beam"))
def twice_as_many(rng):
    """As searches do that put ended texts aside."""
    return _call(rng, 2, 3, 9, 6)


@exercise.probe(part="first_step")
def only_one_exists(rng):
    scores = np.full((2, 3), -np.inf, "float32")
    scores[:, 0] = 0
    return Call(scores, _logs(rng, 2, 3, 8), 3)


@exercise.probe(part="ties", shows=("batch_mixed",))
def equal_sums(rng):
    """Two beams alike, in all: each sum occurs twice."""
    logs = _logs(rng, 2, 1, 5).repeat(2, axis=1)
    scores = _scores(rng, 2, 1).repeat(2, axis=1)
    return Call(scores, logs, 4)


@exercise.promise(
    part="best",
    batch=Sizes(1, 4),
    beam=Sizes(1, 5),
    vocabulary=OneOf(5, 12, 300),
    count=OneOf(1, 2, 4),
)
def any_beams(rng, batch, beam, vocabulary, count):
    return _call(rng, batch, beam, vocabulary, count)


@exercise.promise(part="best", beam=Sizes(2, 4), count=OneOf(1, 4))
def late_tokens(rng, beam, count):
    """The best tokens have ids above 255."""
    logs = np.sort(_logs(rng, 2, beam, 300), axis=-1)
    return Call(_scores(rng, 2, beam), logs, count)


@exercise.promise(part="best", batch=Sizes(1, 3), beam=Sizes(2, 4))
def a_single_token(rng, batch, beam):
    return _call(rng, batch, beam, 1, 2)


def _chosen(sums, count, size):
    """From [batch, beam, vocabulary] sums as the reference does it."""
    best, places = ops.top_k(ops.reshape(sums, (sums.shape[0], -1)), count)
    return best, places // size, places % size


@exercise.misconception
def scores_multiplied(scores, logs, count):
    """Logarithms add up; it is the probabilities that are multiplied."""
    return _chosen(scores[..., None] * logs, count, logs.shape[-1])


@exercise.misconception
def past_forgotten(scores, logs, count):
    return _chosen(logs, count, logs.shape[-1])


@exercise.misconception
def probabilities_added(scores, logs, count):
    return _chosen(scores[..., None] + ops.exp(logs), count, logs.shape[-1])


@exercise.misconception
def best_of_each_beam(scores, logs, count):
    """Every beam lives on with its own best token: none may have two children."""
    sums = scores[..., None] + logs
    best, tokens = ops.max(sums, axis=-1), ops.argmax(sums, axis=-1)
    kept = min(count, best.shape[1])
    found, parents = ops.top_k(best, kept)
    return found, parents, ops.take_along_axis(tokens, parents, axis=1)


@exercise.misconception
def batch_mixed(scores, logs, count):
    """The best of all texts together: one may get the beams of another."""
    batch, beam, size = logs.shape
    sums = ops.reshape(scores[..., None] + logs, (-1,))
    best, places = ops.top_k(sums, min(batch * count, sums.shape[0]))
    best, places = (ops.reshape(x, (batch, -1)) for x in (best, places))
    return best, places // size % beam, places % size


@exercise.misconception
def parents_and_tokens_exchanged(scores, logs, count):
    best, parents, tokens = right(scores, logs, count)
    return best, tokens, parents


@exercise.misconception
def divided_by_the_beam(scores, logs, count):
    """Places are taken apart by the number of beams, not of tokens."""
    batch, beam, size = logs.shape
    best, parents, tokens = right(scores, logs, count)
    places = parents * size + tokens
    return best, places // beam, places % beam


@exercise.misconception
def the_worst(scores, logs, count):
    best, parents, tokens = _chosen(-(scores[..., None] + logs), count, logs.shape[-1])
    return -best, parents, tokens


@exercise.misconception
def first_beam_only(scores, logs, count):
    return _chosen(scores[:, :1, None] + logs[:, :1], count, logs.shape[-1])


@exercise.misconception
def new_scores_alone(scores, logs, count):
    """The right ones are chosen; what comes back is what the last token cost."""
    best, parents, tokens = right(scores, logs, count)
    return best - ops.take_along_axis(scores, parents, axis=1), parents, tokens


@exercise.misconception
def tokens_by_their_place(scores, logs, count):
    """The place among all continuations is taken for the token."""
    best, parents, tokens = right(scores, logs, count)
    return best, parents, parents * logs.shape[-1] + tokens


@exercise.alternative
def with_sorted_pairs(scores, logs, count):
    scores, logs = np.array(scores), np.array(logs)
    rows = []
    for row in range(len(scores)):
        every = [
            (scores[row, beam] + logs[row, beam, token], beam, token)
            for beam, token in np.ndindex(logs.shape[1:])
        ]
        rows.append(sorted(every, key=lambda one: (-one[0], one[1:]))[:count])
    return tuple(np.array([[one[n] for one in row] for row in rows]) for n in range(3))


@exercise.alternative
def with_argsort(scores, logs, count):
    sums = np.array(scores)[..., None] + np.array(logs)
    sums = sums.reshape(len(sums), -1)
    order = np.argsort(-sums, axis=-1, kind="stable")[:, :count]
    best = np.take_along_axis(sums, order, axis=-1)
    return best, *np.divmod(order, logs.shape[-1])


@exercise.alternative
def with_unravel_index(scores, logs, count):
    sums = scores[..., None] + logs
    best, places = tf.math.top_k(tf.reshape(sums, (sums.shape[0], -1)), count)
    return best, *np.unravel_index(places.numpy(), logs.shape[1:])


@exercise.alternative
def best_of_the_best(scores, logs, count):
    """The best tokens of each beam first, then the best of those."""
    each = min(count, logs.shape[-1])
    best, tokens = tf.math.top_k(scores[..., None] + logs, each)
    batch = best.shape[0]
    best, places = tf.math.top_k(tf.reshape(best, (batch, -1)), count)
    tokens = tf.gather(tf.reshape(tokens, (batch, -1)), places, batch_dims=1)
    return best, places // each, tokens


@exercise.alternative
def with_a_heap(scores, logs, count):
    scores, logs = np.array(scores, "float64"), np.array(logs, "float64")
    found = []
    for sums in scores[..., None] + logs:
        best = heapq.nsmallest(count, ((-v, n) for n, v in enumerate(sums.ravel())))
        size = logs.shape[-1]
        found.append([(-v, n // size, n % size) for v, n in best])
    columns = np.array(found).transpose(2, 0, 1)
    return columns[0], columns[1].astype(int), columns[2].astype(int)


@exercise.alternative
def one_after_the_other(scores, logs, count):
    sums = np.array(scores)[..., None] + np.array(logs)
    batch, beam, size = sums.shape
    sums = sums.reshape(batch, -1)
    left = np.ones(sums.shape, bool)
    columns = []
    for _ in range(count):
        place = np.array(
            [
                max(np.flatnonzero(free), key=lambda n: (row[n], -n))
                for row, free in zip(sums, left)
            ]
        )
        columns.append((sums[np.arange(batch), place], place // size, place % size))
        left[np.arange(batch), place] = False
    return tuple(np.stack(part, axis=1) for part in zip(*columns))


@exercise.alternative
def text_by_text(scores, logs, count):
    rows = []
    for row in range(scores.shape[0]):
        sums = tf.reshape(tf.expand_dims(scores[row], -1) + logs[row], [-1])
        best, places = tf.math.top_k(sums, count)
        rows.append((best, places // logs.shape[-1], places % logs.shape[-1]))
    return tuple(tf.stack(part) for part in zip(*rows))
