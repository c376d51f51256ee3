"""The same jobs over Dask: a scheduler and two workers as processes, one killed."""

import shutil
import time

import pytest

from course.checks import exercise
from tests.grading import clusters, courses

pytest.importorskip("distributed")
DEFINED = exercise(courses.NAME)


@pytest.fixture
def cluster(tmp_path):
    """(address, the two workers' processes)"""
    with clusters.running(tmp_path, 2) as found:
        yield found
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
