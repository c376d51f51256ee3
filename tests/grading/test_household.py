"""Nothing is left in the directory for temporary files, whatever ends a run."""

import os
import signal
import subprocess
import sys
import tempfile

import pytest

from course.errors import CourseError
from course.grading.crew import Warm
from course.grading.runners import Runners
from tests.grading.courses import ROOT
from tests.grading.processes import descendants

A_RUN = """
import time
from course.errors import CourseError
from course.grading.crew import Warm
from course.grading.runners import Runners
warm = Warm("landlock", {})
runner = Runners(warm.zygote).start()
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
        return Warm(level, {})
    except CourseError as error:
        pytest.skip(f"{level}: {error}")


@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_a_run_that_ends_leaves_nothing(temporary, level):
    warm = started(level)
    runner = Runners(warm.zygote).start()
    assert runner.cell("open('left behind', 'w').write('x')", "<cell>", 20)[0] is None
    assert list(temporary.iterdir()) != []
    warm.close()
    assert list(temporary.iterdir()) == []


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
    warm = Warm("auto", {})
    assert not left.exists()
    assert len(list(temporary.iterdir())) == 1
    warm.close()
    assert list(temporary.iterdir()) == []
