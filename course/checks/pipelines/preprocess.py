"""pipelines.preprocess: texts of different lengths as one rectangle with a mask."""

import itertools

import keras
import numpy as np
import tensorflow as tf

from course.checks.pipelines.samples import TRANSFORMERS, UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of
from course.pieces import batch_rows

exercise = Exercise(
    "pipelines.preprocess",
    unit=UNIT,
    answer="batch_rows",
    reference=batch_rows,
    parts={"padding": 2, "mask": 2, "limit": 2},
    returns={"ids": ("text", "length"), "real": ("text", "length")},
    forbidden=("course.pieces.batch_rows",),
    hints=4,
    difficulty=2,
    importance=5,
    minutes=12,
    paper=TRANSFORMERS,
)


def _rows(rng, lengths):
    """Ids that differ within a row; 2 at the beginning and 3 at the end."""
    return [
        [2, *(int(n) for n in rng.choice(range(10, 999), length - 2, False)), 3]
        for length in lengths
    ]


@exercise.probe(part="padding")
def four_lengths(rng):
    return Call(_rows(rng, (5, 3, 8, 2)), 0, 50)


@exercise.probe(part="padding")
def another_id_for_padding(rng):
    return Call(_rows(rng, (3, 7, 4)), int(rng.integers(4, 9)), 9)


@exercise.probe(part="mask")
def a_token_like_padding(rng):
    """The padding's id stands in a text too, also at its end."""
    rows = _rows(rng, (6, 4, 7, 3))
    rows[0][2] = rows[1][2] = rows[2][6] = rows[3][2] = 1
    return Call(rows, 1, 20)


@exercise.probe(part="limit")
def some_are_too_long(rng):
    return Call(_rows(rng, (9, 4, 12, 6)), 0, 6)


@exercise.probe(part="limit")
def one_token_too_long(rng):
    return Call(_rows(rng, (5, 8)), 7, 7)


@exercise.probe(part="limit")
def ends_that_differ(rng):
    """The last token is not everywhere the same one."""
    rows = _rows(rng, (8, 7, 3))
    for number, row in enumerate(rows):
        row[-1] = 400 + number
    return Call(rows, 0, 4)


@exercise.promise(
    part="padding",
    texts=Sizes(1, 6),
    longest=Sizes(2, 14),
    limit=OneOf(3, 8, 512),
    pad_id=OneOf(0, 1, 300),
)
def any_rows(rng, texts, longest, limit, pad_id):
    lengths = rng.integers(2, longest + 1, size=texts)
    return Call(_rows(rng, lengths), pad_id, limit)


_right = copy_of(batch_rows)


def _cut(rows, limit):
    return [row if len(row) <= limit else row[: limit - 1] + row[-1:] for row in rows]


def _rectangle(rows, pad_id, width=None, shift=0):
    """Rows in a table that is `width` wide, and which places they fill."""
    width = width or max(map(len, rows))
    ids = np.full((len(rows), width), pad_id)
    real = np.full(ids.shape, False)
    for number, row in enumerate(rows):
        first = shift * (width - len(row))
        ids[number, first : first + len(row)] = row
        real[number, first : first + len(row)] = True
    return ids, real


@exercise.misconception
def end_lost(rows, pad_id, limit):
    """Simply the first tokens: [SEP] is gone."""
    return _rectangle([row[:limit] for row in rows], pad_id)


@exercise.misconception
def beginning_lost(rows, pad_id, limit):
    kept = [r if len(r) <= limit else r[:1] + r[-limit + 1 :] for r in rows]
    return _rectangle(kept, pad_id)


@exercise.misconception
def one_token_too_few(rows, pad_id, limit):
    kept = [r if len(r) <= limit else r[: limit - 2] + r[-1:] for r in rows]
    return _rectangle(kept, pad_id)


@exercise.misconception
def one_token_too_many(rows, pad_id, limit):
    """The end is put behind a row that is full already."""
    kept = [r if len(r) <= limit else r[:limit] + r[-1:] for r in rows]
    return _rectangle(kept, pad_id)


@exercise.misconception
def never_cut(rows, pad_id, limit):
    return _rectangle(rows, pad_id)


@exercise.misconception
def padded_to_the_limit(rows, pad_id, limit):
    return _rectangle(_cut(rows, limit), pad_id, limit)


@exercise.misconception
def as_wide_as_before_the_cut(rows, pad_id, limit):
    return _rectangle(_cut(rows, limit), pad_id, max(map(len, rows)))


@exercise.misconception
def padding_in_front(rows, pad_id, limit):
    return _rectangle(_cut(rows, limit), pad_id, shift=1)


@exercise.misconception
def cut_to_the_shortest(rows, pad_id, limit):
    shortest = min(map(len, rows))
    return _rectangle(_cut(rows, min(limit, shortest)), pad_id)


@exercise.misconception
def zeros_for_padding(rows, pad_id, limit):
    return _right(rows, 0, limit)


@exercise.misconception
def mask_from_the_ids(rows, pad_id, limit):
    ids, _ = _right(rows, pad_id, limit)
    return ids, ids != pad_id


@exercise.misconception
def everything_real(rows, pad_id, limit):
    ids, real = _right(rows, pad_id, limit)
    return ids, np.full(real.shape, True)


@exercise.misconception
def mask_upside_down(rows, pad_id, limit):
    ids, real = _right(rows, pad_id, limit)
    return ids, ~real


@exercise.misconception
def special_tokens_not_real(rows, pad_id, limit):
    ids, real = _right(rows, pad_id, limit)
    real[:, 0] = False
    for row, length in zip(real, real.sum(axis=1)):
        row[length] = False
    return ids, real


@exercise.alternative
def with_loops(rows, pad_id, limit):
    return _rectangle(_cut(rows, limit), pad_id)


@exercise.alternative
def with_lists(rows, pad_id, limit):
    kept = [r[: min(len(r), limit) - 1] + [r[-1]] for r in rows]
    width = max(len(r) for r in kept)
    ids = [r + [pad_id] * (width - len(r)) for r in kept]
    return ids, [[n < len(r) for n in range(width)] for r in kept]


@exercise.alternative
def with_zip_longest(rows, pad_id, limit):
    kept = _cut(rows, limit)
    marked = [[(number, True) for number in row] for row in kept]
    columns = itertools.zip_longest(*marked, fillvalue=(pad_id, False))
    table = np.array(list(columns), int).transpose(2, 1, 0)
    return table[0], table[1].astype(bool)


@exercise.alternative
def with_pad_sequences(rows, pad_id, limit):
    kept = _cut(rows, limit)
    pad = keras.utils.pad_sequences
    ids = pad(kept, padding="post", value=pad_id)
    return ids, pad([[1] * len(row) for row in kept], padding="post") == 1


@exercise.alternative
def with_ragged_tensors(rows, pad_id, limit):
    ragged = tf.ragged.constant(_cut(rows, limit), dtype="int32")
    real = tf.sequence_mask(ragged.row_lengths())
    return ragged.to_tensor(default_value=pad_id), real


@exercise.alternative
def with_np_pad(rows, pad_id, limit):
    kept = _cut(rows, limit)
    width = max(map(len, kept))
    ids, real = [], []
    for row in kept:
        behind = (0, width - len(row))
        ids.append(np.pad(row, behind, constant_values=pad_id))
        real.append(np.pad(np.ones(len(row), bool), behind))
    return np.stack(ids), np.stack(real)


@exercise.alternative
def column_by_column(rows, pad_id, limit):
    lengths = [min(len(row), limit) for row in rows]
    ids, real = [], []
    for place in range(max(lengths)):
        real.append([place < length for length in lengths])
        ids.append(
            [
                pad_id if place >= n else row[-1] if place == n - 1 else row[place]
                for row, n in zip(rows, lengths)
            ]
        )
    return np.array(ids).T, np.array(real).T
