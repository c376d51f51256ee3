"""`pytorch_model.bin` without PyTorch, and without running anything that it holds.

A file of `torch.save` is a pickle that names storages, and the storages' bytes. Since
PyTorch 1.6 it is a zip archive (`<folder>/data.pkl`, `<folder>/data/<key>`); before, it
was five pickles in a row with the bytes behind them. A pickle is a program; the machine
that runs it here knows only the few instructions and names that a state dictionary of
tensors needs, and each tensor is held to the bounds of its storage.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
import pickle
import struct
import tarfile
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

import ml_dtypes
import numpy as np

from transformer_tf.checkpoints.mapped_file import map_file
from transformer_tf.checkpoints.stored_tensor import (
    DamagedFile,
    StoredTensor,
    view_of,
)

_STORAGES = {
    "FloatStorage": np.dtype("<f4"),
    "DoubleStorage": np.dtype("<f8"),
    "HalfStorage": np.dtype("<f2"),
    "BFloat16Storage": np.dtype(ml_dtypes.bfloat16),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
    "ShortStorage": np.dtype("<i2"),
    "CharStorage": np.dtype("i1"),
    "ByteStorage": np.dtype("u1"),
    "BoolStorage": np.dtype("?"),
}
_MAGIC, _VERSION = 0x1950A86A20F9469CFC6C, 1001
_LARGEST_INDEX = 256 << 20  # bytes of a pickle; the largest published have a few
_LOCAL_HEADER = struct.Struct("<4s22xHH")  # of an entry of a zip archive
_FREE_TO_ENCRYPT = 1


@dataclasses.dataclass
class _Storage:
    """The numbers that tensors are views of.

    Args:
        key: Its name in the file.
        dtype: Of each number.
        count: How many there are.
        data: The bytes; None until they are known.
    """

    key: str
    dtype: np.dtype
    count: int
    data: memoryview | None = None


@dataclasses.dataclass
class _Tensor:
    """A tensor as the pickle describes it, before its storage's bytes are known."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_pytorch(path: str | os.PathLike[str]) -> dict[str, StoredTensor]:
    """Every tensor of a state dictionary by name, none of them read yet.

    Raises:
        DamagedFile: The file is damaged, holds something other than tensors, or asks
            for code to be run.

    Example:
        >>> tensors = read_pytorch("models/checkpoint.bin")
        >>> tensors["table"].shape, tensors["table"].dtype
        ((7, 5), dtype('float32'))
    """
    data = map_file(path)
    try:
        if bytes(data[:2]) == b"PK":
            state = _read_archive(path, data)
        elif tarfile.is_tarfile(path):
            raise DamagedFile(
                path,
                "this is PyTorch's form of before 2016 (tar): load it with PyTorch "
                "and save it again",
            )
        else:
            state = _read_row_of_pickles(path, data)
        return _tensors(path, state)
    except DamagedFile:
        raise
    except Exception as error:  # whatever a damaged index makes the machine stumble on
        # A KeyError would spell its key, which the file may have made endless.
        detail = "" if isinstance(error, KeyError) else f": {error!s:.200}"
        cause = f"{type(error).__name__}{detail}"
        raise DamagedFile(path, f"this is no state dictionary ({cause})") from None


def _read_archive(path, data: memoryview) -> Any:
    with zipfile.ZipFile(path) as archive:
        entries = {info.filename: info for info in archive.infolist()}
        index = [name for name in entries if name.endswith("/data.pkl")]
        if len(index) != 1:
            raise DamagedFile(path, f"{len(index)} files data.pkl in it, not 1")
        folder = index[0].removesuffix("data.pkl")

        def content(name: str) -> memoryview:
            if name not in entries:
                raise DamagedFile(path, f"{name} is missing from the archive")
            return _find_bytes(path, data, entries[name])

        order = f"{folder}byteorder"
        if order in entries and bytes(content(order)) != b"little":
            raise DamagedFile(path, "it was written on a big-endian machine")
        storages: dict[str, _Storage] = {}

        def storage(dtype, key, location, count, *rest):
            if key not in storages:
                raw = content(f"{folder}data/{key}")
                if len(raw) != count * dtype.itemsize:
                    raise DamagedFile(
                        path,
                        f"storage {key!r:.40} has {len(raw)} bytes; {count} numbers of "
                        f"{dtype} need {count * dtype.itemsize}",
                    )
                storages[key] = _Storage(key, dtype, count, raw)
            return storages[key]

        pickled = content(index[0])
        if len(pickled) > _LARGEST_INDEX:
            raise DamagedFile(path, f"an index of {len(pickled)} bytes is too large")
        return _Machine(io.BytesIO(pickled), storage).load()


def _find_bytes(path, data: memoryview, entry: zipfile.ZipInfo) -> memoryview:
    """The bytes of an entry, where they lie in the file."""
    if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & _FREE_TO_ENCRYPT:
        raise DamagedFile(path, f"{entry.filename!r:.80} is compressed or encrypted")
    header = data[entry.header_offset : entry.header_offset + _LOCAL_HEADER.size]
    signature, name, extra = _LOCAL_HEADER.unpack(header)
    begin = entry.header_offset + _LOCAL_HEADER.size + name + extra
    if signature != b"PK\3\4" or begin + entry.file_size > len(data):
        raise DamagedFile(path, f"{entry.filename!r:.80} is not where the archive says")
    return data[begin : begin + entry.file_size]


def _read_row_of_pickles(path, data: memoryview) -> Any:
    file: Any = data.obj  # the mapped file reads, and stops where it ends

    def no_storage(*reference) -> NoReturn:
        raise DamagedFile(path, "a storage stands where none may be")

    magic = _Machine(file, no_storage).load()
    if type(magic) is not int or magic != _MAGIC:
        raise DamagedFile(path, "this is no file of PyTorch")
    version = _Machine(file, no_storage).load()
    system = _Machine(file, no_storage).load()
    if version != _VERSION or system.get("little_endian") is not True:
        raise DamagedFile(path, "an unknown version, or of a big-endian machine")
    storages: dict[str, _Storage] = {}

    def storage(dtype, key, location, count, part=None):
        if part is not None:
            raise DamagedFile(path, f"storage {key!r:.40} is a part of another")
        return storages.setdefault(key, _Storage(key, dtype, count))

    state = _Machine(file, storage).load()
    for key in _Machine(file, no_storage).load():
        if type(key) is not str or key not in storages:
            raise DamagedFile(path, "it lists a storage that no tensor uses")
        known, at = storages[key], file.tell()
        (count,) = struct.unpack("<q", data[at : at + 8])
        end = at + 8 + known.count * known.dtype.itemsize
        if count != known.count or end > len(data):
            raise DamagedFile(
                path, f"storage {key!r:.40} holds {count} numbers of {known.count}"
            )
        known.data = data[at + 8 : end]
        file.seek(end)
    return state


def _tensors(path, state) -> dict[str, StoredTensor]:
    if isinstance(state, dict) and isinstance(state.get("state_dict"), dict):
        state = state["state_dict"]
    if not isinstance(state, dict):
        raise DamagedFile(
            path, f"a state dictionary was expected; got {type(state).__name__}"
        )
    found = {}
    for name, tensor in state.items():
        if type(tensor) is not _Tensor:
            raise DamagedFile(
                path,
                f"{name!r:.80} is a {type(tensor).__name__}; in a state dictionary "
                "every name stands for a tensor",
            )
        storage = tensor.storage
        if storage.data is None:
            raise DamagedFile(path, f"storage {storage.key!r:.40} is missing")
        try:
            view = view_of(
                storage.data, storage.dtype, tensor.shape, tensor.offset, tensor.strides
            )
        except ValueError as error:
            raise DamagedFile(path, f"tensor {name!r:.100}: {error}") from None
        found[name] = StoredTensor(tensor.shape, storage.dtype, view)
    return found


def _rebuild_tensor(storage, offset, shape, strides, *rest) -> _Tensor:
    numbers = (offset, *shape, *strides)
    if type(storage) is not _Storage or not all(type(n) is int for n in numbers):
        raise pickle.UnpicklingError("a tensor is made of something else than numbers")
    return _Tensor(storage, offset, tuple(shape), tuple(strides))


def _rebuild_parameter(tensor, *rest) -> _Tensor:
    if type(tensor) is not _Tensor:
        raise pickle.UnpicklingError("a parameter is made of something else")
    return tensor


# All that a pickle may name. What it calls is one of these functions.
_KNOWN: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): _rebuild_parameter,
    **{("torch", name): dtype for name, dtype in _STORAGES.items()},
    **{("torch.storage", name): dtype for name, dtype in _STORAGES.items()},
}
_INSTRUCTIONS = """
    PROTO FRAME STOP MARK POP POP_MARK NONE NEWTRUE NEWFALSE
    BININT BININT1 BININT2 LONG1 BINFLOAT BINUNICODE SHORT_BINUNICODE BINUNICODE8
    EMPTY_TUPLE TUPLE1 TUPLE2 TUPLE3 TUPLE EMPTY_LIST APPEND APPENDS LIST
    EMPTY_DICT SETITEM SETITEMS GET BINGET LONG_BINGET BINPUT LONG_BINPUT MEMOIZE
    GLOBAL STACK_GLOBAL REDUCE BUILD BINPERSID
""".split()


# The machine in Python rather than the one in C: its instructions can be taken away,
# and an index of its memory may be as large as it likes without any being set aside.
class _Machine(pickle._Unpickler):  # type: ignore[name-defined]
    dispatch: ClassVar[dict[int, Any]] = {
        code: action
        for code, action in pickle._Unpickler.dispatch.items()  # type: ignore[attr-defined]
        if code in {getattr(pickle, name)[0] for name in _INSTRUCTIONS}
    }

    # Attributes of `pickle._Unpickler`, which has no annotations.
    stack: list
    metastack: list
    pop_mark: Callable[[], list]

    def __init__(self, file, storage: Callable[..., Any]) -> None:
        super().__init__(file, encoding="utf-8")
        self.storage = storage

    def find_class(self, module, name):
        with contextlib.suppress(KeyError, TypeError):
            return _KNOWN[module, name]
        raise pickle.UnpicklingError(
            f"it asks for {module!s:.60}.{name!s:.60}, which no state dictionary of "
            "tensors needs; nothing of it was run"
        )

    def persistent_load(self, reference):
        kind, dtype, key, _, count, *_ = reference
        if (kind, type(key), type(count)) != ("storage", str, int) or count < 0:
            raise pickle.UnpicklingError("an unknown kind of reference")
        if not isinstance(dtype, np.dtype):
            raise pickle.UnpicklingError("a storage of an unknown type")
        return self.storage(dtype, *reference[2:])

    def call(self):
        """REDUCE: makes an empty dictionary, a tensor or a parameter, nothing else."""
        arguments = self.stack.pop()
        function = self.stack.pop()
        if function is OrderedDict and arguments == ():
            self.append(OrderedDict())
        elif function in (_rebuild_tensor, _rebuild_parameter):
            self.append(function(*arguments))
        else:
            raise pickle.UnpicklingError("it calls what may not be called")

    def set_items(self):
        """SETITEMS: only strings are names, and only dictionaries have them."""
        items = self.pop_mark()
        if type(self.stack[-1]) not in (dict, OrderedDict):
            raise pickle.UnpicklingError("names are given to what is no dictionary")
        names, values = items[::2], items[1::2]
        if len(names) != len(values) or any(type(name) is not str for name in names):
            raise pickle.UnpicklingError("a name is no string")
        self.stack[-1].update(zip(names, values))

    def set_item(self):
        """SETITEM: the same for one."""
        value, name = self.stack.pop(), self.stack.pop()
        self.metastack.append(self.stack)
        self.stack = [name, value]
        self.append = self.stack.append
        self.set_items()

    def forget_state(self):
        """BUILD: attributes, such as the version of a module, are of no use here."""
        self.stack.pop()

    dispatch[pickle.REDUCE[0]] = call
    dispatch[pickle.SETITEMS[0]] = set_items
    dispatch[pickle.SETITEM[0]] = set_item
    dispatch[pickle.BUILD[0]] = forget_state
