"""decoders.repetition: a penalty on what was said already, that knows signs."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.decoders.samples import UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes


def penalise(logits, seen, penalty):
    """Makes the tokens that a text already holds less likely to come again.

    Args:
        logits: [batch, vocabulary] floats: each text's guess at its next token.
        seen: [batch, length] integers: the ids of each text so far; -1 is padding, and
            no token.
        penalty: A number, at least 1: how strong the penalty is; 1 changes nothing.

    Returns:
        [batch, vocabulary] floats. The logits of ids seen in the same text are divided
        by the penalty where they are positive and multiplied by it where they are
        negative, once each, however often they were seen.
    """
    vocabulary = logits.shape[-1]
    places = ops.one_hot(ops.maximum(seen, 0), vocabulary, dtype="bool")
    there = ops.any(ops.logical_and(places, seen[..., None] >= 0), axis=1)
    lowered = ops.where(logits > 0, logits / penalty, logits * penalty)
    return ops.where(there, lowered, logits)


exercise = Exercise(
    "decoders.repetition",
    unit=UNIT,
    answer="penalise",
    reference=penalise,
    parts={"signs": 2, "texts": 2, "padding": 1},
    returns={"logits": ("batch", "vocabulary")},
    forbidden=(f"{__name__}.penalise", "transformer_tf.RepetitionPenalty"),
    hints=3,
    difficulty=2,
    importance=3,
    minutes=15,
    paper="https://arxiv.org/abs/1909.05858",
)


def _call(rng, batch, length, vocabulary, penalty, padding=0):
    """Both signs among the seen and the unseen, whatever is drawn."""
    signs = np.tile(np.where(np.arange(vocabulary) % 2, 1, -1), (batch, 1))
    signs = rng.permuted(signs, axis=1)
    logits = signs * rng.uniform(0.5, 3.0, size=signs.shape)
    pasts = [_past(rng, signs[row], length) for row in range(batch)]
    seen = np.pad(pasts, ((0, 0), (padding, 0)), constant_values=-1)
    return Call(logits.astype("float32"), seen.astype("int32"), penalty)


def _past(rng, signs, length):
    """Ids of both signs, one of each up to three times; never the last id."""
    plus, minus = (
        rng.permutation(np.flatnonzero(signs[:-1] * sign > 0)) for sign in (1, -1)
    )
    return np.resize(
        [plus[0], minus[0], plus[1], minus[1], *[plus[0], minus[0]] * 2], length
    )


WRONG = (
    "always_divided",
    "always_multiplied",
    "signs_exchanged",
    "subtracted",
    "logarithm_subtracted",
    "once_per_occurrence",
    "last_token_alone",
    "forbidden_altogether",
    "the_unseen_instead",
    "everything_penalised",
)


@exercise.probe(part="signs", shows=WRONG)
def one_text(rng):
    return _call(rng, 1, 8, 9, 1.5)


@exercise.probe(part="texts", shows=(*WRONG, "shared_by_the_batch"))
def texts_with_other_pasts(rng):
    return _call(rng, 3, 8, 11, 2.0)


@exercise.probe(part="padding", shows=(*WRONG, "shared_by_the_batch", "padding_counts"))
def padding_in_front(rng):
    return _call(rng, 2, 8, 9, 1.3, padding=2)


@exercise.promise(
    part="texts",
    batch=Sizes(1, 3),
    length=OneOf(1, 4, 8),
    vocabulary=OneOf(8, 10, 300),
    penalty=OneOf(1, 1.2, 4.0),
    padding=OneOf(0, 1, 3),
)
def any_texts(rng, batch, length, vocabulary, penalty, padding):
    return _call(rng, batch, length, vocabulary, penalty, padding)


@exercise.promise(part="padding", batch=Sizes(1, 3), vocabulary=Sizes(1, 4))
def nothing_seen_yet(rng, batch, vocabulary):
    seen = np.full((batch, 2), -1, "int32")
    return Call(floats(rng, batch, vocabulary), seen, 3.0)


def _there(logits, seen):
    vocabulary = logits.shape[-1]
    places = ops.one_hot(ops.maximum(seen, 0), vocabulary, dtype="bool")
    return ops.logical_and(places, seen[..., None] >= 0)


def _lower(logits, seen, penalty):
    def change(x):
        return ops.where(x > 0, x / penalty, x * penalty)

    return _with(logits, seen, change)


def _with(logits, seen, change):
    return ops.where(ops.any(_there(logits, seen), axis=1), change(logits), logits)


@exercise.misconception
def always_divided(logits, seen, penalty):
    """A negative logit divided comes nearer to 0: the token gets likelier."""
    return _with(logits, seen, lambda x: x / penalty)


@exercise.misconception
def always_multiplied(logits, seen, penalty):
    return _with(logits, seen, lambda x: x * penalty)


@exercise.misconception
def signs_exchanged(logits, seen, penalty):
    return _with(logits, seen, lambda x: ops.where(x > 0, x * penalty, x / penalty))


@exercise.misconception
def subtracted(logits, seen, penalty):
    return _with(logits, seen, lambda x: x - penalty)


@exercise.misconception
def logarithm_subtracted(logits, seen, penalty):
    """What dividing the probability by the penalty would be."""
    return _with(logits, seen, lambda x: x - np.log(penalty))


@exercise.misconception
def once_per_occurrence(logits, seen, penalty):
    counts = ops.sum(ops.cast(_there(logits, seen), logits.dtype), axis=1)
    factor = ops.power(ops.cast(penalty, logits.dtype), counts)
    return ops.where(logits > 0, logits / factor, logits * factor)


@exercise.misconception
def last_token_alone(logits, seen, penalty):
    return _lower(logits, seen[:, -1:], penalty)


@exercise.misconception
def forbidden_altogether(logits, seen, penalty):
    return _with(logits, seen, lambda x: ops.full_like(x, -np.inf))


@exercise.misconception
def shared_by_the_batch(logits, seen, penalty):
    everything = ops.broadcast_to(
        ops.reshape(seen, (1, -1)), (seen.shape[0], seen.shape[0] * seen.shape[1])
    )
    return _lower(logits, everything, penalty)


@exercise.misconception
def the_unseen_instead(logits, seen, penalty):
    lowered = ops.where(logits > 0, logits / penalty, logits * penalty)
    return ops.where(ops.any(_there(logits, seen), axis=1), logits, lowered)


@exercise.misconception
def everything_penalised(logits, seen, penalty):
    return ops.where(logits > 0, logits / penalty, logits * penalty)


@exercise.misconception
def padding_counts(logits, seen, penalty):
    """-1 read as an index: the last token of the vocabulary, or the first."""
    return _lower(logits, ops.where(seen < 0, logits.shape[-1] - 1, seen), penalty)


@exercise.alternative
def smaller_of_the_two(logits, seen, penalty):
    """Of x p and x / p the smaller one is right, whatever the sign."""
    return _with(logits, seen, lambda x: ops.minimum(x * penalty, x / penalty))


@exercise.alternative
def with_a_factor(logits, seen, penalty):
    there = ops.any(_there(logits, seen), axis=1)
    factor = tf.where(logits > 0, 1 / penalty, penalty)
    return logits * tf.where(there, tf.cast(factor, logits.dtype), 1)


@exercise.alternative
def text_by_text(logits, seen, penalty):
    found = np.array(logits)
    for row, ids in zip(found, np.array(seen)):
        for number in {int(n) for n in ids if n >= 0}:
            row[number] = (
                row[number] / penalty if row[number] > 0 else row[number] * penalty
            )
    return found


@exercise.alternative
def by_comparing(logits, seen, penalty):
    ids = tf.range(logits.shape[-1])
    there = tf.reduce_any(seen[:, :, None] == ids, axis=1)
    lowered = tf.where(logits < 0, logits * penalty, logits / penalty)
    return tf.where(there, lowered, logits)


@exercise.alternative
def by_halves(logits, seen, penalty):
    """The positive and the negative part by themselves."""
    there = ops.any(_there(logits, seen), axis=1)
    lowered = ops.relu(logits) / penalty - ops.relu(-logits) * penalty
    return ops.where(there, lowered, logits)


@exercise.alternative
def scattered(logits, seen, penalty):
    batch, vocabulary = logits.shape
    marks = np.zeros((batch, vocabulary + 1), bool)
    ids = np.array(seen)
    np.put_along_axis(marks, np.where(ids < 0, vocabulary, ids), True, axis=1)
    lowered = tf.where(logits > 0, logits / penalty, logits * penalty)
    return tf.where(marks[:, :-1], lowered, logits)
