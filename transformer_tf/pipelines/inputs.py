"""What a pipeline can be given: one text, many, or a source that is read lazily."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from transformer_tf.text.input_checks import lone_surrogate


class Inputs(NamedTuple):
    """What a call was given, told apart.

    Attributes:
        kind: "one" item, "many" in a list, or a "stream" of unknown length.
        items: A list of the items; of a stream, an iterator.
    """

    kind: str
    items: Any


def read_inputs(
    given: Any, is_one: Callable[[Any], bool], item: str = "a string"
) -> Inputs:
    """Tells apart one item, a list of them, and what is read while it is answered.

    Args:
        given: An item; a list, tuple, array or column of items; or a generator, an
            open file or a `pathlib.Path` (an item a line), a `tf.data.Dataset`.
        is_one: Whether a value is a single item of the task.
        item: What an item is, for the error.

    Raises:
        TypeError: It is none of these.
        ValueError: Bytes among them are no UTF-8.
    """
    if is_one(given):
        return Inputs("one", [given])
    if isinstance(given, os.PathLike):
        return Inputs("stream", _lines(Path(given)))
    if isinstance(given, io.TextIOBase):
        return Inputs("stream", (line.rstrip("\r\n") for line in given))
    if hasattr(given, "as_numpy_iterator"):  # a tf.data.Dataset
        return Inputs("stream", map(decode_strings, given.as_numpy_iterator(), count()))
    if hasattr(given, "numpy") and hasattr(given, "dtype"):  # a tensor
        given = given.numpy()
    if hasattr(given, "tolist"):  # NumPy's strings and pandas' columns
        given = given.tolist()
        if not isinstance(given, list):
            return Inputs("one", [decode_strings(given)])
    if isinstance(given, (list, tuple)):
        return Inputs("many", [*map(decode_strings, given, count())])
    unordered = isinstance(given, (set, frozenset))
    one = (str, bytes, bytearray, dict, type)  # they have parts, and are no source
    if unordered or isinstance(given, one) or not hasattr(given, "__iter__"):
        why = ", which has no order for the answers to be in" if unordered else ""
        raise TypeError(
            f"the input must be {item}; or many of them: a list, a generator, a file "
            f"or a tf.data.Dataset; got {describe(given)}{why}"
        )
    return Inputs("stream", iter(given))


def decode_strings(item: Any, number: int | None = None) -> Any:
    """Strings out of the bytes that arrays and datasets hold, pairs by name too."""
    if isinstance(item, bytes):
        try:
            return item.decode()
        except UnicodeDecodeError as error:
            raise ValueError(
                f"{place(number)} is bytes that are no UTF-8 ({error}); decode them "
                "by the encoding that they have"
            ) from None
    if isinstance(item, dict):
        return {name: decode_strings(value, number) for name, value in item.items()}
    return item


def describe(value: Any) -> str:
    """A value as an error shows it: its type, and itself where that is short."""
    try:
        shown = repr(value)
    except Exception:  # an object's own fault must not hide what is wrong here
        shown = ""
    return type(value).__name__ + (f" {shown}" if 0 < len(shown) <= 60 else "")


def strings_of(item: Any) -> Iterator[str]:
    """The strings that an item is made of: a text, those of a pair, of messages."""
    if isinstance(item, str):
        yield item
    elif isinstance(item, dict):
        for value in item.values():
            yield from strings_of(value)
    elif isinstance(item, (list, tuple)):
        for value in item:
            yield from strings_of(value)


def check_text(text: str, where: str) -> None:
    """Raises ValueError where a string holds half a character, a lone surrogate."""
    lone = lone_surrogate(text)
    if lone is not None:
        raise ValueError(
            f"{where} is not text: character {lone[0]} is the lone surrogate "
            f'{lone[1]}; decode its bytes with errors="replace"'
        )


def place(number: int | None) -> str:
    """How an error names an item: by its position, from 0, where there are many."""
    return "the input" if number is None else f"input {number}"


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\r\n")
