"""decoders.stop: texts of a batch that end at different steps."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.decoders.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes


def stop(proposed, end, padding):
    """Ends each text of a batch where it says that it ends.

    Args:
        proposed: [batch, step] integers: what the loop wrote, also after an end.
        end: The id that ends a text.
        padding: The id that fills what comes after; it may be the same as `end`.

    Returns:
        [batch, step] integers: every text up to its first end, which stays; padding
        behind it. A text without an end stays as it is.
    """
    ends = ops.cast(proposed == end, "int32")
    before = ops.cumsum(ends, axis=1) - ends
    return ops.where(before > 0, padding, proposed)


exercise = Exercise(
    "decoders.stop",
    unit=UNIT,
    answer="stop",
    reference=stop,
    parts={"one_text": 1, "texts": 3, "same_id": 1},
    returns={"ids": ("batch", "step")},
    forbidden=(f"{__name__}.stop",),
    hints=3,
    difficulty=2,
    importance=4,
    minutes=10,
    paper="https://arxiv.org/abs/1409.3215",
)


def _call(rng, batch, steps, end, padding, first=0):
    """Each text ends at another step and goes on with ends in it; one has no end.

    Where padding has an id of its own, it also occurs before the end: as a token.
    """
    ids = rng.integers(10, 900, size=(batch, steps))
    ids = np.where(ids == end, end + 1, ids)
    for row in range(batch):
        place = (first + 2 * row) % (steps + 1)
        if place < steps:
            ids[row, place] = end
            ids[row, place + 2 :: 2] = end
        if padding != end and place > 1:
            ids[row, place - 2] = padding
    return Call(ids.astype("int32"), end, padding)


@exercise.probe(part="one_text")
def ends_in_the_middle(rng):
    return _call(rng, 1, 7, 5, 0, first=2)


@exercise.probe(part="texts")
def ends_at_other_steps(rng):
    return _call(rng, 4, 7, 3, 0, first=1)


@exercise.probe(part="same_id")
def padding_is_the_end(rng):
    return _call(rng, 4, 8, 2, 2, first=1)


@exercise.promise(
    part="texts",
    batch=Sizes(1, 5),
    steps=Sizes(1, 9),
    end=OneOf(0, 1, 7, 950),
    padding=OneOf(0, 3, 1),
    first=OneOf(0, 1, 3),
)
def any_texts(rng, batch, steps, end, padding, first):
    return _call(rng, batch, steps, end, padding, first)


def _ends(proposed, end):
    return ops.cast(proposed == end, "int32")


def _stopped(proposed, end, padding):
    ends = _ends(proposed, end)
    return ops.where(ops.cumsum(ends, axis=1) - ends > 0, padding, proposed)


@exercise.misconception
def one_ends_all_end(proposed, end, padding):
    """A step at which any text ends is the end of all."""
    some = ops.cast(ops.any(proposed == end, axis=0), "int32")
    before = ops.cumsum(some) - some
    return ops.where(before[None] > 0, padding, proposed)


@exercise.misconception
def the_end_itself_lost(proposed, end, padding):
    return ops.where(ops.cumsum(_ends(proposed, end), axis=1) > 0, padding, proposed)


@exercise.misconception
def comes_back_to_life(proposed, end, padding):
    """`done = token == end`, where `done = done or token == end` is meant."""
    ends = _ends(proposed, end)
    before = ops.concatenate([ops.zeros_like(ends[:, :1]), ends[:, :-1]], axis=1)
    return ops.where(before > 0, padding, proposed)


@exercise.misconception
def never_stops(proposed, end, padding):
    return ops.copy(proposed)


@exercise.misconception
def last_end_counts(proposed, end, padding):
    ends = _ends(proposed, end)
    later = ops.flip(ops.cumsum(ops.flip(ends, axis=1), axis=1), axis=1)
    ended = ops.sum(ends, axis=1, keepdims=True) > 0
    return ops.where(ops.logical_and(later == 0, ended), padding, proposed)


@exercise.misconception
def filled_with_the_end(proposed, end, padding):
    return _stopped(proposed, end, end)


@exercise.misconception
def cut_at_the_last_end(proposed, end, padding):
    """The columns behind the longest text are taken away."""
    kept = _stopped(proposed, end, padding)
    ends = np.array(proposed) == end
    lengths = np.where(ends.any(axis=1), ends.argmax(axis=1) + 1, ends.shape[1])
    return kept[:, : lengths.max()] if (lengths < ends.shape[1]).all() else kept[:, :-1]


@exercise.misconception
def padding_ends_too(proposed, end, padding):
    """Everything that is written as padding is taken for an end."""
    both = _ends(proposed, end) + _ends(proposed, padding)
    return ops.where(ops.cumsum(both, axis=1) - both > 0, padding, proposed)


@exercise.misconception
def only_the_ends_replaced(proposed, end, padding):
    return ops.where(proposed == end, padding, proposed)


@exercise.alternative
def by_the_first_end(proposed, end, padding):
    ends = ops.cast(proposed == end, "int32")
    steps = proposed.shape[1]
    first = ops.where(ops.any(ends > 0, axis=1), ops.argmax(ends, axis=1), steps)
    after = ops.arange(steps)[None] > ops.cast(first, "int32")[:, None]
    return ops.where(after, padding, proposed)


@exercise.alternative
def exclusive_sum(proposed, end, padding):
    ends = tf.cast(proposed == end, "int32")
    before = tf.cumsum(ends, axis=1, exclusive=True)
    return tf.where(before > 0, padding, proposed)


@exercise.alternative
def text_by_text(proposed, end, padding):
    rows = []
    for row in proposed.numpy().tolist():
        kept = row[: row.index(end) + 1] if end in row else row
        rows.append(kept + [padding] * (len(row) - len(kept)))
    return tf.constant(rows, "int32")


@exercise.alternative
def step_by_step(proposed, end, padding):
    """As the loop does it: who has ended stays ended."""
    ended = tf.zeros(proposed.shape[0], tf.bool)
    steps = []
    for token in tf.unstack(proposed, axis=1):
        steps.append(tf.where(ended, padding, token))
        ended = ended | (token == end)
    return tf.stack(steps, axis=1)


@exercise.alternative
def in_numpy(proposed, end, padding):
    found = np.array(proposed)
    ended = np.logical_or.accumulate(found == end, axis=1)
    found[:, 1:][ended[:, :-1]] = padding
    return found


@exercise.alternative
def none_before(proposed, end, padding):
    """A token stays if every one before it is no end."""
    steps = ops.arange(proposed.shape[1])
    earlier = steps[None, :] < steps[:, None]
    found = ops.logical_and((proposed == end)[:, None, :], earlier[None])
    return ops.where(ops.any(found, axis=-1), padding, proposed)
