"""Results on disk: one file a notebook, written whole or not at all, never twice."""

import contextlib
import glob
import hashlib
import json
import os
import time

from course.files import write_atomically
from course.grading.results import Result
from course.grading.run.intake import check_name

VERSION = 2
_STALE = 600  # seconds after which nobody is still writing a file


class Journal:
    """The results of one unit, below `<folder>/<unit>/`.

    Args:
        folder: Where results are kept; made if it is not there.
        unit: The unit's name.
    """

    def __init__(self, folder, unit):
        self.root = os.path.join(folder, check_name(unit))
        os.makedirs(self.root, mode=0o700, exist_ok=True)
        self._remove_partial()

    def write(self, result, digests):
        """Keeps a result; once this returns, no crash can lose it.

        Args:
            result: A `Result`.
            digests: What each of its marks depends on; see `jobs.digests_of`.

        Raises:
            OSError: The disk is full, or gone; nothing was changed.
        """
        path = self._path(result.notebook, result.student)
        data = {"version": VERSION, "digests": digests, "result": result.to_data()}
        write_atomically(path, json.dumps(data, ensure_ascii=False), mode=0o700)

    def read(self, notebook, student):
        """(result, digests), or (None, None) if there is none that can be read."""
        try:
            with open(self._path(notebook, student), encoding="utf-8") as stream:
                data = json.load(stream)
            if data["version"] != VERSION:
                return None, None
            return Result.from_data(data["result"]), data["digests"]
        except (OSError, ValueError, KeyError, TypeError):
            return None, None

    def results(self):
        """Every (path, result), by notebook and student."""
        found = []
        for notebook in sorted(os.listdir(self.root)):
            folder = os.path.join(self.root, notebook)
            for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
                if name.endswith(".json"):
                    result, _ = self.read(notebook, name.removesuffix(".json"))
                    if result is not None:
                        found.append((os.path.join(folder, name), result))
        return found

    def _remove_partial(self):
        """Removes what runs left that were killed while they wrote."""
        oldest = time.time() - _STALE
        for path in glob.glob(os.path.join(glob.escape(self.root), "*", ".*.partial")):
            with contextlib.suppress(OSError):
                if os.path.getmtime(path) < oldest:
                    os.unlink(path)

    def _path(self, notebook, student):
        name = f"{check_name(student)}.json"
        return os.path.join(self.root, check_name(notebook), name)


def digest(*parts):
    """A short name for what a result depends on: bytes and str."""
    whole = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()[:32]
