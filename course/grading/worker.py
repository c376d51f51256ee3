"""Grades one notebook after another for a supervisor, until it hangs up."""

import contextlib
import json
import os
import time

from course.examination.exercise import REGISTRY
from course.grading import wire
from course.grading.fault import Fault
from course.grading.folders import language_of
from course.grading.marks import Result
from course.grading.runners import Runners
from course.grading.verifier import Verifier, refuse


class Worker:
    """Turns jobs into results.

    Args:
        zygote: Path of the zygote's socket.
        unit: The unit's name.
        releases: {notebook: {language: released notebook}}.
        secret: The course's secret in hexadecimal.
        limits: Keyword arguments of `Verifier`.
    """

    def __init__(self, zygote, unit, releases, secret, limits):
        self.unit = unit
        self.releases = releases
        exercises = {e.grade_id: e for e in REGISTRY.values()}
        self.verifier = Verifier(
            Runners(zygote), exercises, bytes.fromhex(secret), **limits
        )

    def grade(self, job):
        """The `Result` of a job; see `course.grading.jobs`."""
        begun = time.perf_counter()
        releases = self.releases[job["notebook"]]
        result = Result(job["student"], self.unit, job["notebook"])
        result.notes += job["notes"]
        if job["fault"]:
            released = next(iter(releases.values()))
            return refuse(result, released, Fault(**job["fault"]))
        result.language = language_of(releases, job["text"])
        released = releases[result.language]
        self.verifier.grade(released, job["text"], result, job["only"])
        result.seconds["all"] = time.perf_counter() - begun
        return result


def serve(connection, settings):
    """Answers each job with its result."""
    worker = Worker(**settings)
    wire.send(connection, b"R", b"")
    with contextlib.suppress(wire.Closed):
        while True:
            _, payload = wire.receive(connection)
            result = worker.grade(json.loads(payload))
            wire.send(connection, b"G", json.dumps(result.to_data()).encode())
    os._exit(0)
