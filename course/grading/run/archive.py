"""A zip in a submission, opened in bounds: no bombs, no links, no climbing paths."""

import io
import re
import stat
import struct
import zipfile
import zlib

from course.grading.run.handed_in import is_household, is_notebook

_MOST_MEMBERS = 2000
_MOST_BYTES = 64 << 20  # of all members together, unpacked
_LARGEST_DIRECTORY = 1 << 20
_END = b"PK\x05\x06"
_END_OF_LARGE = b"PK\x06\x07"
_TAIL = 22 + 65535 + 20
_DEEPEST = 6


def add_members(found, path, data):
    """Adds the files in a zip to a `HandedIn`, as if they lay in a folder of its name.

    Args:
        found: The `HandedIn`.
        path: Of the zip, below the student's folder.
        data: Its bytes, or None if they are too many.
    """
    if data is None or not _directory_is_small(data):
        found.leave_out(path, "too large to be opened")
        return
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, struct.error, EOFError):
        found.leave_out(path, "no zip that can be opened")
        return
    budget = _Budget(_MOST_BYTES)
    every = sorted(archive.infolist(), key=lambda m: not is_notebook(m.filename))
    if len(every) > _MOST_MEMBERS:
        found.leave_out(path, f"more than {_MOST_MEMBERS} files in it")
    for member in every[:_MOST_MEMBERS]:
        if member.is_dir():
            continue
        why = _reason_to_refuse(member)
        inside = f"{path}/{member.filename}"
        if why:
            found.leave_out(inside, why)
        elif not any(map(is_household, member.filename.split("/"))):
            try:
                found.add(
                    inside, lambda limit, m=member: budget.read(archive, m, limit)
                )
            except (
                zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError,
                OSError, EOFError, ValueError, struct.error,
            ) as error:  # fmt: skip
                found.leave_out(inside, f"cannot be unpacked ({type(error).__name__})")


class _Budget:
    """How much may still be unpacked of one archive, whatever its directory says."""

    def __init__(self, left):
        self.left = left

    def read(self, archive, member, limit):
        most = min(limit, self.left)
        with archive.open(member) as stream:
            data = stream.read(most + 1)
        self.left -= len(data)
        return data if len(data) <= most else None


def _directory_is_small(data):
    """Whether the list of members can be read without more memory than it is worth."""
    tail = data[-_TAIL:]
    if _END_OF_LARGE in tail:
        return False
    ends = [match.start() for match in re.finditer(_END, tail)]
    records = [tail[end : end + 22] for end in ends]
    sizes = [struct.unpack("<I", r[12:16])[0] for r in records if len(r) == 22]
    return all(size <= _LARGEST_DIRECTORY for size in sizes)


def _reason_to_refuse(member):
    name = member.filename
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a link"
    if member.flag_bits & 1:
        return "encrypted"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "compressed in an unusual way"
    parts = name.split("/")
    if name.startswith("/") or ":" in parts[0] or ".." in parts or "\\" in name:
        return "a path that climbs"
    if len(parts) > _DEEPEST:
        return f"more than {_DEEPEST} folders deep"
    if name.lower().endswith(".zip"):
        return "a zip in a zip"
    return None
