"""A whole submission's process under limits so small that it meets them in a test."""

import contextlib
import os
import subprocess
import sys
import time

import pytest

from course.grading.runner.environment import ENVIRONMENT
from course.grading.sandbox import Policy
from course.grading.sandbox.groups import Groups
from course.grading.worker.runners import RunnerDied, Runners
from tests.grading.courses import ROOT

# It needs no TensorFlow: nothing is asked but to run a cell.
A_ZYGOTE = """
import dataclasses, json, sys
from course.grading.fork_server import zygote
from course.grading.sandbox import probe
from course.grading.sandbox.groups import Groups
path, level, changed = sys.argv[1:]
if probe.attempt(level, probe.policy()):
    sys.exit(77)
policy = dataclasses.replace(probe.policy(), **json.loads(changed))
zygote.become(path, level, policy, lambda: None, Groups(policy))
"""
SMALL = '{"cpu_seconds": 1, "threads": 20, "group_memory": 67108864}'
BUSY = "while True:\n    pass"
MANY_THREADS = """
import threading, time
for _ in range(200):
    threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
"""
LARGE = "held = [bytearray(b'x') * (4 << 20) for _ in range(64)]"


@pytest.fixture(scope="module", params=["namespaces", "landlock"])
def small(request, tmp_path_factory):
    """Starts submissions at a level, each with little of everything."""
    path = str(tmp_path_factory.mktemp("small") / "zygote")
    process = subprocess.Popen(
        [sys.executable, "-c", A_ZYGOTE, path, request.param, SMALL],
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
    )
    until = time.monotonic() + 30
    while not os.path.exists(path) and time.monotonic() < until:
        if process.poll() == 77:
            pytest.skip(f"this machine does not allow {request.param}")
        time.sleep(0.01)
    yield Runners(path)
    process.kill()
    process.wait()


@pytest.mark.parametrize(
    "source, limit, controller",
    [
        (BUSY, "processor", None),
        (MANY_THREADS, "processes", "pids"),
        (LARGE, "memory", "memory"),
    ],
    ids=["processor", "processes", "memory"],
)
def test_the_limit_is_named_and_the_next_one_unharmed(small, source, limit, controller):
    groups = Groups(Policy())
    groups.close()
    if controller and controller not in groups.limits:
        pytest.skip(f"no groups of processes with {controller} for this user here")
    runner = small.start()
    with contextlib.suppress(RunnerDied):
        runner.cell(source, "<cell 1>", 20)
    assert runner.close()["limits"] == [limit]
    other = small.start()
    assert other.cell("print(1 + 1)", "<cell 1>", 20) == (None, "2\n")
    assert other.close()["limits"] == []
