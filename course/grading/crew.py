"""The processes behind a grading run: the warm one, its workers, the recorder."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile

from course.errors import CourseError
from course.grading import wire
from course.grading.sandbox import locked

_START_SECONDS = 120
_PREFIX = "transformer-course-"


class Warm:
    """The warm process; see `course.grading.warm`.

    Args:
        level: A level of isolation, or "auto".
        worker: Settings of `Worker` but for the zygote.
        cold: Whether each submission's process imports TensorFlow for itself.

    Attributes:
        folder: A directory for every file that goes with the run.
        level: The level that is used.
        groups: Controller -> version, of the limits on a submission's processes
            together; see `course.grading.sandbox.groups`.
    """

    def __init__(self, level, worker, cold=False):
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        locked.remove_stale(tempfile.gettempdir(), _PREFIX, shutil.rmtree)
        # A submission's own user must come through, to its own directory.
        self.folder, self.lock = locked.make(tempfile.gettempdir(), _PREFIX, 0o711)
        settings = {"level": level, "worker": worker, "cold": cold}
        settings = json.dumps({**settings, "folder": self.folder})
        self.process = _start("course.grading.warm", theirs, settings)
        self.control.settimeout(_START_SECONDS)
        try:
            ready = json.loads(self.control.recv(1 << 16) or b"{}")
        except TimeoutError:
            ready = {}
        if "ready" not in ready:
            self.close()
        if "refused" in ready:
            reasons = "; ".join(f"{k}: {v}" for k, v in ready["refused"].items())
            raise CourseError(
                f"this machine cannot isolate submissions ({reasons}); see "
                "`transformer-course doctor`, or use --trust for code you trust"
            )
        if "ready" not in ready:
            raise CourseError(
                "the warm process, which imports TensorFlow, did not start"
            )
        self.level, self.zygote = ready["ready"], ready["zygote"]
        self.groups = ready["groups"]

    def worker(self):
        """A connection to a new worker.

        Raises:
            wire.Closed: The warm process is gone.
        """
        try:
            self.control.send(b"{}")
            data, descriptors, _, _ = socket.recv_fds(self.control, 1 << 10, 1)
        except OSError:
            raise wire.Closed("the warm process is gone") from None
        if not data or not descriptors:
            raise wire.Closed("the warm process is gone")
        return socket.socket(fileno=descriptors[0])

    def close(self):
        self.control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self.lock)


class Recorder:
    """The gradebook's writer; see `course.grading.recorder`.

    Args:
        folders: A dict of keyword arguments of `Folders`.
        unit: The unit's name.
        missing: Gives the results that are not in the gradebook yet.
    """

    def __init__(self, folders, unit, missing):
        self.settings = json.dumps({"folders": folders, "unit": unit})
        self.missing = missing
        self.process, self.connection = None, None
        self._restart()

    def write(self, result):
        with contextlib.suppress(wire.Closed):
            wire.send(self.connection, b"W", json.dumps(result.to_data()).encode())

    def write_missing(self):
        for result in self.missing():
            self.write(result)

    def finish(self):
        """Waits until all is written; gives the problems met, a list of str."""
        problems = []
        for _ in range(3):
            try:
                wire.send(self.connection, b"E", b"")
                problems = json.loads(wire.receive(self.connection)[1])
            except wire.Closed:
                problems = ["the gradebook's writer ended by itself"]
            if not problems:
                break
            self._restart()
            self.write_missing()
        self.connection.close()
        self.process.wait()
        return problems

    def _restart(self):
        if self.process:
            self.connection.close()
            self.process.kill()
            self.process.wait()
        self.connection, theirs = socket.socketpair()
        self.process = _start("course.grading.recorder", theirs, self.settings)


def _start(module, theirs, settings):
    """A Python process with one end of a socket; settings go in by its input."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    descriptor = theirs.fileno()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", module, str(descriptor)],
            pass_fds=[descriptor],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    with contextlib.suppress(BrokenPipeError), process.stdin as stream:
        stream.write(settings.encode())
    return process
