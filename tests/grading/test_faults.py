"""Processes die at any moment; every submission is graded once, and rightly."""

import errno
import os
import random
import signal
import time

import pytest

from course.checks import exercise
from course.grading.journal import Journal
from course.grading.marks import Mark, Result
from course.grading.supervisor import Supervisor, Task
from tests.grading import courses

DEFINED = exercise(courses.NAME)


def descendants(process):
    """Every process below this one, from /proc."""
    found, waiting = [], [process]
    while waiting:
        number = waiting.pop()
        try:
            with open(f"/proc/{number}/task/{number}/children") as file:
                below = [int(word) for word in file.read().split()]
        except (OSError, ValueError):
            continue
        found += below
        waiting += below
    return found


def kill(number):
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def disturbed(folder, count, pause, chance, seconds):
    """Grades with processes killed at random moments; gives how many were."""
    faults, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        process = courses.command(folder, "grade", courses.UNIT, "-j", "2")
        while process.poll() is None and faults < count:
            time.sleep(chance.uniform(*pause))
            victims = [process.pid] if chance.random() < 0.1 else []
            victims = victims or descendants(process.pid)
            if victims and kill(chance.choice(victims)):
                faults += 1
        printed, _ = process.communicate(timeout=max(1, until - time.monotonic()))
        if process.returncode == 0:
            return faults
    raise AssertionError(f"not done after {faults} faults: {printed[-2000:]}")


def a_class(size):
    """student -> text, a quarter of each kind, and the scores they should have."""
    kinds = (
        (DEFINED.reference, DEFINED.points),
        (None, 0),
        (DEFINED.alternatives["softmax_by_hand"], DEFINED.points),
        (DEFINED.misconceptions["mask_ignored"], None),
    )
    texts = [courses.answered(implementation) for implementation, _ in kinds]
    names = [f"s{number:03d}" for number in range(size)]
    given = {name: texts[n % 4] for n, name in enumerate(names)}
    return given, {name: kinds[n % 4][1] for n, name in enumerate(names)}


def unharmed(folder, expected):
    known = courses.scores(folder)
    assert set(known) == set(expected)
    for student, score in expected.items():
        if score is None:
            assert 0 < known[student] < DEFINED.points
        else:
            assert known[student] == score
    assert courses.gradebook(folder) == known


def test_a_class_with_processes_killed(tmp_path):
    given, expected = a_class(6)
    courses.make(tmp_path, given)
    chance = random.Random(2)
    assert disturbed(tmp_path, 5, (1.5, 4.0), chance, 400) >= 1
    unharmed(tmp_path, expected)


@pytest.mark.full
def test_a_hundred_faults_over_a_class_of_a_hundred(tmp_path):
    given, expected = a_class(100)
    courses.make(tmp_path, given)
    assert disturbed(tmp_path, 100, (0.2, 1.2), random.Random(1), 2400) >= 50
    unharmed(tmp_path, expected)


class FullDisk(Journal):
    """A journal whose disk is full for the first few writings."""

    failures = 3

    def write(self, result, digest):
        if self.failures:
            self.failures -= 1
            raise OSError(errno.ENOSPC, "No space left on device")
        super().write(result, digest)


def test_a_full_disk_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr("course.grading.supervisor.time.sleep", lambda seconds: None)
    journal, kept = FullDisk(tmp_path, "unit"), []
    supervisor = Supervisor({}, journal, 1, kept.append, print)
    result = Result("ada", "unit", "book", marks={"x": Mark(1.0, 2.0, "right")})
    supervisor._record(result, Task("ada", "book", [], "d"))
    assert journal.read("book", "ada") == (result, "d")
    assert kept == [result]


def test_a_disk_that_stays_full_stops_the_run_and_loses_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("course.grading.supervisor._DISK_SECONDS", 0)
    journal, kept = FullDisk(tmp_path, "unit"), []
    supervisor = Supervisor({}, journal, 1, kept.append, print)
    with pytest.raises(OSError, match="No space"):
        supervisor._record(Result("ada", "unit", "book"), Task("ada", "book", [], "d"))
    assert kept == []
    assert journal.read("book", "ada") == (None, None)


def test_half_a_result_is_no_result(tmp_path):
    journal = Journal(tmp_path, "unit")
    journal.write(Result("ada", "unit", "book"), "d")
    path = tmp_path / "unit" / "book" / "ada.json"
    path.write_text(path.read_text()[:40])
    assert journal.read("book", "ada") == (None, None)
    assert journal.results() == []
