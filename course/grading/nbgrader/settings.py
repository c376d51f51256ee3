"""What a course's own `nbgrader_config.py` says, for programs that are not nbgrader."""

import contextlib
import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.apps.baseapp import NbGrader

from course.grading.nbgrader.configuration import COURSE_ID

PLUGIN = "course.grading.nbgrader.plugin.RebuildingExporter"


@dataclass(frozen=True)
class NbgraderSettings:
    """What nbgrader's commands would use in a course's folder.

    Args:
        config: The whole configuration, for nbgrader's own classes.
        database: URL of the gradebook.
        course_id: The course's name in it.
    """

    config: Any
    database: str
    course_id: str

    @property
    def isolates(self) -> bool:
        """Whether `nbgrader autograde` would isolate submissions."""
        return str(self.config.Autograde.get("exporter_class", "")).endswith(PLUGIN)

    def gradebook(self) -> Gradebook:
        """The gradebook, to be closed; it is made if it is not there."""
        # nbgrader runs `alembic` from the PATH when it makes a gradebook.
        own = os.path.dirname(sys.executable)
        path = os.environ.get("PATH", "")
        if own not in path.split(os.pathsep):
            os.environ["PATH"] = f"{own}{os.pathsep}{path}"
        return Gradebook(self.database, self.course_id)

    def has_gradebook(self) -> bool:
        """Whether there is one; to look must not make it."""
        kind, _, path = self.database.partition(":///")
        return not kind.startswith("sqlite") or os.path.exists(path)


def nbgrader_settings(root: str | Path, database: str = "") -> NbgraderSettings:
    """Reads the configuration as nbgrader does when it is started in that folder.

    Args:
        root: The course's folder.
        database: URL of another gradebook than the configured one; "" for that one.
    """
    with _in_folder(root), _quietly():
        app = _Reader()
        app.initialize([], root=str(root))
        found = app.coursedir
    name = found.course_id or COURSE_ID
    url = _absolute(database or found.db_url, root)
    return NbgraderSettings(app.config, url, name)


class _Reader(NbGrader):
    """nbgrader's program as far as its configuration.

    As a program it would set up the logging of the whole process, which closes the
    files that others log to.
    """

    def _configure_logging(self):
        pass


def _absolute(url: str, root: str | Path) -> str:
    """A gradebook's URL; a relative path in it begins in the course's folder."""
    kind, separator, path = url.partition(":///")
    if not separator or not kind.startswith("sqlite") or not path or path == ":memory:":
        return url
    return f"{kind}:///{os.path.abspath(os.path.join(root, path))}"


@contextlib.contextmanager
def _in_folder(root):
    """The working directory, and Python's path, on which a course's plug-ins lie."""
    kept = list(sys.path)
    with contextlib.chdir(root):
        yield
    # What the configuration imports later must still be found.
    sys.path[:] = [*kept, os.path.abspath(root)]


@contextlib.contextmanager
def _quietly():
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
