"""encoders.replaced: which tokens were replaced by others?"""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.encoders.samples import UNIT, words
from course.examination import Call, Exercise, OneOf, Sizes


def replaced_tokens(ids, chosen, sampled, real):
    """Replaces chosen tokens, and asks of every token whether it was replaced.

    Args:
        ids: [batch, length] integers: the original text.
        chosen: [batch, length] booleans: True where a token is to be replaced.
        sampled: [batch, length] integers: what a small model would write there. It may
            be the original token.
        real: [batch, length] booleans: True for tokens, False for padding.

    Returns:
        corrupted: [batch, length] integers: `sampled` where chosen, else `ids`.
        labels: [batch, length] integers: 1 where the corrupted token is another than
            the original one, 0 where it is the same, -100 at padding.
    """
    corrupted = ops.where(chosen, sampled, ids)
    labels = ops.cast(ops.not_equal(corrupted, ids), "int32")
    return corrupted, ops.where(real, labels, -100)


exercise = Exercise(
    "encoders.replaced",
    unit=UNIT,
    answer="replaced_tokens",
    reference=replaced_tokens,
    parts={"corrupted": 1, "labels": 2, "guessed": 2, "padding": 1},
    returns={"corrupted": ("batch", "length"), "labels": ("batch", "length")},
    forbidden=(
        f"{__name__}.replaced_tokens",
        "transformer_tf.objectives.replace_tokens",
    ),
    hints=3,
    difficulty=2,
    importance=3,
    minutes=10,
    paper="https://arxiv.org/abs/2003.10555",
)

# What becomes of a token: it is not chosen (and another one was sampled, or the same),
# it is replaced, or the sampled token happens to be the original; and padding.
LEFT, LEFT_SAME, REPLACED, GUESSED, PADDING = range(5)


def _case(rng, fates):
    ids, other = words(rng, *fates.shape), words(rng, *fates.shape)
    same = (fates == GUESSED) | (fates == LEFT_SAME)
    sampled = np.where(same, ids, other)
    padding = fates == PADDING
    ids = np.where(padding, 0, ids)
    sampled = np.where(padding, 0, sampled)
    chosen = (fates == REPLACED) | (fates == GUESSED)
    return Call(ids.astype("int32"), chosen, sampled.astype("int32"), ~padding)


def _fates(rng, *kinds, batch=3, times=2, padding=0):
    every = np.repeat(kinds, times)
    rows = np.stack([rng.permutation(every) for _ in range(batch)])
    return np.pad(rows, ((0, 0), (0, padding)), constant_values=PADDING)


@exercise.probe(part="corrupted")
def nothing_chosen(rng):
    return _case(rng, _fates(rng, LEFT, LEFT_SAME))


@exercise.probe(part="labels")
def some_replaced(rng):
    return _case(rng, _fates(rng, LEFT, REPLACED))


@exercise.probe(part="guessed")
def some_guessed(rng):
    return _case(rng, _fates(rng, LEFT, LEFT_SAME, REPLACED, GUESSED))


@exercise.probe(part="padding")
def padding_behind(rng):
    return _case(rng, _fates(rng, LEFT, REPLACED, GUESSED, padding=3))


@exercise.promise(
    part="labels",
    batch=Sizes(1, 4),
    length=Sizes(1, 8),
    kind=OneOf("mixed", "all replaced", "all guessed", "all padding"),
)
def any_texts(rng, batch, length, kind):
    low, high = {
        "mixed": (0, 5),
        "all replaced": (2, 3),
        "all guessed": (3, 4),
        "all padding": (4, 5),
    }[kind]
    return _case(rng, rng.integers(low, high, size=(batch, length)))


def _corrupted(ids, chosen, sampled):
    return ops.where(chosen, sampled, ids)


def _labels(yes, real):
    return ops.where(real, ops.cast(yes, "int32"), -100)


@exercise.misconception
def every_chosen_one(ids, chosen, sampled, real):
    """Also where the small model has guessed the original."""
    return _corrupted(ids, chosen, sampled), _labels(chosen, real)


@exercise.misconception
def padding_is_original(ids, chosen, sampled, real):
    corrupted = _corrupted(ids, chosen, sampled)
    return corrupted, ops.cast(corrupted != ids, "int32")


@exercise.misconception
def upside_down(ids, chosen, sampled, real):
    corrupted = _corrupted(ids, chosen, sampled)
    return corrupted, _labels(corrupted == ids, real)


@exercise.misconception
def sampled_everywhere(ids, chosen, sampled, real):
    return ops.copy(sampled), _labels(sampled != ids, real)


@exercise.misconception
def the_others_replaced(ids, chosen, sampled, real):
    corrupted = ops.where(chosen, ids, sampled)
    return corrupted, _labels(corrupted != ids, real)


@exercise.misconception
def labels_only_at_chosen(ids, chosen, sampled, real):
    """What makes this objective quick is that every token has a label."""
    corrupted = _corrupted(ids, chosen, sampled)
    return corrupted, _labels(corrupted != ids, ops.logical_and(chosen, real))


@exercise.misconception
def originals_for_labels(ids, chosen, sampled, real):
    """The targets of masked language modelling."""
    corrupted = _corrupted(ids, chosen, sampled)
    return corrupted, ops.where(ops.logical_and(chosen, real), ids, -100)


@exercise.misconception
def sampled_against_ids(ids, chosen, sampled, real):
    """Compared everywhere, chosen or not."""
    return _corrupted(ids, chosen, sampled), _labels(sampled != ids, real)


@exercise.misconception
def zero_for_padding_and_one_for_the_rest(ids, chosen, sampled, real):
    """A mask of padding, not labels."""
    return _corrupted(ids, chosen, sampled), ops.cast(real, "int32")


@exercise.alternative
def in_tensorflow(ids, chosen, sampled, real):
    corrupted = tf.where(chosen, sampled, ids)
    labels = tf.where(real, tf.where(tf.equal(corrupted, ids), 0, 1), -100)
    return corrupted, labels


@exercise.alternative
def from_the_choice(ids, chosen, sampled, real):
    corrupted = ops.where(chosen, sampled, ids)
    replaced = ops.logical_and(chosen, ops.not_equal(sampled, ids))
    return corrupted, ops.where(real, ops.cast(replaced, "int32"), -100)


@exercise.alternative
def by_arithmetic(ids, chosen, sampled, real):
    take = tf.cast(chosen, ids.dtype)
    corrupted = ids + take * (sampled - ids)
    there = tf.cast(real, ids.dtype)
    same = tf.cast(corrupted == ids, ids.dtype)
    return corrupted, there * (1 - same) - 100 * (1 - there)


@exercise.alternative
def in_numpy(ids, chosen, sampled, real):
    ids, chosen, sampled, real = map(np.asarray, (ids, chosen, sampled, real))
    corrupted = ids.copy()
    corrupted[chosen] = sampled[chosen]
    labels = np.full(ids.shape, -100)
    labels[real] = (corrupted != ids)[real]
    return corrupted, labels


@exercise.alternative
def by_the_sign(ids, chosen, sampled, real):
    corrupted = ops.where(chosen, sampled, ids)
    labels = ops.sign(ops.abs(corrupted - ids))
    return corrupted, ops.where(ops.logical_not(real), -100, labels)


@exercise.alternative
def text_by_text(ids, chosen, sampled, real):
    corrupted, labels = [], []
    for n in range(ids.shape[0]):
        row = tf.where(chosen[n], sampled[n], ids[n])
        corrupted.append(row)
        labels.append(tf.where(real[n], tf.cast(row != ids[n], tf.int32), -100))
    return tf.stack(corrupted), tf.stack(labels)


@exercise.alternative
def with_select(ids, chosen, sampled, real):
    corrupted = ops.select([chosen], [sampled], ids)
    options = [ops.full_like(ids, -100), ops.ones_like(ids)]
    conditions = [ops.logical_not(real), corrupted != ids]
    return corrupted, ops.select(conditions, options, ops.zeros_like(ids))
