"""Putting a whole folder in the place of another, so that one of them is there."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux


@contextlib.contextmanager
def new_folder(place: Path) -> Iterator[Path]:
    """A folder to write to, which gets the name `place` when all is written.

    If writing fails or is killed, what was at `place` is as it was.

    Raises:
        OSError: The disk is full, or the folder cannot be written.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    name = f".{place.name}.partial-"
    partial = Path(tempfile.mkdtemp(prefix=name, dir=place.parent))
    try:
        yield partial
        os.chmod(partial, 0o777 & ~_umask())
        replace_folder(partial, place)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _umask() -> int:
    """The mode that new folders do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def replace_folder(new: Path, old: Path) -> None:
    """Gives the folder `new` the name of `old`, and removes what had it.

    On Linux the two change names in one step, so that a process killed at any time
    leaves one or the other; elsewhere there is a moment without either, and the old one
    is beside it under the name `<old>.replaced`.

    Raises:
        OSError: The file system refuses; the old folder has its name.
    """
    if not old.exists():
        os.rename(new, old)
    elif _exchange(new, old):
        shutil.rmtree(new)
    else:
        aside = old.with_name(f"{old.name}.replaced")
        shutil.rmtree(aside, ignore_errors=True)
        os.rename(old, aside)
        os.rename(new, old)
        shutil.rmtree(aside)


def _exchange(one: Path, other: Path) -> bool:
    """Whether the system could exchange the names of two folders."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    names = os.fsencode(one), os.fsencode(other)
    return rename(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0
