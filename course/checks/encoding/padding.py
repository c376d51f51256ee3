"""Rows of different lengths become one rectangle, and a mask that says what is real."""

import numpy as np
import tensorflow as tf

from course.checks.encoding.samples import UNIT, ids
from course.examination import Call, Exercise, OneOf, Sizes


def padded(rows, pad_id, side="right", multiple_of=1):
    """Ragged rows of ids as one rectangle.

    Args:
        rows: List of lists of ids, of different lengths. A token of a text may happen
            to have the id `pad_id`.
        pad_id: What the free places hold.
        side: "right" puts padding after the text, "left" before it.
        multiple_of: The width is the length of the longest row, rounded up to a
            multiple of this number.

    Returns:
        ids: [row, width] integers, an array or a list of lists.
        mask: [row, width] integers: 1 for tokens of the text, 0 for padding.
    """
    longest = max(len(row) for row in rows)
    width = -(-longest // multiple_of) * multiple_of
    ids, mask = [], []
    for row in rows:
        free = width - len(row)
        padding, real, empty = [pad_id] * free, [1] * len(row), [0] * free
        ids.append(padding + row if side == "left" else row + padding)
        mask.append(empty + real if side == "left" else real + empty)
    return np.array(ids), np.array(mask)


padding = Exercise(
    "encoding.padded",
    unit=UNIT,
    answer="padded",
    reference=padded,
    parts={"right": 2, "left": 1, "multiple": 1, "text_like_padding": 1},
    returns={"ids": ("row", "token"), "mask": ("row", "token")},
    forbidden=(
        f"{__name__}.padded",
        "transformer_tf.text.Padding",
        "keras.utils.pad_sequences",
    ),
    hints=4,
    difficulty=2,
    importance=5,
    minutes=12,
    paper="https://www.tensorflow.org/guide/keras/understanding_masking_and_padding",
)


def _rows(rng, *lengths):
    return [ids(rng, length) for length in lengths]


@padding.probe(part="right")
def three_rows(rng):
    return Call(_rows(rng, 4, 7, 2), 0)


@padding.probe(part="right")
def another_padding_id(rng):
    return Call(_rows(rng, 3, 1, 5, 4), 9)


@padding.probe(part="left")
def padding_before(rng):
    return Call(_rows(rng, 2, 6, 3), 0, side="left")


@padding.probe(part="multiple")
def a_multiple_of_eight(rng):
    return Call(_rows(rng, 5, 11, 3), 0, multiple_of=8)


@padding.probe(part="multiple")
def already_a_multiple(rng):
    return Call(_rows(rng, 2, 8), 0, multiple_of=4)


@padding.probe(part="text_like_padding")
def a_text_with_the_padding_s_id(rng):
    one, other = _rows(rng, 5, 3)
    one[2], other[2] = 7, 7
    return Call([one, other], 7)


@padding.promise(
    part="multiple",
    rows=Sizes(1, 5),
    longest=Sizes(1, 20),
    multiple_of=OneOf(1, 3, 16),
    side=OneOf("right", "left"),
    pad_id=OneOf(0, 300, 70_000, -100),
)
def any_rows(rng, rows, longest, multiple_of, side, pad_id):
    lengths = rng.integers(0, longest + 1, size=rows)
    lengths[rng.integers(rows)] = longest
    drawn = _rows(rng, *lengths)
    drawn[0][:1] = [70_000 + 1] * bool(drawn[0])
    return Call(drawn, pad_id, side=side, multiple_of=multiple_of)


def _filled(rows, pad_id, side, width):
    """As asked, but of another width."""
    found, mask = [], []
    for row in rows:
        row = row[:width]
        free = width - len(row)
        before = free if side == "left" else 0
        found.append([pad_id] * before + row + [pad_id] * (free - before))
        mask.append([0] * before + [1] * len(row) + [0] * (free - before))
    return np.array(found), np.array(mask)


def _width(rows, multiple_of):
    return -(-max(map(len, rows)) // multiple_of) * multiple_of


def _right(rows, pad_id, side, multiple_of):
    """As asked; the mistakes begin here."""
    return _filled(rows, pad_id, side, _width(rows, multiple_of))


@padding.misconception
def mask_turned(rows, pad_id, side="right", multiple_of=1):
    found, mask = _right(rows, pad_id, side, multiple_of)
    return found, 1 - mask


@padding.misconception
def mask_read_off_the_ids(rows, pad_id, side="right", multiple_of=1):
    found, _ = _right(rows, pad_id, side, multiple_of)
    return found, (found != pad_id).astype(int)


@padding.misconception
def mask_of_ones(rows, pad_id, side="right", multiple_of=1):
    found, mask = _right(rows, pad_id, side, multiple_of)
    return found, np.ones_like(mask)


@padding.misconception
def mask_on_the_other_side(rows, pad_id, side="right", multiple_of=1):
    found, _ = _right(rows, pad_id, side, multiple_of)
    return found, _right(rows, pad_id, "right", multiple_of)[1]


@padding.misconception
def always_on_the_right(rows, pad_id, side="right", multiple_of=1):
    return _right(rows, pad_id, "right", multiple_of)


@padding.misconception
def filled_with_zeros(rows, pad_id, side="right", multiple_of=1):
    return _right(rows, 0, side, multiple_of)


@padding.misconception
def cut_to_the_shortest(rows, pad_id, side="right", multiple_of=1):
    return _filled(rows, pad_id, side, min(map(len, rows)))


@padding.misconception
def multiple_ignored(rows, pad_id, side="right", multiple_of=1):
    return _filled(rows, pad_id, side, max(map(len, rows)))


@padding.misconception
def rounded_down(rows, pad_id, side="right", multiple_of=1):
    width = max(map(len, rows)) // multiple_of * multiple_of
    return _filled(rows, pad_id, side, width)


@padding.misconception
def always_one_multiple_more(rows, pad_id, side="right", multiple_of=1):
    width = (max(map(len, rows)) // multiple_of + 1) * multiple_of
    return _filled(rows, pad_id, side, width)


@padding.misconception
def rows_lengthened_in_place(rows, pad_id, side="right", multiple_of=1):
    width = _width(rows, multiple_of)
    mask = _filled(rows, pad_id, side, width)[1]
    for row in rows:
        free = [pad_id] * (width - len(row))
        row[:] = free + row if side == "left" else row + free
    return rows, mask.tolist()


@padding.alternative
def into_a_full_array(rows, pad_id, side="right", multiple_of=1):
    width = int(np.ceil(max(map(len, rows)) / multiple_of)) * multiple_of
    found = np.full((len(rows), width), pad_id)
    mask = np.zeros((len(rows), width), dtype=int)
    for number, row in enumerate(rows):
        place = slice(width - len(row), None) if side == "left" else slice(len(row))
        found[number, place] = row
        mask[number, place] = 1
    return found, mask


@padding.alternative
def lists_of_lists(rows, pad_id, side="right", multiple_of=1):
    width = _width(rows, multiple_of)
    found, mask = [], []
    for row in rows:
        row, real = list(row), [1] * len(row)
        while len(row) < width:
            place = 0 if side == "left" else len(row)
            row.insert(place, pad_id)
            real.insert(place, 0)
        found.append(row)
        mask.append(real)
    return found, mask


@padding.alternative
def with_tensorflow(rows, pad_id, side="right", multiple_of=1):
    width = _width(rows, multiple_of)
    if side == "left":
        rows = [row[::-1] for row in rows]
    found = tf.ragged.constant(rows).to_tensor(pad_id, shape=(None, width))
    lengths = tf.constant([len(row) for row in rows])
    mask = tf.sequence_mask(lengths, width, dtype=tf.int32)
    if side == "left":
        return tf.reverse(found, [1]), tf.reverse(mask, [1])
    return found, mask
