"""The processes behind a grading run: the fork server, its workers, the recorder."""

import contextlib
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from typing import Any

from course.errors import CourseError
from course.grading import wire
from course.grading.runner.environment import ENVIRONMENT, MODULES
from course.grading.sandbox import locked, system

_START_SECONDS = 120
_TRIES = 3
_PREFIX = "transformer-course-"

# What the processes that learners' code descends from may know of this one's
# environment: where shared libraries are, and which kernels to use.
_PASSED_ON = ("LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


class ForkServer:
    """The process that imports TensorFlow once; see `course.grading.fork_server`.

    It is only started here, and imports beside what is done before `wait`.

    Args:
        level: A level of isolation, or "auto".
        modules: What submissions import besides the usual, a list of names.
        cold: Whether each submission's process imports TensorFlow for itself.

    Attributes:
        folder: A directory for every file that goes with the run.
        level: The level that is used; like the next, known after `wait`.
        zygote: Path of the zygote's socket.
        groups: Controller -> version, of the limits on a submission's processes
            together; see `course.grading.sandbox.groups`.
    """

    def __init__(self, level="auto", modules=(), cold=False):
        # Whoever starts one has what a worker is told, the secret among it.
        system.forbid_inspection()
        locked.remove_stale(tempfile.gettempdir(), _PREFIX, shutil.rmtree)
        self.settings = {"level": level, "modules": list(modules), "cold": cold}
        self.level = self.zygote = ""
        self.groups = {}
        self._start()

    def wait(self):
        """Waits until there can be workers; gives the fork server itself.

        Raises:
            CourseError: This machine does not let it do its work.
        """
        if self.level:
            return self
        ready = self._hear()
        for _ in range(_TRIES - 1):  # the machine may lose a process, a human kill it
            if ready:
                break
            self.close()
            self._start()
            ready = self._hear()
        if "refused" in ready:
            self.close()
            reasons = "; ".join(f"{k}: {v}" for k, v in ready["refused"].items())
            raise CourseError(
                f"this machine cannot isolate submissions ({reasons}); see "
                "`transformer-course doctor`, or use --trust for code you trust"
            )
        if not ready:
            self.close()
            raise CourseError(
                "the fork server, which imports TensorFlow, did not start in "
                f"{_TRIES} tries"
            )
        self.level, self.zygote = ready["ready"], ready["zygote"]
        self.groups = ready["groups"]
        return self

    def _start(self):
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # A submission's own user must come through, to its own directory.
        self.folder, self.lock = locked.make(tempfile.gettempdir(), _PREFIX, 0o711)
        module = "course.grading.fork_server.server"
        environment = environment_of_learners(self.settings["modules"])
        settings = json.dumps({**self.settings, "folder": self.folder})
        self.process = _start(module, theirs, settings, environment)

    def _hear(self):
        """What the process says when it is ready; {} if it ended before."""
        self.control.settimeout(_START_SECONDS)
        try:
            return json.loads(self.control.recv(1 << 16) or b"{}")
        except OSError:
            return {}

    def serves(self, level, modules, cold):
        """Whether submissions that need this can be forked from it, too.

        Args:
            level, modules, cold: As for a fork server of their own.
        """
        mine = self.settings
        there = {*mine["modules"], *MODULES}
        missing = {name.partition(".")[0] for name in {*modules} - there}
        own = {"transformer_tf", *sys.stdlib_module_names}  # there, or soon imported
        return (level, cold) == (mine["level"], mine["cold"]) and missing <= own

    def worker(self, settings):
        """A connection to a new worker, ready for jobs.

        Args:
            settings: A dict, keyword arguments of `Worker` but for the zygote. They
                go to the worker alone, never through the fork server.

        Raises:
            wire.Closed: The fork server or the worker is gone.
        """
        try:
            self.control.send(b"{}")
            data, descriptors, _, _ = socket.recv_fds(self.control, 1 << 10, 1)
        except OSError:
            raise wire.Closed("the fork server is gone") from None
        if not data or not descriptors:
            raise wire.Closed("the fork server is gone")
        connection = socket.socket(fileno=descriptors[0])
        wire.send(connection, b"W", json.dumps(settings).encode())
        wire.receive(connection, seconds=60)
        return connection

    def close(self):
        """Ends it, and all that it has forked; may be called again."""
        if self.lock is None:
            return
        self.control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            # Whoever still imports hears nothing of it, and has done nothing yet.
            self.process.wait(5 if self.level else 0)
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self.lock)
        self.lock = None


class Recorder:
    """The gradebook's writer; see `course.grading.nbgrader.recorder`.

    Args:
        folders: A dict of keyword arguments of `Folders`.
        unit: The unit's name.
        journal: The directory of its journal, with which the gradebook is compared.
        missing: Gives the results that are not in the gradebook yet.
    """

    def __init__(self, folders, unit, journal, missing):
        settings = {"folders": folders, "unit": unit, "journal": journal}
        self.settings = json.dumps(settings)
        self.missing = missing
        self.process: Any = None
        self.connection: Any = None
        self._restart()

    def write(self, result):
        with contextlib.suppress(wire.Closed):
            wire.send(self.connection, b"W", json.dumps(result.to_data()).encode())

    def write_missing(self):
        for result in self.missing():
            self.write(result)

    def finish(self):
        """Waits until all is written.

        Returns:
            problems: What could not be recorded, and where journal and gradebook
                differ; a list of str.
            notes: What an instructor should know besides; a list of str.
        """
        for _ in range(3):
            try:
                wire.send(self.connection, b"E", b"")
                said = json.loads(wire.receive(self.connection)[1])
            except wire.Closed:
                ended = "the gradebook's writer ended by itself"
                said = {"problems": [ended], "differences": [], "notes": []}
            if not said["problems"]:
                break
            self._restart()
            self.write_missing()
        self.connection.close()
        self.process.wait()
        return said["problems"] + said["differences"], said["notes"]

    def _restart(self):
        if self.process:
            self.connection.close()
            self.process.kill()
            self.process.wait()
        self.connection, theirs = socket.socketpair()
        module = "course.grading.nbgrader.recorder"
        paths = os.pathsep.join(map(os.path.abspath, filter(None, sys.path)))
        environment = {**os.environ, "PYTHONPATH": paths}
        self.process = _start(module, theirs, self.settings, environment)


def environment_of_learners(modules):
    """The environment of every process that learners' code descends from.

    Args:
        modules: What submissions import besides the usual, a list of names.
    """
    known = {k: v for k, v in os.environ.items() if k in _PASSED_ON}
    homes = {_home(name) for name in ("course", "transformer_tf", *modules)}
    path = [
        place
        for place in dict.fromkeys(map(os.path.abspath, sys.path))
        if place in homes or _has_packages(place)
    ]  # other places are the instructor's, not for submissions
    return {**ENVIRONMENT, **known, "PYTHONPATH": os.pathsep.join(path)}


def _home(module):
    """The directory in which Python finds a module here; "" if it finds none."""
    try:
        specification = importlib.util.find_spec(module.partition(".")[0])
    except (ImportError, ValueError):
        return ""
    if specification is None or not specification.has_location:
        return ""
    place = os.path.dirname(os.path.abspath(specification.origin or ""))
    is_package = specification.submodule_search_locations is not None
    return os.path.dirname(place) if is_package else place


def _has_packages(place):
    return os.path.isdir(place) and any(
        name.endswith(".dist-info") for name in os.listdir(place)
    )


def _start(module, theirs, settings, environment):
    """A Python process with one end of a socket; settings go in by its input."""
    descriptor = theirs.fileno()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", module, str(descriptor)],
            pass_fds=[descriptor],
            env=environment,
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    with contextlib.suppress(BrokenPipeError), process.stdin as stream:  # type: ignore[union-attr]
        stream.write(settings.encode())
    return process
