"""What lies in a student's folder for one unit: found by what it is, read in bounds."""

import os
import re
from dataclasses import dataclass, field

from course.notebooks.printable import printable_line
from course.notebooks.without_outputs import without_outputs

MAX_NOTEBOOK = 32 << 20  # bytes without outputs, which are never used
MAX_SAVED = 256 << 20  # with them
MAX_NOTEBOOKS = 36 << 20  # all together: a job must fit into one frame
MAX_FILE = 8 << 20
MAX_FILES = 64
MAX_ALL_FILES = 8 << 20
_NOTEBOOK = re.compile(r"\.ipynb(?:\.\w+|[ _-]*\(\d+\))*\Z", re.IGNORECASE)
_MAY_BE_NOTEBOOK = {"", ".json", ".txt"}
CHECKPOINTS = ".ipynb_checkpoints"
_HOUSEHOLD = {"__macosx", "__pycache__", "thumbs.db", "desktop.ini", "timestamp.txt"}


@dataclass(frozen=True)
class File:
    """A regular file: its path below the student's folder, and its bytes."""

    path: str
    data: bytes

    @property
    def folder(self):
        return self.path.rpartition("/")[0]

    @property
    def name(self):
        return self.path.rpartition("/")[2]


@dataclass
class HandedIn:
    """The files of one student that may concern one unit.

    Args:
        notebooks: Those that are, or may be, notebooks.
        files: All others, to lie beside the notebook when it runs.
        left_out: Path -> why a file was not taken, in few words.
    """

    notebooks: list[File] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def add(self, path, read):
        """Takes a file in, unless it is none of the learner's or too large.

        Args:
            path: Below the student's folder.
            read: `read(limit)` gives its bytes, or None if there are more than `limit`.
        """
        *folders, name = path.split("/")
        if is_household(name) or (CHECKPOINTS in folders and not is_notebook(name)):
            return
        extension = os.path.splitext(name)[1].lower()
        data = None
        if is_notebook(name):
            data = read(MAX_SAVED)
            data = data and without_outputs(data)
            self._add_notebook(path, data)
            return
        if extension in _MAY_BE_NOTEBOOK:
            data = read(MAX_NOTEBOOK)
            if data and data.lstrip()[:1] in (b"{", b"[") and b'"cells"' in data:
                self._add_notebook(path, data)
                return
        self._add_file(path, data if data is not None else read(MAX_FILE))

    def leave_out(self, path, why):
        if len(self.left_out) < MAX_FILES:
            self.left_out[printable_line(path)] = why

    def _add_notebook(self, path, data):
        known = sum(len(file.data) for file in self.notebooks)
        if data is None or len(data) > MAX_NOTEBOOK:
            self.leave_out(path, f"more than {MAX_NOTEBOOK >> 20} MB")
        elif known + len(data) > MAX_NOTEBOOKS:
            self.leave_out(path, f"more than {MAX_NOTEBOOKS >> 20} MB of notebooks")
        else:
            self.notebooks.append(File(path, data))

    def _add_file(self, path, data):
        known = sum(len(file.data) for file in self.files)
        if data is None or len(data) > MAX_FILE:
            self.leave_out(path, f"more than {MAX_FILE >> 20} MB")
        elif len(self.files) >= MAX_FILES or known + len(data) > MAX_ALL_FILES:
            most = f"{MAX_FILES} files or {MAX_ALL_FILES >> 20} MB"
            self.leave_out(path, f"more than {most} in all")
        elif printable_line(path) != path or "\\" in path:
            self.leave_out(path, "its name")
        else:
            self.files.append(File(path, data))


def is_notebook(name):
    """Whether a name is a notebook's, with what browsers and editors append."""
    return bool(_NOTEBOOK.search(name))


def is_household(name):
    """What systems and tools leave in folders, and nobody means to hand in."""
    name = name.lower()
    if name == CHECKPOINTS:
        return False
    return name[:1] == "." or name.endswith(".pyc") or name in _HOUSEHOLD
