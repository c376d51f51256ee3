"""Processes die at any moment; every submission is graded once, and rightly."""

import errno
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from course.checks import exercise
from course.grading.journal import Journal
from course.grading.marks import Mark, Result
from course.grading.supervisor import Supervisor, Task
from tests.grading import courses
from tests.grading.processes import descendants

DEFINED = exercise(courses.NAME)


def kill(number):
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def kind_of(number, command):
    """What a process of a run is, by its command line and its parent."""
    try:
        line = Path(f"/proc/{number}/cmdline").read_bytes().decode()
        status = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return "gone"
    if number == command:
        return "supervisor"
    if "recorder" in line:
        return "recorder"
    parent = int(status.rpartition(")")[2].split()[1])
    return "warm process" if parent == command else "worker, zygote or runner"


def disturbed(folder, count, pause, chance, seconds):
    """Grades with processes killed at random moments; gives how many of each kind."""
    faults, until = Counter(), time.monotonic() + seconds
    while time.monotonic() < until:
        process = courses.command(folder, "grade", courses.UNIT, "-j", "2")
        while process.poll() is None and faults.total() < count:
            time.sleep(chance.uniform(*pause))
            victims = [process.pid] if chance.random() < 0.1 else []
            victims = victims or descendants(process.pid)
            if victims:
                victim = chance.choice(victims)
                kind = kind_of(victim, process.pid)
                faults[kind] += kill(victim)
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
    assert disturbed(tmp_path, 5, (1.5, 4.0), chance, 400).total() >= 1
    unharmed(tmp_path, expected)


@pytest.mark.full
def test_a_hundred_faults_over_a_class_of_a_hundred(tmp_path):
    given, expected = a_class(100)
    courses.make(tmp_path, given)
    faults = disturbed(tmp_path, 100, (0.5, 3.0), random.Random(1), 2400)
    unharmed(tmp_path, expected)
    told = ", ".join(f"{kind} {count}" for kind, count in faults.most_common())
    print(f"{faults.total()} faults over {len(given)} submissions: {told}")
    assert faults.total() >= 50


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
