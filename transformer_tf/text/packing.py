"""Packing: many texts in rows of one length, for language modelling without padding."""

from array import array
from operator import index
from typing import Any, NamedTuple

import numpy as np


class Packed(NamedTuple):
    """Rows that texts fill one after the other.

    Args:
        ids: [rows, length] int32.
        segments: [rows, length] int32: 1 for the first text of a row, 2 for the next;
            0 for padding. A model that is given them keeps the texts apart.
        positions: [rows, length] int32: places counted from each segment's start.

    Example:
        >>> packed = pack([[5, 6, 7], [8, 9]], length=6)
        >>> print(packed.ids, packed.segments, packed.positions)
        [[5 6 7 8 9 0]] [[1 1 1 2 2 0]] [[0 1 2 0 1 0]]
    """

    ids: np.ndarray
    segments: np.ndarray
    positions: np.ndarray


def pack(
    sequences: Any,
    length: int,
    separator: Any = None,
    drop_last: bool = False,
    padding_id: int = 0,
):
    """Writes texts in one row after the other, cut into rows of `length`.

    Args:
        sequences: Iterable of lists of ids, one a text.
        length: How long each row is.
        separator: An id put after every text (the end of text), or None.
        drop_last: Whether a last row that is not full is dropped, or padded.
        padding_id: The id that fills up the last row.

    Returns:
        packed: A `Packed`.

    Example:
        >>> packed = pack([[5, 6, 7], [8, 9], [3, 4]], length=4, separator=2)
        >>> print(packed.ids)
        [[5 6 7 2]
         [8 9 2 3]
         [4 2 0 0]]
        >>> print(packed.segments)
        [[1 1 1 1]
         [1 1 1 2]
         [1 1 0 0]]
    """
    if length < 1:
        raise ValueError(f"length must be at least 1; got {length}")
    ends = [] if separator is None else [index(separator)]
    # Arrays of int32: a list takes ten times the memory for the same tokens.
    ids, texts = array("i"), array("i")
    for number, sequence in enumerate(sequences):
        sequence = _ints(sequence, number) + ends
        ids.extend(sequence)
        texts.extend([number] * len(sequence))
    rows = len(ids) // length if drop_last else -(-len(ids) // length)
    missing = max(0, rows * length - len(ids))
    ids = ids[: rows * length] + array("i", [padding_id]) * missing
    texts = texts[: rows * length] + array("i", [-1]) * missing
    ids_array = np.array(ids, np.int32).reshape(rows, length)
    texts_array = np.array(texts, np.int32).reshape(rows, length)
    begins = np.ones((rows, length), bool)
    begins[:, 1:] = texts_array[:, 1:] != texts_array[:, :-1]
    columns = np.broadcast_to(np.arange(length), (rows, length))
    first = np.maximum.accumulate(np.where(begins, columns, 0), axis=1)
    filled = texts_array >= 0
    segments = np.where(filled, np.cumsum(begins, axis=1), 0)
    positions = np.where(filled, columns - first, 0)
    return Packed(ids_array, segments.astype(np.int32), positions.astype(np.int32))


def _ints(sequence, number):
    """The ids of one text, once they are known to be whole numbers."""
    if isinstance(sequence, str):
        raise TypeError(f"text {number} is a string; pack takes lists of ids")
    try:
        return [index(value) for value in sequence]
    except TypeError:
        raise TypeError(
            f"text {number} must be a list of ints; got {sequence!r:.60}"
        ) from None
