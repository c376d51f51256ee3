"""What a pipeline can be given: one text, many, or a source that is read lazily."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple


class Inputs(NamedTuple):
    """What a call was given, told apart.

    Attributes:
        kind: "one" item, "many" in a list, or a "stream" of unknown length.
        items: A list of the items; of a stream, an iterator.
    """

    kind: str
    items: Any


def read_inputs(given: Any, is_one: Callable[[Any], bool]) -> Inputs:
    """Tells apart one item, a list of them, and what is read while it is answered.

    Args:
        given: An item; a list, tuple, array or column of items; or a generator, an
            open file or a `pathlib.Path` (an item a line), a `tf.data.Dataset`.
        is_one: Whether a value is a single item of the task.

    Raises:
        TypeError: It is none of these.
    """
    if is_one(given):
        return Inputs("one", [given])
    if isinstance(given, os.PathLike):
        return Inputs("stream", _lines(Path(given)))
    if isinstance(given, io.TextIOBase):
        return Inputs("stream", (line.rstrip("\r\n") for line in given))
    if hasattr(given, "as_numpy_iterator"):  # a tf.data.Dataset
        return Inputs("stream", map(decoded, given.as_numpy_iterator()))
    if hasattr(given, "numpy") and hasattr(given, "dtype"):  # a tensor
        given = given.numpy()
    if hasattr(given, "tolist"):  # NumPy's strings and pandas' columns
        given = given.tolist()
        if not isinstance(given, list):
            return Inputs("one", [decoded(given)])
    if isinstance(given, (list, tuple)):
        return Inputs("many", [decoded(item) for item in given])
    if isinstance(given, (bytes, dict)) or not hasattr(given, "__iter__"):
        raise TypeError(
            "the input must be a text, a list of texts, a generator, a file or a "
            f"tf.data.Dataset; got {described(given)}"
        )
    return Inputs("stream", iter(given))


def decoded(item: Any) -> Any:
    """Strings out of the bytes that arrays and datasets hold, pairs by name too."""
    if isinstance(item, bytes):
        return item.decode()
    if isinstance(item, dict):
        return {name: decoded(value) for name, value in item.items()}
    return item


def described(value: Any) -> str:
    """A value as an error shows it: its type, and itself where that is short."""
    shown = repr(value)
    return type(value).__name__ + (f" {shown}" if len(shown) <= 60 else "")


def place(number: int | None) -> str:
    """How an error names an item: by its position, from 0, where there are many."""
    return "the input" if number is None else f"input {number}"


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\r\n")
