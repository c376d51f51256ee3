"""The safetensors format: a header in JSON that says where each tensor lies.

The file begins with the header's length (8 bytes, little-endian), then the header,
then the tensors' bytes, one behind the other without a gap. The format is described at
https://huggingface.co/docs/safetensors.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
from collections.abc import Mapping
from typing import Any

import ml_dtypes
import numpy as np

from transformer_tf.checkpoints.mapped_file import map_file
from transformer_tf.checkpoints.stored_tensor import (
    DamagedFile,
    StoredTensor,
    view_of,
)

DTYPES = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype(ml_dtypes.bfloat16),
    "F8_E4M3": np.dtype(ml_dtypes.float8_e4m3fn),
    "F8_E5M2": np.dtype(ml_dtypes.float8_e5m2),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("i1"),
    "U64": np.dtype("<u8"),
    "U32": np.dtype("<u4"),
    "U16": np.dtype("<u2"),
    "U8": np.dtype("u1"),
    "BOOL": np.dtype("?"),
}
_NAMES = {dtype: name for name, dtype in DTYPES.items()}
_LENGTH = struct.Struct("<Q")
_LONGEST_HEADER = 100_000_000  # as the format's own library
_ALIGNMENT = 8


def read_safetensors(path: str | os.PathLike[str]) -> dict[str, StoredTensor]:
    """Every tensor of a file by name, none of them read yet.

    Raises:
        DamagedFile: The file is no safetensors file, or its header promises what the
            file does not hold.

    Example:
        >>> tensors = read_safetensors("models/decoder/model.safetensors")
        >>> len(tensors), tensors["transformer.wte.weight"].shape
        (40, (1000, 96))
    """
    data = map_file(path)
    header, begin = _header(path, data)
    tensors, ends = {}, []
    for name, entry in header.items():
        try:
            dtype, shape, first, last = _entry(entry)
            if not 0 <= first <= last <= len(data) - begin:
                raise ValueError(f"bytes {first} to {last} are not in the file")
            part = data[begin + first : begin + last]
            tensor = StoredTensor(shape, dtype, view_of(part, dtype, shape))
            if last - first != tensor.size * dtype.itemsize:
                raise ValueError(
                    f"shape {shape} of {dtype} does not fill {last - first} bytes"
                )
            tensors[name] = tensor
        except ValueError as error:
            raise DamagedFile(path, f"tensor {name!r:.100}: {error}") from None
        ends.append((first, last))
    _check_gaps(path, sorted(ends), len(data) - begin)
    return tensors


def _header(path, data) -> tuple[dict[str, Any], int]:
    """The header, and where the tensors' bytes begin."""
    if len(data) < _LENGTH.size:
        raise DamagedFile(path, f"{len(data)} bytes are too few for safetensors")
    (length,) = _LENGTH.unpack(data[: _LENGTH.size])
    begin = _LENGTH.size + length
    if length > _LONGEST_HEADER or begin > len(data):
        raise DamagedFile(
            path,
            f"a header of {length} bytes in a file of {len(data)}: this is no "
            "safetensors file, or it was cut short; download it again",
        )
    try:
        text = str(data[_LENGTH.size : begin], "utf-8")
        header = json.loads(text, object_pairs_hook=_without_repetition)
    except (ValueError, RecursionError) as error:
        raise DamagedFile(path, f"its header is no JSON: {error!s:.100}") from None
    if not isinstance(header, dict):
        raise DamagedFile(path, "its header is no JSON object")
    header.pop("__metadata__", None)
    return header, begin


def _without_repetition(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _entry(entry) -> tuple[np.dtype, tuple[int, ...], int, int]:
    if not isinstance(entry, dict) or {"dtype", "shape", "data_offsets"} - set(entry):
        raise ValueError("dtype, shape and data_offsets were expected")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise ValueError(f"dtype {dtype!r:.40} is none of {', '.join(DTYPES)}")
    for numbers in (shape, offsets):
        if not isinstance(numbers, list) or not all(type(n) is int for n in numbers):
            raise ValueError("shape and data_offsets must be lists of whole numbers")
    if len(offsets) != 2 or any(number < 0 for number in (*shape, *offsets)):
        raise ValueError(f"negative or missing numbers: {shape!s:.60}, {offsets!s:.60}")
    return DTYPES[dtype], tuple(shape), *offsets


def _check_gaps(path, ends, size) -> None:
    """Tensors lie one behind the other: what lies between them could be anything."""
    reached = 0
    for first, last in ends:
        if first != reached:
            raise DamagedFile(
                path, f"tensors overlap or leave a gap at byte {first} of the data"
            )
        reached = last
    if reached != size:
        raise DamagedFile(path, f"{size - reached} bytes belong to no tensor")


def write_safetensors(
    path: str | os.PathLike[str],
    tensors: Mapping[str, np.ndarray],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Writes arrays to a file, whole or not at all.

    Args:
        path: The file; an older one is replaced when the new one is complete.
        tensors: Arrays by name, of any dtype that the format has.
        metadata: Strings by name; `{"format": "pt"}` says that matrices lie as torch
            keeps them, which transformers asks for.

    Raises:
        ValueError: An array has a dtype that the format lacks.
        OSError: The disk is full, or the folder cannot be written; an older file is
            as it was.

    Example:
        >>> table = np.ones((2, 3), "float32")
        >>> write_safetensors("table.safetensors", {"table": table})
        >>> read_safetensors("table.safetensors")["table"].numpy().shape
        (2, 3)
    """
    arrays = {name: np.asarray(tensors[name]) for name in sorted(tensors)}
    # The widest first, so that each begins at a multiple of its own size.
    names = sorted(arrays, key=lambda name: -arrays[name].dtype.itemsize)
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    reached = 0
    for name in names:
        array = arrays[name]
        dtype = _NAMES.get(array.dtype.newbyteorder("<"))
        if dtype is None:
            raise ValueError(f"safetensors has no dtype {array.dtype} ({name!r})")
        offsets = [reached, reached + array.nbytes]
        header[name] = {
            "dtype": dtype,
            "shape": list(array.shape),
            "data_offsets": offsets,
        }
        reached = offsets[1]
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    partial = f"{os.fspath(path)}.{os.getpid()}.partial"
    try:
        with open(partial, "wb") as file:
            file.write(_LENGTH.pack(len(text)) + text)
            for name in names:
                array = arrays[name]
                little = array.astype(array.dtype.newbyteorder("<"), copy=False)
                file.write(np.ascontiguousarray(little).tobytes())
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(partial)
