"""Grading one notebook at a time, for programs that wait for each result."""

import json

from course.grading import wire
from course.grading.results import Result
from course.grading.run.processes import ForkServer

_TRIES = 3


class Single:
    """A fork server and one worker, started when first needed.

    Args:
        settings: "server", keyword arguments of `ForkServer`, and "worker", of
            `Worker` but for the zygote.
    """

    def __init__(self, settings):
        self.settings = settings
        self.fork_server = self.connection = None

    def begin(self):
        """Starts the fork server, which `grade` waits for."""
        if self.fork_server is None:
            self.fork_server = ForkServer(**self.settings["server"])

    def go_on(self, settings):
        """Goes on with other settings, on the same fork server where that will do."""
        if self.fork_server and not self.fork_server.serves(**settings["server"]):
            self.close()
        if self.connection:
            self.connection.close()
        self.settings, self.connection = settings, None

    def grade(self, job):
        """The `Result` of a job; see `course.grading.run.jobs`.

        Raises:
            RuntimeError: The grader's own processes ended again and again.
        """
        for _ in range(_TRIES):
            try:
                self.begin()
                server = self.fork_server.wait()  # type: ignore[union-attr]
                if self.connection is None:
                    self.connection = server.worker(self.settings["worker"])
                wire.send(self.connection, b"J", json.dumps(job).encode())
                letter, payload = wire.receive(self.connection)
                if letter == b"L":  # this worker has ended; see `worker.serve`
                    self.connection.close()
                    self.connection = None
                return Result.from_data(json.loads(payload))
            except wire.Closed:
                self.close()
        raise RuntimeError(
            f"the grader's process ended {_TRIES} times on {job['student']}"
        )

    def close(self):
        if self.fork_server:
            self.fork_server.close()
        if self.connection:
            self.connection.close()
        self.fork_server = self.connection = None
