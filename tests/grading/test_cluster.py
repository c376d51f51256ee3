"""The same jobs over Dask: a scheduler and two workers as processes, one killed."""

import json
import os
import shutil
import subprocess
import sys
import time

import pytest

from course.checks import exercise
from tests.grading import courses

pytest.importorskip("distributed")
DEFINED = exercise(courses.NAME)
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(courses.ROOT)}


def dask(folder, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@pytest.fixture
def cluster(tmp_path):
    """(address, the two workers' processes)"""
    file = tmp_path / "scheduler.json"
    flags = ["--scheduler-file", str(file)]
    scheduler = dask(
        tmp_path, "scheduler", "--port", "0", "--no-dashboard", "--host",
        "127.0.0.1", *flags,
    )  # fmt: skip
    until = time.monotonic() + 60
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.1)
    options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", *flags]
    workers = [dask(tmp_path, "worker", *options) for _ in range(2)]

    yield json.loads(file.read_text())["address"], workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()
    shutil.rmtree(tmp_path, ignore_errors=True)


def test_a_class_over_dask_with_a_worker_killed(cluster, tmp_path):
    address, workers = cluster
    right, untouched = courses.answered(DEFINED.reference), courses.answered(None)
    given = {f"s{n}": untouched if n % 2 else right for n in range(5)}
    folder = courses.make(tmp_path / "course", given)
    process = courses.command(folder, "grade", courses.UNIT, "--cluster", address)
    until = time.monotonic() + 240
    while time.monotonic() < until and process.poll() is None:
        place = folder / ".grading" / courses.UNIT / courses.NOTEBOOK
        if place.is_dir() and any(place.glob("*.json")):
            break
        time.sleep(0.2)
    workers[0].kill()
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == 0, printed
    full = DEFINED.points
    expected = {
        student: 0 if text == untouched else full for student, text in given.items()
    }
    assert courses.scores(folder) == expected
    assert courses.gradebook(folder) == expected
