"""Grades one notebook after another for a supervisor, until it hangs up."""

import contextlib
import json
import os
import time

from course.examination.exercise import REGISTRY
from course.grading import wire
from course.grading.fault import Fault
from course.grading.folders import Folders, language_of
from course.grading.intake import read_submission
from course.grading.journal import digest
from course.grading.marks import Result
from course.grading.runners import Runners
from course.grading.verifier import Verifier, refuse


class Worker:
    """Turns jobs into results.

    Args:
        zygote: Path of the zygote's socket.
        folders: A dict, the arguments of `Folders`.
        unit: The unit's name.
        secret: The course's secret in hexadecimal.
        limits: Keyword arguments of `Verifier`.
    """

    def __init__(self, zygote, folders, unit, secret, limits):
        self.folders = Folders(**folders)
        self.releases = self.folders.releases(unit)
        exercises = {e.grade_id: e for e in REGISTRY.values()}
        self.verifier = Verifier(
            Runners(zygote), exercises, bytes.fromhex(secret), **limits
        )
        self.unit = unit

    def grade(self, student, notebook, only=()):
        """A `Result` and the digest of what was handed in."""
        begun = time.perf_counter()
        releases = self.releases[notebook]
        result = Result(student, self.unit, notebook)
        try:
            text, notes = read_submission(
                self.folders.path(self.folders.submitted),
                student,
                self.unit,
                notebook,
            )
        except Fault as fault:
            released = next(iter(releases.values()))
            return refuse(result, released, fault), digest(fault.reason)
        result.language = language_of(releases, text)
        result.notes += notes
        result.seconds["intake"] = time.perf_counter() - begun
        released = releases[result.language]
        self.verifier.grade(released, text, result, only)
        result.seconds["all"] = time.perf_counter() - begun
        return result, digest(text)


def serve(connection, settings):
    """Answers each job {"student", "notebook", "only"} with its result."""
    worker = Worker(**settings)
    wire.send(connection, b"R", b"")
    with contextlib.suppress(wire.Closed):
        while True:
            _, payload = wire.receive(connection)
            job = json.loads(payload)
            result, mark = worker.grade(job["student"], job["notebook"], job["only"])
            reply = {"digest": mark, "result": result.to_data()}
            wire.send(connection, b"G", json.dumps(reply).encode())
    os._exit(0)
