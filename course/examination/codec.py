"""The one form in which anything passes between an examination and an answer.

Only data crosses: numbers, strings, None, arrays, and lists, tuples and dicts of
these (keys: strings, integers, flat tuples of both). `pack` turns such a tree into
bytes and `unpack` reads bytes that may come from somebody hostile: nothing is pickled,
every size is checked before it is believed.
"""

import dataclasses
import json
import math
from typing import Any

import ml_dtypes
import numpy as np

DTYPES = {
    name: np.dtype(name)
    for name in (
        "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 "
        "float16 float32 float64 complex64 complex128"
    ).split()
} | {"bfloat16": np.dtype(ml_dtypes.bfloat16)}

NAMES = {dtype: name for name, dtype in DTYPES.items()}

MAX_BYTES = 64 * 2**20
MAX_NODES = 200_000
MAX_DEPTH = 32


class CodecError(ValueError):
    """The value cannot cross, or the bytes are not what `pack` writes."""


@dataclasses.dataclass(frozen=True, eq=False)
class Array:
    """An array and the kind of thing it was: "tensor", "variable" or "numpy"."""

    values: np.ndarray
    kind: str = "tensor"

    @property
    def dtype(self) -> str:
        dtype = self.values.dtype
        return "string" if dtype.kind == "O" else _name_of(dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape


@dataclasses.dataclass(frozen=True)
class Opaque:
    """Stands for an object that is not data: only the name of its type crosses."""

    type_name: str


def as_data(value: Any, kind: str = "numpy") -> Any:
    """The data in `value`: tensors and arrays become Array, other objects Opaque.

    Args:
        value: Anything an answer may have returned.
        kind: What a NumPy array counts as; definitions of probes say "tensor".
    """
    if value is None or type(value) in (bool, int, float, str, bytes):
        return value
    if isinstance(value, Array | Opaque):
        return value
    if type(value) in (list, tuple):
        return type(value)(as_data(item, kind) for item in value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return tuple(as_data(item, kind) for item in value)
    if isinstance(value, dict):
        return {_plain_key(key): as_data(item, kind) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _array(np.asarray(value), kind)
    return _tensor(value)


def _plain_key(key: Any) -> Any:
    """Strings, integers and flat tuples of these stay; other keys go by their text."""
    if isinstance(key, np.integer):
        return int(key)
    if isinstance(key, tuple):
        parts = tuple(
            int(part) if isinstance(part, np.integer) else part for part in key
        )
        return parts if all(type(part) in (str, int) for part in parts) else str(key)
    return key if type(key) in (str, int) else str(key)


def _tensor(value: Any) -> Any:
    """A TensorFlow or Keras value, told by its type's home: neither is imported."""
    home = type(value).__module__.partition(".")[0]
    if home == "tensorflow" and type(value).__name__ == "RaggedTensor":
        return as_data(value.to_list())
    if home in ("tensorflow", "keras", "jaxlib", "jax"):
        try:
            variable = "Variable" in type(value).__name__
            return _array(np.asarray(value), "variable" if variable else "tensor")
        except Exception:
            return Opaque(type(value).__name__)
    return Opaque(type(value).__name__)


def _array(values: np.ndarray, kind: str) -> Any:
    if _name_of(values.dtype) in DTYPES:
        return Array(values, kind)
    if values.dtype.kind in "OSU":
        items = [
            item.encode() if isinstance(item, str) else item
            for item in values.ravel().tolist()
        ]
        if all(type(item) is bytes for item in items):
            strings = np.empty(len(items), dtype=object)
            strings[:] = items
            return Array(strings.reshape(values.shape), kind)
    return Opaque(f"array of {values.dtype}")


def _name_of(dtype: np.dtype) -> str:
    """As `str` has it, which puts the name together each time that it is asked."""
    return NAMES.get(dtype) or str(dtype)


def pack(tree: Any) -> bytes:
    """[8 bytes: length of the header][the header, JSON][the arrays' bytes]"""
    buffers: list[bytes] = []
    header = json.dumps(_to_json(tree, buffers)).encode()
    return len(header).to_bytes(8, "big") + header + b"".join(buffers)


def _to_json(tree: Any, buffers: list[bytes]) -> list:
    match tree:
        case Array() if tree.dtype == "string":
            items = [item.decode("latin-1") for item in tree.values.ravel().tolist()]
            return ["strings", tree.kind, list(tree.shape), items]
        case Array():
            buffers.append(np.ascontiguousarray(tree.values).tobytes())
            return ["array", tree.kind, tree.dtype, list(tree.shape)]
        case None:
            return ["none"]
        case bool():
            return ["bool", tree]
        case int():
            return ["int", str(tree)]
        case float():
            return ["float", tree.hex() if math.isfinite(tree) else str(tree)]
        case str():
            return ["str", tree]
        case bytes():
            buffers.append(tree)
            return ["bytes", len(tree)]
        case list() | tuple():
            items = [_to_json(item, buffers) for item in tree]
            return ["list" if isinstance(tree, list) else "tuple", items]
        case dict():
            pairs = [[key, _to_json(item, buffers)] for key, item in tree.items()]
            return ["dict", pairs]
        case Opaque():
            return ["opaque", tree.type_name]
    raise CodecError(f"not data: {type(tree).__name__}; convert it with as_data first")


def unpack(message: bytes) -> Any:
    """The tree that `pack` wrote.

    Raises:
        CodecError: the bytes are malformed, or larger or deeper than is allowed.
    """
    if not 8 <= len(message) <= MAX_BYTES:
        raise CodecError(f"a message has 8 to {MAX_BYTES} bytes; got {len(message)}")
    end = 8 + int.from_bytes(message[:8], "big")
    if end > len(message):
        raise CodecError("the header is longer than the message")
    try:
        header = json.loads(message[8:end])
    except (ValueError, RecursionError) as error:
        raise CodecError("the header is not JSON") from error
    reader = _Reader(memoryview(message)[end:])
    try:
        tree = reader.read(header, depth=0)
    except CodecError:
        raise
    except (TypeError, ValueError, KeyError, IndexError, OverflowError) as error:
        raise CodecError(f"malformed message: {type(error).__name__}") from error
    if reader.position != len(reader.buffer):
        raise CodecError("bytes are left over after the last array")
    return tree


class _Reader:
    """Walks a header and takes each array's bytes in turn from the buffer."""

    def __init__(self, buffer: memoryview):
        self.buffer, self.position, self.nodes = buffer, 0, 0

    def read(self, node: list, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise CodecError("too many or too deeply nested values")
        tag, *rest = node
        match tag, rest:
            case "array", [str() as kind, str() as dtype, list() as shape]:
                return Array(self._array(DTYPES[dtype], shape), kind[:10])
            case "none", []:
                return None
            case "bool", [bool() as value]:
                return value
            case "int", [str() as digits] if len(digits) <= 1000:
                return int(digits)
            case "float", [str() as text]:
                return float.fromhex(text) if "0x" in text else float(text)
            case "str", [str() as text]:
                return text
            case "bytes", [int() as length]:
                return bytes(self._take(length))
            case "list", [list() as items]:
                return [self.read(item, depth + 1) for item in items]
            case "tuple", [list() as items]:
                return tuple(self.read(item, depth + 1) for item in items)
            case "dict", [list() as pairs]:
                return {_key(key): self.read(item, depth + 1) for key, item in pairs}
            case "opaque", [str() as name]:
                return Opaque(name[:100])
            case "strings", [str() as kind, list() as shape, list() as items]:
                strings = np.empty(len(items), dtype=object)
                strings[:] = [item.encode("latin-1") for item in items]
                return Array(strings.reshape([_size(n) for n in shape]), kind[:10])
        raise CodecError(f"unknown node {str(tag)[:20]!r}")

    def _array(self, dtype: np.dtype, shape: list) -> np.ndarray:
        sizes = [_size(n) for n in shape]
        data = self._take(math.prod(sizes) * dtype.itemsize)
        return np.frombuffer(bytearray(data), dtype=dtype).reshape(sizes)

    def _take(self, length: int) -> memoryview:
        end = self.position + length
        if length < 0 or end > len(self.buffer):
            raise CodecError("an array is longer than the message")
        taken = self.buffer[self.position : end]
        self.position = end
        return taken


def _size(number: Any) -> int:
    if type(number) is not int or not 0 <= number <= MAX_BYTES:
        raise CodecError("an axis has an impossible size")
    return number


def _key(key: Any) -> str | int | tuple:
    if type(key) is list and all(type(part) in (str, int) for part in key):
        return tuple(key)
    if type(key) not in (str, int):
        raise CodecError("keys are strings, integers or flat tuples of these")
    return key
