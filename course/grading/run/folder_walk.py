"""Every regular file of a student's folder, with no link followed, within bounds."""

import contextlib
import errno
import os
import stat

from course.grading.run.archive import add_members
from course.grading.run.handed_in import HandedIn, is_household, is_notebook
from course.grading.run.intake import check_name

_MOST_ENTRIES = 2000
_DEEPEST = 4
MAX_ARCHIVE = 32 << 20
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def walk(root, student, wanted):
    """What a student handed in.

    Args:
        root: The directory `submitted`.
        student: A name below it.
        wanted: Given the names in the student's folder, those to look at, in order.

    Returns:
        A `HandedIn`; nothing if the folder cannot be opened or is a link.
    """
    found = HandedIn()
    with contextlib.suppress(OSError):
        above = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            folder = os.open(check_name(student), _FOLDER, dir_fd=above)
        finally:
            os.close(above)
        try:
            _Walk(found).names(folder, wanted(sorted(os.listdir(folder))), "", 0)
        finally:
            os.close(folder)
    return found


class _Walk:
    def __init__(self, found):
        self.found = found
        self.left = _MOST_ENTRIES

    def names(self, folder, names, above, depth):
        for name in names:
            self.left -= 1
            if self.left < 0:
                self.found.leave_out(above or ".", f"more than {_MOST_ENTRIES} files")
                return
            if not is_household(name):
                self._entry(folder, name, f"{above}{name}", depth)

    def _entry(self, folder, name, path, depth):
        try:
            mode = os.lstat(name, dir_fd=folder).st_mode
            if stat.S_ISDIR(mode) and depth < _DEEPEST:
                below = os.open(name, _FOLDER, dir_fd=folder)
                try:
                    names = sorted(os.listdir(below), key=_notebooks_first)
                    self.names(below, names, f"{path}/", depth + 1)
                finally:
                    os.close(below)
            elif stat.S_ISREG(mode):
                self._file(os.open(name, _FILE, dir_fd=folder), path)
            else:
                kind = "a link" if stat.S_ISLNK(mode) else "not a plain file"
                deep = f"more than {_DEEPEST} folders deep"
                self.found.leave_out(path, deep if stat.S_ISDIR(mode) else kind)
        except OSError as error:
            self.found.leave_out(path, os.strerror(error.errno or errno.EIO))

    def _file(self, descriptor, path):
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return

            def read(limit):
                if os.fstat(descriptor).st_size > limit:
                    return None
                stream.seek(0)
                data = stream.read(limit + 1)
                return data if len(data) <= limit else None

            if path.lower().endswith(".zip"):
                add_members(self.found, path, read(MAX_ARCHIVE))
            else:
                self.found.add(path, read)


def _notebooks_first(name):
    return not is_notebook(name), name
