"""Rows of ids from texts, each with the place that the next one starts from.

The place is two numbers: how many texts were read, and how many tokens of the next one.
A training that was killed goes on from the place of its checkpoint, with the very rows
that would have come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from transformer_tf.training.command.keys import ConfigError
from transformer_tf.training.command.order import Order
from transformer_tf.training.command.texts import Texts

Place = tuple[int, int]
START: Place = (0, 0)
Encode = Callable[[Iterator[str]], Iterator[list[int]]]


class Row(NamedTuple):
    """What one row of a batch is made of.

    Args:
        ids: One list of ids, or two for a pair.
        place: Where the next row starts: texts read, tokens read of the next one.
    """

    ids: tuple[list[int], ...]
    place: Place


Rows = Callable[[Place], Iterator[Row]]


def packed_rows(texts: Texts, order: Order, encode: Encode, length: int) -> Rows:
    """Texts one after the other, cut into full rows.

    Args:
        texts: Where they come from.
        order: Their order.
        encode: From texts to ids, its special tokens included.
        length: Tokens in a row.
    """

    def rows(place: Place) -> Iterator[Row]:
        left: list[int] = []
        skip = place[1]
        for counter, ids in _read(texts, order, encode, place[0]):
            left += ids[skip:]
            skip = 0
            while len(left) >= length:
                row, left = left[:length], left[length:]
                # What is left is of this text: older ones were used up before it.
                after = (counter, len(ids) - len(left)) if left else (counter + 1, 0)
                yield Row((row,), after)

    return rows


def single_rows(texts: Texts, order: Order, encode: Encode, length: int) -> Rows:
    """A text a row; arguments as of `packed_rows`."""

    def rows(place: Place) -> Iterator[Row]:
        for counter, ids in _read(texts, order, encode, place[0]):
            yield Row((cut(ids, length),), (counter + 1, 0))

    return rows


def paired_rows(
    texts: Texts, order: Order, encode: Encode, length: int, target_length: int
) -> Rows:
    """Two texts a row, as they stand in a line with a tab between.

    Raises:
        ConfigError: A line is no such pair; when it is read.
    """

    def rows(place: Place) -> Iterator[Row]:
        lines = (texts.text(number) for number in order.from_place(place[0]))
        parts = encode(part for line in lines for part in _pair(line))
        for counter, (source, target) in enumerate(zip(parts, parts), place[0] + 1):
            yield Row((cut(source, length), cut(target, target_length)), (counter, 0))

    return rows


def tokenized_rows(ids: np.ndarray, order: Order, length: int, padding: int) -> Rows:
    """Rows of ids that were computed before.

    Args:
        ids: [tokens], which is cut into rows; or [rows, columns], padded at the end.
        order: Of the rows.
        length: Tokens in a row.
        padding: The id at the end of shorter rows.
    """

    def row(number: int) -> list[int]:
        if ids.ndim == 1:
            return ids[number * length : (number + 1) * length].tolist()
        real = np.flatnonzero(ids[number] != padding)
        return cut(ids[number, : real[-1] + 1 if len(real) else 0].tolist(), length)

    def rows(place: Place) -> Iterator[Row]:
        for counter, number in enumerate(order.from_place(place[0]), place[0] + 1):
            yield Row((row(number),), (counter, 0))

    return rows


def open_tokens(path: Path, length: int) -> tuple[np.ndarray, int]:
    """The ids of a .npy file, left on the disk, and how many rows they make.

    Raises:
        ConfigError: The file is none of what `tokenized_rows` takes; says what it is.
    """
    try:
        ids = np.load(path, mmap_mode="r")
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} is no .npy file that can be read: {error}") from None
    if ids.ndim not in (1, 2) or ids.dtype.kind not in "iu":
        raise ConfigError(
            f"{path} must hold integers, [tokens] or [rows, length]; got {ids.dtype} "
            f"of shape {ids.shape}"
        )
    count = len(ids) // length if ids.ndim == 1 else len(ids)
    if not count:
        raise ConfigError(f"{path} has {ids.size} tokens, which is no row of {length}")
    return ids, count


def batches(
    rows: Rows, size: int, lengths: tuple[int, ...], place: Place, padding: int
) -> Iterator[tuple[np.ndarray, ...]]:
    """Arrays of some rows each, with the place after them; only full ones.

    Args:
        rows: Where rows come from.
        size: Rows of a batch.
        lengths: Of each of a row's lists, the width of its array.
        place: Where to start.
        padding: The id that fills up shorter rows.

    Yields:
        For each list of a row [size, length] int32 ids and [size] int32, how many of
        them are real; then the place, [2] int64.
    """
    read = rows(place)
    while len(some := list(islice(read, size))) == size:
        arrays = []
        for number, length in enumerate(lengths):
            ids = np.full((size, length), padding, np.int32)
            for line, row in zip(ids, some):
                line[: len(row.ids[number])] = row.ids[number]
            arrays += [ids, np.array([len(row.ids[number]) for row in some], np.int32)]
        yield (*arrays, np.array(some[-1].place, np.int64))


def cut(ids: list[int], length: int) -> list[int]:
    """The first ids, and the last one, which ends the text."""
    return ids if len(ids) <= length else [*ids[: length - 1], ids[-1]]


def _read(
    texts: Texts, order: Order, encode: Encode, first: int
) -> Iterator[tuple[int, list[int]]]:
    """The ids of texts, counted, but for those that have none.

    Raises:
        ConfigError: No text of a whole pass has any.
    """
    empty = 0
    found = encode(texts.text(number) for number in order.from_place(first))
    for counter, ids in enumerate(found, first):
        empty = 0 if ids else empty + 1
        if empty >= len(texts):
            raise ConfigError(f"no text of {texts.files[0]} ... has any token")
        if ids:
            yield counter, ids


def _pair(line: str) -> list[str]:
    parts = line.split("\t")
    if len(parts) != 2:
        raise ConfigError(
            "a line of pairs must be two texts with a tab between; got "
            f"{len(parts) - 1} tabs in {line!r:.80}"
        )
    return parts
