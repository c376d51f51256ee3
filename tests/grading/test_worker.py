"""A worker ends between two notebooks when it has grown; nothing is lost by it."""

import pytest

from course.checks import exercise
from course.grading.run.folders import Folders
from course.grading.run.jobs import job
from course.grading.run.journal import Journal
from course.grading.run.processes import ForkServer
from course.grading.run.single import Single
from course.grading.run.supervisor import Supervisor, Task
from course.grading.worker.worker import anonymous_memory
from tests.grading import courses
from tests.selection import table

DEFINED = exercise(courses.NAME)
STUDENTS = ("ada", "bob", "cleo", "dora", "eve")


@pytest.fixture
def course(tmp_path):
    right, untouched = courses.answered(DEFINED.reference), courses.answered(None)
    given = {s: untouched if n % 2 else right for n, s in enumerate(STUDENTS)}
    folder = courses.make(tmp_path, given)
    return Folders(root=str(folder), released=(str(folder / "exercises"),))


class Counting(Supervisor):
    """A supervisor that counts the workers it asked for."""

    asked, warmed = 0, set()

    def _new_worker(self):
        self.asked += 1
        connection = super()._new_worker()
        self.warmed = {*self.warmed, self.fork_server.process.pid}
        return connection


GROWTH = [(-(1 << 40), 5), (1 << 40, 2)]


@pytest.mark.parametrize("most_growth, workers", table(GROWTH, GROWTH[:1]))
def test_a_worker_that_has_grown_is_replaced(course, tmp_path, most_growth, workers):
    def load(task):
        return job(course, courses.UNIT, task.student, task.notebook)

    kept, journal = [], Journal(tmp_path / "journal", courses.UNIT)
    how = (
        courses.settings(course, most_growth),
        journal,
        2,
        kept.append,
        lambda *told: None,
    )
    run = Counting(*how)
    tasks = [Task(student, courses.NOTEBOOK, [], {}) for student in STUDENTS]
    assert run.run(tasks, load) == len(STUDENTS)
    assert run.asked == workers
    assert len(run.warmed) == 1
    assert run.tries == {}  # a worker that ends so counts against nobody
    assert sorted(result.student for result in kept) == sorted(STUDENTS)
    points = {result.student: result.score for result in kept}
    full = DEFINED.points
    assert points == {s: 0 if n % 2 else full for n, s in enumerate(STUDENTS)}
    assert all(not result.anomalies and not result.notes for result in kept)


def test_a_single_grader_keeps_its_warm_process(course):
    single = Single(courses.settings(course, -(1 << 40)))
    scores, warm = [], set()
    for student in STUDENTS[:2]:
        one = job(course, courses.UNIT, student, courses.NOTEBOOK)
        scores.append(single.grade(one).score)
        warm.add(single.fork_server.process.pid)
        assert single.connection is None
    single.close()
    assert scores == [DEFINED.points, 0]
    assert len(warm) == 1


def test_a_single_grader_goes_on_with_another_unit(course):
    """On the same fork server: each has a worker of its own, which knows one unit."""
    single, scores, warm = Single(courses.settings(course, 1 << 40)), [], set()
    one = job(course, courses.UNIT, STUDENTS[0], courses.NOTEBOOK)
    for secret in ("00", "11"):
        other = courses.settings(course, 1 << 40)
        other["worker"]["secret"] = secret * 32
        other["server"]["modules"] = [*other["server"]["modules"], "json"]
        single.go_on(other)
        scores.append(single.grade(one).score)
        warm.add(single.fork_server.process.pid)
    other["server"]["modules"] = ["nbformat"]
    single.go_on(other)
    assert single.fork_server is None  # the new one has yet to import it
    single.close()
    assert scores == [DEFINED.points] * 2
    assert len(warm) == 1


WANTED = ["keras", "transformer_tf.attention.pairs", "matplotlib.pyplot", "itertools"]


@pytest.mark.parametrize(
    "level, modules, cold, served",
    [
        ("auto", [], False, True),
        ("auto", WANTED, False, True),
        ("auto", ["nbformat.v4"], False, True),  # as it was started with
        ("auto", [*WANTED, "pandas"], False, False),
        ("auto", ["nbformat"], False, False),
        ("auto", WANTED, True, False),
        ("landlock", WANTED, False, False),
    ],
)
def test_what_a_fork_server_serves(level, modules, cold, served):
    fork_server = ForkServer("auto", ["nbformat.v4"])
    fork_server.close()
    assert fork_server.serves(level, modules, cold) is served


def test_memory_is_counted():
    before = anonymous_memory()
    # Above 32 MB memory never comes from what was freed before and is counted already.
    held = bytearray(b"x") * (64 << 20)
    grown = anonymous_memory() - before
    assert 0.9 * len(held) < grown < 2 * len(held)
