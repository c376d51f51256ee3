"""Grades one notebook after another for a supervisor, until it disconnects.

A worker whose memory has grown enough says with a result that it was the last one; the
supervisor then asks for a fresh worker, which is a fork of the fork server.
"""

import contextlib
import json
import os
import resource
import time

import keras

from course.examination.exercise import REGISTRY
from course.grading import wire
from course.grading.results import Result
from course.grading.worker.runners import Runners
from course.grading.worker.verifier import Verifier, refuse
from course.notebooks.fault import Fault

# Nothing known comes near it since the cache of kernels is emptied.
MOST_GROWTH = 64 << 20


class Worker:
    """Turns jobs into results.

    Args:
        zygote: Path of the zygote's socket.
        unit: The unit's name.
        releases: {notebook: {language: released notebook}}.
        secret: The course's secret in hexadecimal.
        limits: Keyword arguments of `Verifier`.
        most_growth: It is recycled when it has grown by more bytes than that since
            its first notebook.
    """

    def __init__(self, zygote, unit, releases, secret, limits, most_growth=MOST_GROWTH):
        self.unit = unit
        self.releases = releases
        self.most_growth = most_growth
        self.first_size = None
        exercises = {e.grade_id: e for e in REGISTRY.values()}
        self.verifier = Verifier(
            Runners(zygote), exercises, bytes.fromhex(secret), **limits
        )

    def grade(self, job):
        """The `Result` of a job; see `course.grading.run.jobs`."""
        begun = time.perf_counter()
        releases = self.releases[job["notebook"]]
        result = Result(job["student"], self.unit, job["notebook"])
        if job["fault"]:
            released = next(iter(releases.values()))
            return refuse(result, released, Fault(**job["fault"]))
        self.verifier.grade(releases, job["submission"], result, job["only"])
        result.seconds["all"] = time.perf_counter() - begun
        return result

    def needs_recycling(self):
        """Gives memory back after a notebook; whether a fresh worker should follow."""
        # TensorFlow keeps the graph of each function that was called eagerly, about
        # 1 MB a notebook, until its cache is emptied, which this does.
        keras.utils.clear_session(free_memory=False)
        size = anonymous_memory()
        self.first_size = self.first_size or size
        return size > self.first_size + self.most_growth


def serve(connection, zygote):
    """Answers each job with its result, under the letter L if it is the last one.

    Args:
        connection: The socket to the supervisor, which first sends the settings:
            keyword arguments of `Worker` but for the zygote.
        zygote: Path of the zygote's socket.
    """
    with contextlib.suppress(wire.Closed):
        _, settings = wire.receive(connection)
        worker, last = Worker(zygote, **json.loads(settings)), False
        wire.send(connection, b"R", b"")
        while not last:
            _, payload = wire.receive(connection)
            result = worker.grade(json.loads(payload))
            last = worker.needs_recycling()
            letter = b"L" if last else b"G"
            wire.send(connection, letter, json.dumps(result.to_data()).encode())
    os._exit(0)


def anonymous_memory():
    """Bytes of this process that come from no file."""
    with open("/proc/self/statm") as file:
        _, resident, shared, *_ = map(int, file.read().split())
    return (resident - shared) * resource.getpagesize()
