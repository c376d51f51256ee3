"""Directories that belong to a run as long as one of its processes holds their lock."""

import contextlib
import fcntl
import os
import secrets


def make(parent, prefix, mode):
    """Makes a directory of this run; what killed runs left is for `remove_stale`.

    Args:
        parent: The directory to make it in.
        prefix: How its name begins; random characters follow.
        mode: Permission bits.

    Returns:
        The new path, and the descriptor that holds its lock. A forked process holds
        it too, until it closes its copy.
    """
    while True:
        path = os.path.join(parent, prefix + secrets.token_hex(6))
        os.mkdir(path, mode)
        with contextlib.suppress(OSError):
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.stat(path)  # else another run took it for stale before the lock
            except OSError:
                os.close(lock)
            else:
                return path, lock


def remove_stale(parent, prefix, remove):
    """Calls `remove(path)` for each directory of `make` whose lock nobody holds."""
    with contextlib.suppress(OSError):
        for name in os.listdir(parent):
            if name.startswith(prefix):
                _remove_unless_locked(os.path.join(parent, name), remove)


def _remove_unless_locked(path, remove):
    with contextlib.suppress(OSError):  # gone by now, or another user's
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove(path)
        finally:
            os.close(lock)
