"""Grading one notebook at a time, for programs that wait for each result."""

import json

from course.grading import wire
from course.grading.crew import Warm
from course.grading.marks import Result

_TRIES = 3


class Single:
    """A warm process and one worker, started when first needed.

    Args:
        settings: Keyword arguments of `Warm`.
    """

    def __init__(self, settings):
        self.settings = settings
        self.warm = self.connection = None

    def grade(self, job):
        """The `Result` of a job; see `course.grading.jobs`.

        Raises:
            RuntimeError: The grader's own processes ended again and again.
        """
        for _ in range(_TRIES):
            try:
                if self.warm is None:
                    self.warm = Warm(**self.settings)
                if self.connection is None:
                    self.connection = self.warm.worker()
                    wire.receive(self.connection, seconds=60)
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
        if self.warm:
            self.warm.close()
        if self.connection:
            self.connection.close()
        self.warm = self.connection = None
