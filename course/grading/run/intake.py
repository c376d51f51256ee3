"""From a path in `submitted/` to text: nothing here trusts what a learner handed in."""

import errno
import os
import re
import stat

from course.notebooks.fault import Fault

MAX_BYTES = 32 << 20
_SAFE_NAME = re.compile(r"[^\x00-\x1f\x7f/\\]{1,200}\Z")
_COPY_MARK = re.compile(
    r"(?:[ _-]*\(\d+\)|[ _-]+copy\d*|-checkpoint)+\Z", re.IGNORECASE
)
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def check_name(name):
    """A student, unit or notebook name that can stand in a path and in a page.

    Raises:
        Fault: The name climbs, hides, or holds separators or control characters.
    """
    if not isinstance(name, str) or not _SAFE_NAME.match(name) or name[0] == ".":
        raise Fault("name", f"a plain file name was expected; got {name!r:.80}")
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
        raise Fault("unreadable", f"{shown}: {os.strerror(error.errno)}") from None
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


def decode(data):
    """Bytes -> (text, notes): UTF-8, a byte order mark, or the usual Windows page."""
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            notes = [] if name == "utf-8-sig" else [f"encoded as {name}"]
            return data.decode(name, errors="replace"), notes
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    if data[1:2] == b"\x00":
        return data.decode("utf-16-le", errors="replace"), ["encoded as utf-16"]
    if data[:1] == b"\x00":
        return data.decode("utf-16-be", errors="replace"), ["encoded as utf-16"]
    return data.decode("cp1252", errors="replace"), ["not UTF-8: read as Windows-1252"]


def read_submission(root, student, unit, notebook):
    """The text of a notebook that was handed in, and notes on how it was found.

    Args:
        root: The directory `submitted`.
        student, unit: Names of the directories below it.
        notebook: Name of the released notebook, without `.ipynb`.

    Returns:
        text: str.
        notes: A list of str.

    Raises:
        Fault: Nothing that can be read was handed in.
    """
    name, notes = f"{notebook}.ipynb", []
    try:
        data = read_bytes(root, student, unit, name)
    except Fault as fault:
        other = _renamed(root, student, unit, notebook)
        if fault.reason != "missing" or other is None:
            raise
        notes.append(f"found as {other!r}")
        data = read_bytes(root, student, unit, other)
    if not data.strip(b"\x00 \t\r\n"):
        raise Fault("empty", f"{name} is empty; hand in the saved notebook")
    text, more = decode(data)
    return text, notes + more


def _renamed(root, student, unit, notebook):
    """The one file whose name is the notebook's but for case, copy marks, suffixes."""
    folder = os.path.join(root, check_name(student), check_name(unit))
    try:
        names = sorted(os.listdir(folder))[:1000]
    except OSError:
        return None
    found = []
    for name in names:
        stem = name.lower().removesuffix(".txt").removesuffix(".json")
        if stem == name.lower() and not stem.endswith(".ipynb"):
            continue
        stem = stem.removesuffix(".ipynb").strip()
        if _COPY_MARK.sub("", stem) == notebook.lower():
            found.append(name)
    return found[0] if len(found) == 1 else None
