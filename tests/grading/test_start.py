"""A fork server that is killed while it starts is started again."""

import sys
import tempfile
import threading
import time

import pytest

from course.errors import CourseError
from course.grading.run import processes
from course.grading.run.processes import ForkServer
from course.grading.run.settings import refuse_readable
from course.grading.sandbox.policy import Policy
from course.grading.worker.runners import Runner, RunnerDied, Runners
from tests.grading.unit import EXERCISE, RIGHT
from tests.selection import table


@pytest.fixture
def killed(monkeypatch, tmp_path):
    """Kills the first so many processes, each after so many seconds; lists them all."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    started, real = [], processes._start

    def killing(count, seconds):
        def start(*arguments):
            process = real(*arguments)
            started.append(process)
            if len(started) <= count:
                threading.Timer(seconds, process.kill).start()
            return process

        monkeypatch.setattr(processes, "_start", start)
        return started

    return killing


@pytest.mark.parametrize("count, seconds", table([(1, 0.0), (2, 0.4)], [(2, 0.4)]))
def test_it_is_tried_again(killed, tmp_path, count, seconds):
    started = killed(count, seconds)
    fork_server = ForkServer().wait()
    runners = Runners(fork_server.zygote)
    runner = runners.start()
    assert runner.cell("print(1)", "<cell 1>", 10) == (None, "1\n")
    runner.close()
    runners.close()
    assert len(started) == count + 1
    assert len(list(tmp_path.iterdir())) == 1
    fork_server.close()
    assert list(tmp_path.iterdir()) == []


def test_it_is_given_up_in_one_line(killed, tmp_path):
    started = killed(10, 0.0)
    with pytest.raises(CourseError, match="did not start in 3 tries"):
        ForkServer().wait()
    assert len(started) == 3
    until = time.monotonic() + 10
    while any(process.poll() is None for process in started):
        assert time.monotonic() < until
    assert list(tmp_path.iterdir()) == []


def test_a_course_in_the_environments_own_directory_is_not_readable():
    """`python -m venv course`: what Python needs of it, and nothing else."""
    readable = Policy().readable_paths()
    assert sys.prefix not in readable
    assert any(path.startswith(sys.prefix) for path in readable)


def test_a_course_that_submissions_could_read_is_refused(tmp_path):
    refuse_readable(str(tmp_path / "course"))
    with pytest.raises(CourseError, match="/usr, which every submission may read"):
        refuse_readable(str(tmp_path / "secret"), "/usr/share/course")


class TestALostRunner:
    """Nothing of a submission has run in it yet: it is the machine that ended it."""

    @pytest.fixture
    def losing(self, monkeypatch):
        """Kills so many runners before they say that they are ready."""
        real, lost = Runner._exchange, []

        def losing(count):
            def exchange(runner, letter, *rest):
                if letter is None and len(lost) < count:
                    lost.append(runner.process)
                    runner.runners.kill(runner.process)
                    runner.runners.wait(runner.process)
                    runner.runners.ended[runner.process] = {"limits": []}
                    raise RunnerDied("its process ended")
                return real(runner, letter, *rest)

            monkeypatch.setattr(Runner, "_exchange", exchange)
            return lost

        return losing

    def test_another_is_started(self, losing, grade):
        lost = losing(4)
        result = grade(RIGHT)
        assert len(lost) == 4
        assert result.marks[EXERCISE.grade_id].score == 4
        assert result.anomalies == []

    def test_in_the_end_that_is_an_error(self, losing, runners):
        losing(99)
        with pytest.raises(OSError, match="did not start: its process ended"):
            runners.start()

    def test_it_is_lost_before_modules_are_withheld(self, monkeypatch, grade):
        real, lost = Runner.withhold, []

        def withhold(runner, modules):
            if len(lost) < 2:
                lost.append(runner.process)
                runner.runners.kill(runner.process)
            return real(runner, modules)

        monkeypatch.setattr(Runner, "withhold", withhold)
        result = grade(RIGHT)
        assert len(lost) == 2
        assert result.marks[EXERCISE.grade_id].score == 4
