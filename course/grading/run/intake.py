"""From a path in `submitted/` to text: nothing here trusts what a learner handed in."""

import errno
import os
import stat

from course.notebooks.fault import Fault
from course.notebooks.printable import printable

MAX_BYTES = 32 << 20
MOST_NAME_BYTES = 200


def check_name(name):
    """A student, unit or notebook name that can stand in a path and in a page.

    Raises:
        Fault: The name climbs, hides, is too long, is not UTF-8, or holds separators,
            control characters or marks that turn the direction of writing.
    """
    if (
        not isinstance(name, str)
        or not name
        or name[0] == "."
        or set(name) & set("/\\")
    ):
        raise Fault("name", f"a plain file name was expected; got {name!r:.80}")
    if printable(name) != name or set(name) & set("\n\t"):
        raise Fault(
            "name",
            f"{name!r:.200} holds characters that cannot be shown (not UTF-8, controls "
            "or marks of direction); rename it",
        )
    if len(name.encode()) > MOST_NAME_BYTES:
        raise Fault(
            "name",
            f"{name[:40]!r}… has {len(name.encode())} bytes; a name may have at most "
            f"{MOST_NAME_BYTES}; rename it",
        )
    return name


def read_bytes(root, *parts, limit=MAX_BYTES):
    """The bytes of a regular file below `root`, reached without following any link.

    Args:
        root: A directory that the instructor controls.
        parts: Names of the directories below it and, last, of the file.
        limit: The most bytes accepted.

    Returns:
        bytes.

    Raises:
        Fault: The file is missing, a link, not a plain file, or too large.
    """
    directory = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    shown = "/".join(map(str, parts))
    try:
        for part in parts[:-1]:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            below = os.open(check_name(part), flags, dir_fd=directory)
            os.close(directory)
            directory = below
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        file = os.open(check_name(parts[-1]), flags, dir_fd=directory)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise Fault("link", f"{shown} is or passes through a link") from None
        if error.errno == errno.ENOENT:
            raise Fault("missing", f"{shown} was not handed in") from None
        raise Fault("unreadable", f"{shown}: {os.strerror(error.errno or 0)}") from None
    finally:
        os.close(directory)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise Fault("not-a-file", f"{shown} is not a plain file")
        with os.fdopen(os.dup(file), "rb") as stream:
            data = stream.read(limit + 1)
    finally:
        os.close(file)
    if len(data) > limit:
        raise Fault(
            "too-large",
            f"{shown} has more than {limit} bytes; clear its outputs and hand in again",
        )
    return data
