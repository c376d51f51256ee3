"""Nothing is left in the directory for temporary files, whatever ends a run."""

import os
import signal
import subprocess
import sys
import tempfile

import pytest

from course.errors import CourseError
from course.grading.run.processes import ForkServer
from course.grading.worker.runners import Runners
from tests.grading.courses import ROOT
from tests.grading.processes import descendants

A_RUN = """
import time
from course.errors import CourseError
from course.grading.run.processes import ForkServer
from course.grading.worker.runners import Runners
fork_server = ForkServer("landlock").wait()
runner = Runners(fork_server.zygote).start()
print(runner.cell("open('left behind', 'w').write('x')", "<cell>", 20), flush=True)
time.sleep(600)
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # found before, and kept
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # for processes of their own
    return tmp_path


def started(level):
    try:
        return ForkServer(level).wait()
    except CourseError as error:
        pytest.skip(f"{level}: {error}")


@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_a_run_that_ends_leaves_nothing(temporary, level):
    fork_server = started(level)
    runner = Runners(fork_server.zygote).start()
    assert runner.cell("open('left behind', 'w').write('x')", "<cell>", 20)[0] is None
    assert list(temporary.iterdir()) != []
    fork_server.close()
    assert list(temporary.iterdir()) == []


def test_a_run_with_nothing_to_grade_leaves_nothing(temporary):
    """It is closed while it still imports, and does not finish that first."""
    fork_server = ForkServer()
    assert list(temporary.iterdir()) != []
    began = [fork_server.process.pid, *descendants(fork_server.process.pid)]
    fork_server.close()
    fork_server.close()
    assert list(temporary.iterdir()) == []
    assert not any(os.path.exists(f"/proc/{number}") for number in began)


@pytest.mark.full
def test_what_a_killed_run_left_goes_at_the_next_start(temporary):
    started("landlock").close()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", A_RUN]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
    assert run.stdout.readline() == "(None, '')\n"
    for number in [run.pid, *descendants(run.pid)]:
        os.kill(number, signal.SIGKILL)
    run.wait()
    run.stdout.close()
    (left,) = temporary.iterdir()
    assert any("left behind" in names for _, _, names in os.walk(left))
    fork_server = ForkServer().wait()
    assert not left.exists()
    assert len(list(temporary.iterdir())) == 1
    fork_server.close()
    assert list(temporary.iterdir()) == []
