"""Processes die at any moment; every submission is graded once, and rightly."""

import errno
import os
import random
import signal
import time
from collections import Counter, deque
from pathlib import Path

import pytest

from course.checks import exercise
from course.grading.results import Mark, Result
from course.grading.run.journal import Journal
from course.grading.run.supervisor import Supervisor, Task
from tests.grading import courses
from tests.grading.processes import descendants

DEFINED = exercise(courses.NAME)
_STALLED = 400  # seconds without a result or a fault


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
    return "fork server" if parent == command else "worker, zygote or runner"


def graded(folder):
    """How many results there are so far."""
    place = folder / ".grading" / courses.UNIT / courses.NOTEBOOK
    return len(list(place.glob("*.json")))


def moments(count, size, chance):
    """When to kill: after how many results of a class of `size`, in order.

    By progress and not by the clock: on a busy machine each fork server would else be
    killed before it had graded anything.
    """
    return sorted(chance.randrange(size - 1) for _ in range(count))


def disturbed(folder, when, chance):
    """Grades with a process killed at each moment; gives how many of each kind."""
    faults, due = Counter(), deque(when)
    before, since = None, time.monotonic()
    while True:
        process = courses.command(folder, "grade", courses.UNIT, "-j", "2")
        while process.poll() is None:
            if due and graded(folder) >= due[0]:
                time.sleep(chance.uniform(0, 1.5))
                kind = kill_one(process, chance)
                if kind:
                    faults[kind] += 1
                    due.popleft()
            now = graded(folder), faults.total()
            if now != before:
                before, since = now, time.monotonic()
            elif time.monotonic() > since + _STALLED:
                process.kill()
                raise AssertionError(f"no result for {_STALLED} s after {faults}")
            time.sleep(0.05)
        printed, _ = process.communicate()
        if process.returncode == 0:
            return faults
        # Killed, or told that what it needs was killed: it is started again.
        assert time.monotonic() < since + _STALLED, printed[-2000:]


def kill_one(process, chance):
    """Kills the command or a process below it; gives its kind, or None if none died."""
    victims = [process.pid] if chance.random() < 0.1 else descendants(process.pid)
    if process.poll() is not None or not victims:
        return None
    victim = chance.choice(victims)
    kind = kind_of(victim, process.pid)
    return kind if kind != "gone" and kill(victim) else None


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


@pytest.mark.parametrize("size, count", [(4, 2)])
def test_a_class_with_processes_killed(tmp_path, size, count):
    given, expected = a_class(size)
    courses.make(tmp_path, given)
    chance = random.Random(2)
    faults = disturbed(tmp_path, moments(count, size, chance), chance)
    unharmed(tmp_path, expected)
    told = ", ".join(f"{kind} {times}" for kind, times in faults.most_common())
    print(f"{faults.total()} faults over {size} submissions: {told}")
    assert faults.total() >= 0.9 * count - 1


@pytest.mark.full
@pytest.mark.parametrize("size, count", [(6, 4), (10, 10), (100, 100)])
def test_as_many_faults_as_submissions(tmp_path, size, count):
    test_a_class_with_processes_killed(tmp_path, size, count)


class FullDisk(Journal):
    """A journal whose disk is full for the first few writings."""

    failures = 3

    def write(self, result, digests):
        if self.failures:
            self.failures -= 1
            raise OSError(errno.ENOSPC, "No space left on device")
        super().write(result, digests)


def test_a_full_disk_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "course.grading.run.supervisor.time.sleep", lambda seconds: None
    )
    journal, kept = FullDisk(tmp_path, "unit"), []
    supervisor = Supervisor({}, journal, 1, kept.append, print)
    result = Result("ada", "unit", "book", marks={"x": Mark(1.0, 2.0, "right")})
    supervisor._record(result, Task("ada", "book", [], {}))
    assert journal.read("book", "ada") == (result, {})
    assert kept == [result]


def test_a_disk_that_stays_full_stops_the_run_and_loses_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("course.grading.run.supervisor._DISK_SECONDS", 0)
    journal, kept = FullDisk(tmp_path, "unit"), []
    supervisor = Supervisor({}, journal, 1, kept.append, print)
    with pytest.raises(OSError, match="No space"):
        supervisor._record(Result("ada", "unit", "book"), Task("ada", "book", [], {}))
    assert kept == []
    assert journal.read("book", "ada") == (None, None)


def test_half_a_result_is_no_result(tmp_path):
    journal = Journal(tmp_path, "unit")
    journal.write(Result("ada", "unit", "book"), "d")
    path = tmp_path / "unit" / "book" / "ada.json"
    path.write_text(path.read_text()[:40])
    assert journal.read("book", "ada") == (None, None)
    assert journal.results() == []
