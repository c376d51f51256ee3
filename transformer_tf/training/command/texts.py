"""The texts of files by number, read from the disk when they are asked for."""

from __future__ import annotations

import glob
import mmap
import os
from pathlib import Path

import numpy as np

from transformer_tf.training.command.keys import ConfigError

_CHUNK = 1 << 24  # bytes searched for line ends at once


def find_files(key: str, patterns: list[str], base: Path) -> list[Path]:
    """The files that patterns name, each once.

    Args:
        key: The patterns' key, for messages.
        patterns: Names of files, or patterns as of `glob`.
        base: The folder that relative ones start from.

    Raises:
        ConfigError: A pattern names no file; says which.
    """
    found: dict[Path, None] = {}
    for pattern in patterns:
        whole = os.path.join(base, os.path.expanduser(pattern))
        paths = [Path(name) for name in sorted(glob.glob(whole, recursive=True))]
        paths = [path for path in paths if path.is_file()]
        if not paths:
            raise ConfigError(
                f"{key} has {pattern!r}, and there is no such file: {whole}"
            )
        found |= dict.fromkeys(paths)
    return list(found)


class Texts:
    """The texts of some files.

    Args:
        files: UTF-8 files.
        documents: Whether a file is one text; else each line that is not empty.

    Raises:
        ConfigError: There is no text in the files.
    """

    def __init__(self, files: list[Path], documents: bool = False):
        self.files = files
        self.bytes = [_bytes_of(file) for file in files]
        ends = [_ends(data, documents) for data in self.bytes]
        self.which = np.repeat(np.arange(len(files)), [len(one) for one in ends])
        self.ends = np.concatenate(ends)  # [text, 2]: begin and end in its file
        if not len(self.ends):
            names = ", ".join(str(file) for file in files[:3])
            raise ConfigError(f"there is no text in {names}")

    def __len__(self) -> int:
        return len(self.ends)

    def size(self) -> int:
        """Bytes of all files."""
        return sum(len(data) for data in self.bytes)

    def text(self, number: int) -> str:
        """A text.

        Raises:
            ConfigError: It is no UTF-8; says which file and line.
        """
        file, (begin, end) = int(self.which[number]), self.ends[number].tolist()
        data = self.bytes[file][begin:end]
        try:
            return str(data, "utf-8").rstrip("\r")
        except UnicodeDecodeError as error:
            line = self.bytes[file][: begin + error.start].count(b"\n") + 1
            raise ConfigError(
                f"{self.files[file]} is no UTF-8: line {line} has the byte "
                f"0x{data[error.start]:02x}; convert the file"
            ) from None


def _bytes_of(file: Path) -> bytes | mmap.mmap:
    """A file's bytes, which stay on the disk until they are read."""
    if not file.stat().st_size:
        return b""
    with open(file, "rb") as opened:
        return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)


def _ends(data: bytes | mmap.mmap, documents: bool) -> np.ndarray:
    """[text, 2]: where each text of a file begins and ends."""
    found = []
    for start in () if documents else range(0, len(data), _CHUNK):
        part = np.frombuffer(data[start : start + _CHUNK], np.uint8)
        found.append(np.flatnonzero(part == ord("\n")) + start)
    ends = np.concatenate([*found, [len(data)]]).astype(np.int64)
    begins = np.concatenate([[0], ends[:-1] + 1])
    both = np.stack([begins, ends], axis=1)
    return both[ends > begins]
