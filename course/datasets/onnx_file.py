"""The constants of an ONNX file, read from its bytes: the onnx package is not needed.

The file is one protobuf message: fields, each a number that says which it is and how it
is written, then the value. Only what holds constants is looked at.
"""

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

# The numbers of fields and kinds, from onnx.proto.
GRAPH, CONSTANT = 7, 5
DIMS, KIND, NAME, BYTES, ELSEWHERE = 1, 2, 8, 9, 13
KINDS = {1: "<f4", 2: "u1", 3: "i1", 6: "<i4", 7: "<i8", 10: "<f2", 11: "<f8"}


def read_onnx(path: Path) -> dict[str, np.ndarray]:
    """The constants by name: weights, and what else the graph has as numbers.

    Args:
        path: The file. Numbers may stand in a file beside it; they are not read before
            they are used.

    Raises:
        ValueError: A constant is of a kind that has no weights, or lies outside of the
            folder.
    """
    with path.open("rb") as file:
        data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    (graph,) = (value for number, value in _fields(data) if number == GRAPH)
    constants = (value for number, value in _fields(graph) if number == CONSTANT)
    return dict(_constant(constant, path.parent) for constant in constants)


def _constant(data: memoryview, folder: Path) -> tuple[str, np.ndarray]:
    shape: list[int] = []
    kind, name, numbers, elsewhere = 0, "", memoryview(b""), {}
    for number, value in _fields(data):
        if number == DIMS:
            shape += [value] if isinstance(value, int) else list(_whole_numbers(value))
        elif number == KIND:
            kind = value
        elif number == NAME:
            name = bytes(value).decode()
        elif number == BYTES:
            numbers = value
        elif number == ELSEWHERE:
            key, text = (bytes(part).decode() for _, part in _fields(value))
            elsewhere[key] = text
    if kind not in KINDS:
        raise ValueError(f"{name} is of kind {kind}; known are {sorted(KINDS)}")
    if not elsewhere:
        return name, np.frombuffer(numbers, KINDS[kind]).reshape(shape)
    place = elsewhere["location"]
    if Path(place).name != place:
        raise ValueError(f"{name} lies outside of the folder: {place!r}")
    begin = int(elsewhere.get("offset", 0))
    mapped = np.memmap(folder / place, KINDS[kind], "r", begin, tuple(shape))
    return name, mapped


def _fields(data: memoryview) -> Iterator[tuple[int, Any]]:
    """(number, value) of each field; what is no whole number comes as its bytes."""
    place = 0
    while place < len(data):
        key, place = _whole_number(data, place)
        number, form = key >> 3, key & 7
        if form == 0:
            value, place = _whole_number(data, place)
            yield number, value
            continue
        if form == 2:
            size, place = _whole_number(data, place)
        else:
            size = {1: 8, 5: 4}[form]
        yield number, data[place : place + size]
        place += size


def _whole_number(data: memoryview, place: int) -> tuple[int, int]:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    value = shift = 0
    while True:
        byte = data[place]
        value |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return value, place


def _whole_numbers(data: memoryview) -> Iterator[int]:
    place = 0
    while place < len(data):
        value, place = _whole_number(data, place)
        yield value
