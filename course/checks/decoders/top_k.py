"""decoders.top_k: the k best tokens, exactly k."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.decoders.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes


def keep_top_k(logits, k):
    """Leaves the k largest logits of each row and rules out all other tokens.

    Args:
        logits: [..., vocabulary] floats.
        k: How many tokens stay, at least 1; all of them where there are no more.

    Returns:
        [..., vocabulary] floats: the logits that stay, and minus infinity elsewhere.
        Exactly k stay: where logits are equal, those of smaller ids.
    """
    vocabulary = logits.shape[-1]
    _, best = ops.top_k(logits, min(k, vocabulary))
    kept = ops.any(ops.one_hot(best, vocabulary, dtype="bool"), axis=-2)
    return ops.where(kept, logits, -np.inf)


exercise = Exercise(
    "decoders.top_k",
    unit=UNIT,
    answer="keep_top_k",
    reference=keep_top_k,
    parts={"rows": 3, "ties": 2, "all": 1},
    returns={"logits": ("batch", "vocabulary")},
    forbidden=(f"{__name__}.keep_top_k", "transformer_tf.TopK"),
    hints=3,
    difficulty=2,
    importance=4,
    minutes=15,
    paper="https://arxiv.org/abs/1805.04833",
)


def _rows(rng, *shape):
    """Rows of different levels, all logits different, of both signs in the first."""
    count = int(np.prod(shape))
    values = rng.permutation(np.arange(count) - count / 2 + 0.25).reshape(shape)
    level = np.arange(int(np.prod(shape[:-1]))).reshape(*shape[:-1], 1)
    values = np.sort(values.reshape(-1)).reshape(shape) if len(shape) > 1 else values
    values = rng.permuted(values, axis=-1)
    return (values + 0.5 * level).astype("float32")


@exercise.probe(part="rows")
def three_of_seven(rng):
    return Call(_rows(rng, 4, 7), 3)


@exercise.probe(part="rows")
def all_negative(rng):
    return Call(-np.abs(_rows(rng, 3, 6)) - np.float32(1), 2)


@exercise.probe(part="rows")
def both_signs(rng):
    signs = rng.permuted(np.tile([-1, 1, -1, 1, -1, 1], (2, 1)), axis=-1)
    sizes = rng.permuted(np.tile(np.arange(1, 7), (2, 1)), axis=-1)
    return Call((signs * sizes).astype("float32"), 2)


@exercise.promise(
    part="ties",
    leading=OneOf((), (2,), (2, 3)),
    extra=Sizes(0, 4),
    k=OneOf(1, 2, 4),
)
def a_tie_at_the_border(rng, leading, extra, k):
    """Three tokens tie where only one of them may stay."""
    vocabulary = k + 4 + extra
    level = np.where(np.arange(vocabulary) < k - 1, 2.0, -1.0)
    level[k - 1 : k + 2] = 1.0
    rows = np.broadcast_to(level, (*leading, vocabulary))
    return Call(rng.permuted(rows, axis=-1).astype("float32"), k)


@exercise.promise(part="ties", vocabulary=OneOf(20, 70, 300), k=Sizes(1, 18))
def many_ties(rng, vocabulary, k):
    """Three levels: a sort that is not stable does not leave equals in their order."""
    return Call(rng.integers(3, size=(2, vocabulary)).astype("float32"), k)


@exercise.promise(
    part="all",
    leading=OneOf((), (3,), (2, 2)),
    vocabulary=Sizes(1, 5),
    more=OneOf(0, 1, 9),
)
def everything_stays(rng, leading, vocabulary, more):
    return Call(_rows(rng, *leading, vocabulary), vocabulary + more)


@exercise.promise(
    part="rows",
    leading=OneOf((), (3,), (2, 3)),
    vocabulary=Sizes(2, 9),
    k=Sizes(1, 6),
)
def any_rows(rng, leading, vocabulary, k):
    return Call(_rows(rng, *leading, vocabulary), k)


def _sorted(logits):
    return ops.sort(logits, axis=-1)


def _kth(logits, k):
    k = min(k, logits.shape[-1])
    return _sorted(logits)[..., -k, None]


def _kept(logits, k):
    """Which ones stay, as booleans."""
    vocabulary = logits.shape[-1]
    _, best = ops.top_k(logits, min(k, vocabulary))
    return ops.any(ops.one_hot(best, vocabulary, dtype="bool"), axis=-2)


@exercise.misconception
def all_that_tie(logits, k):
    """A threshold: in wide use, and with ties more than k stay."""
    return ops.where(logits >= _kth(logits, k), logits, -np.inf)


@exercise.misconception
def the_kth_lost(logits, k):
    return ops.where(logits > _kth(logits, k), logits, -np.inf)


@exercise.misconception
def smallest_kept(logits, k):
    return ops.where(_kept(-logits, k), logits, -np.inf)


@exercise.misconception
def rest_is_zero(logits, k):
    """A logit of 0 is no impossibility: it beats every negative one."""
    return ops.where(_kept(logits, k), logits, 0.0)


@exercise.misconception
def over_the_whole_batch(logits, k):
    flat = ops.reshape(logits, (-1,))
    return ops.where(ops.reshape(_kept(flat, k), logits.shape), logits, -np.inf)


@exercise.misconception
def threshold_of_the_first_row(logits, k):
    rows = ops.reshape(logits, (-1, logits.shape[-1]))
    return ops.where(logits >= _kth(rows, k)[0], logits, -np.inf)


@exercise.misconception
def one_more(logits, k):
    return ops.where(_kept(logits, k + 1), logits, -np.inf)


@exercise.misconception
def by_absolute_value(logits, k):
    return ops.where(_kept(ops.abs(logits), k), logits, -np.inf)


@exercise.misconception
def later_ids_win(logits, k):
    kept = ops.flip(_kept(ops.flip(logits, axis=-1), k), axis=-1)
    return ops.where(kept, logits, -np.inf)


@exercise.misconception
def returned_as_sorted(logits, k):
    """The k values, without the places that they belong to."""
    return ops.top_k(logits, min(k, logits.shape[-1]))[0]


@exercise.misconception
def probabilities_instead(logits, k):
    return ops.softmax(ops.where(_kept(logits, k), logits, -np.inf), axis=-1)


@exercise.alternative
def by_ranks(logits, k):
    """Sorting twice gives everybody's rank."""
    order = np.argsort(-np.array(logits), axis=-1, kind="stable")
    ranks = np.argsort(order, axis=-1)
    return np.where(ranks < k, np.array(logits), -np.inf)


@exercise.alternative
def by_counting_better_ones(logits, k):
    mine, other = logits[..., :, None], logits[..., None, :]
    ids = tf.range(logits.shape[-1])
    first = ids[None, :] < ids[:, None]
    better = (other > mine) | ((other == mine) & first)
    ranks = tf.reduce_sum(tf.cast(better, "int32"), axis=-1)
    return tf.where(ranks < k, logits, -np.inf)


@exercise.alternative
def threshold_and_places(logits, k):
    """Those above the k-th, and of those that tie as many as fit, from the left."""
    border = _kth(logits, k)
    above, tied = logits > border, logits == border
    free = min(k, logits.shape[-1]) - tf.reduce_sum(tf.cast(above, "int32"), -1, True)
    taken = tied & (tf.cumsum(tf.cast(tied, "int32"), axis=-1) <= free)
    return tf.where(above | taken, logits, -np.inf)


@exercise.alternative
def row_by_row(logits, k):
    values = np.array(logits)
    rows = values.reshape(-1, values.shape[-1])
    found = np.full_like(rows, -np.inf)
    for row, result in zip(rows, found):
        best = sorted(range(len(row)), key=lambda n: (-row[n], n))[:k]
        result[best] = row[best]
    return found.reshape(values.shape)


@exercise.alternative
def one_after_the_other(logits, k):
    """Takes the largest k times."""
    left, result = logits, tf.fill(tf.shape(logits), tf.cast(-np.inf, logits.dtype))
    for _ in range(min(k, logits.shape[-1])):
        best = tf.one_hot(tf.argmax(left, -1), logits.shape[-1], True, False)
        result = tf.where(best, logits, result)
        left = tf.where(best, -np.inf, left)
    return result


@exercise.alternative
def scattered(logits, k):
    rows = tf.reshape(logits, (-1, logits.shape[-1]))
    values, best = tf.math.top_k(rows, min(k, logits.shape[-1]))
    number = tf.repeat(tf.range(rows.shape[0])[:, None], best.shape[1], axis=1)
    start = tf.fill(tf.shape(rows), tf.cast(-np.inf, logits.dtype))
    places = tf.stack([number, best], axis=-1)
    return tf.reshape(tf.tensor_scatter_nd_update(start, places, values), logits.shape)
