"""The same jobs over Dask: a scheduler and two workers as processes, one killed."""

import shutil
import time

import pytest

from course.checks import exercise
from course.grading.run.folders import Folders
from course.grading.run.jobs import job
from course.grading.run.journal import Journal
from course.grading.run.supervisor import Task
from tests.grading import clusters, courses
from tests.grading.hostile_class import written

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
    given["s4"] = written(before=["print('\\ud800')", "raise ValueError('\\udfff')"])
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


# Without Dask in every run: test_worker.py.
@pytest.mark.full
def test_a_worker_that_has_grown_is_replaced_over_dask_too(cluster, tmp_path):
    from course.grading.run.cluster import Cluster

    right = courses.answered(DEFINED.reference)
    students = ("ada", "bob", "cleo", "dora", "eve")
    folder = courses.make(tmp_path / "course", dict.fromkeys(students, right))
    folders = Folders(root=str(folder), released=(str(folder / "exercises"),))

    def load(task):
        return job(folders, courses.UNIT, task.student, task.notebook)

    kept, journal = [], Journal(tmp_path / "journal", courses.UNIT)
    settings = courses.settings(folders, -(1 << 40))
    how = (settings, journal, 2, kept.append, lambda *told: None)
    run = Cluster(cluster[0], *how)
    tasks = [Task(student, courses.NOTEBOOK, [], {}) for student in students]
    assert run.run(tasks, load) == len(students)
    assert run.tries == {}
    assert sorted(result.student for result in kept) == sorted(students)
    assert {result.score for result in kept} == {DEFINED.points}
