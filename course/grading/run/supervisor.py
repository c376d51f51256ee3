"""Grades a class: hands out notebooks, keeps results, survives whatever dies."""

import json
import selectors
import time
from collections import deque
from dataclasses import dataclass, replace

from course.grading import wire
from course.grading.results import Mark, Result
from course.grading.run.jobs import points_of
from course.grading.run.processes import ForkServer

_TRIES = 8
_DISK_SECONDS = 60


@dataclass(frozen=True)
class Task:
    """One notebook to be graded.

    Args:
        student, notebook: Whose, and which.
        only: grade_ids to examine; all if empty.
        digests: What each mark of its result will depend on; see `jobs.digests_of`.
    """

    student: str
    notebook: str
    only: list
    digests: dict


class Supervisor:
    """One run over the notebooks of one unit.

    Args:
        settings: "server", keyword arguments of `ForkServer`, and "worker", of
            `Worker` but for the zygote.
        journal: A `Journal`; a notebook is graded once its result is there.
        workers: How many notebooks are graded at the same time.
        keep: Called with each result after the journal has it.
        tell: Called with (done, all, seconds) after each.
    """

    def __init__(self, settings, journal, workers, keep, tell):
        self.settings = settings
        self.journal = journal
        self.count = workers
        self.keep = keep
        self.tell = tell
        self.busy = {}  # connection -> task
        self.tries = {}
        self.selector = selectors.DefaultSelector()
        self.fork_server = None

    def run(self, tasks, load):
        """Grades every task.

        Args:
            tasks: A list of `Task`.
            load: Gives the job of a task; see `course.grading.run.jobs`.

        Returns:
            How many results there are.
        """
        self.load = load
        todo, done, begun = deque(tasks), 0, time.monotonic()
        try:
            while todo or self.busy:
                while todo and len(self.busy) < self.count:
                    self._hand_out(todo)
                for key, _ in self.selector.select():
                    task, result = self._collect(key.fileobj)
                    if result is None and not self._once_more(task):
                        result = self._give_up(task)
                    if result is None:
                        todo.append(task)
                        continue
                    self._record(result, task)
                    done += 1
                    self.tell(done, len(tasks), time.monotonic() - begun)
                    if todo:
                        self._hand_out(todo, key.fileobj)
        finally:
            for connection in list(self.busy):
                self._drop(connection)
            self.close()
        return done

    def begin(self):
        """Starts what takes seconds to start; `run` waits for it, `close` ends it."""
        if self.fork_server is None:
            self.fork_server = ForkServer(**self.settings["server"])

    def close(self):
        if self.fork_server:
            self.fork_server.close()
            self.fork_server = None

    def _hand_out(self, todo, connection=None):
        task = todo.popleft()
        job = json.dumps(self.load(task)).encode()
        while True:
            try:
                if connection is None or connection.fileno() < 0:
                    connection = self._new_worker()
                wire.send(connection, b"J", job)
                break
            except wire.Closed:
                connection = None
                self.close()
        self.busy[connection] = task
        if connection not in self.selector.get_map():
            self.selector.register(connection, selectors.EVENT_READ)

    def _new_worker(self):
        self.begin()
        return self.fork_server.wait().worker(self.settings["worker"])  # type: ignore[union-attr]

    def _collect(self, connection):
        """The task that a worker had, and its result; None if the worker is gone."""
        task = self.busy.pop(connection)
        try:
            letter, payload = wire.receive(connection)
            result = Result.from_data(json.loads(payload))
        except (wire.Closed, wire.Malformed, ValueError):
            self._drop(connection)
            return task, None
        if letter == b"L" or len(self.busy) + 1 > self.count:
            self._drop(connection)
        return task, result

    def _drop(self, connection):
        self.busy.pop(connection, None)
        if connection in self.selector.get_map():
            self.selector.unregister(connection)
        connection.close()

    def _once_more(self, task):
        key = _place(task)
        self.tries[key] = self.tries.get(key, 0) + 1
        return self.tries[key] < _TRIES

    def _record(self, result, task):
        if task.only:
            result = result.over(self.journal.read(*_place(task))[0])
            known = points_of(self.settings["worker"]["releases"][task.notebook])
            marks = {n: mark for n, mark in result.marks.items() if n in known}
            result = replace(result, marks=marks)
        until = time.monotonic() + _DISK_SECONDS
        while True:
            try:
                self.journal.write(result, task.digests)
                break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)
        self.keep(result)

    def _give_up(self, task):
        """The grader's own process died on it again and again: a human must look."""
        worker = self.settings["worker"]
        result = Result(task.student, worker["unit"], task.notebook)
        result.anomalies.append(f"the grader's process ended {_TRIES} times on it")
        points = points_of(worker["releases"][task.notebook])
        why = "a fault of the grader's own"
        for grade_id in task.only or points:
            most = points[grade_id]
            result.marks[grade_id] = Mark(None, most, "manual", message=why)
        return result


def _place(task):
    return task.notebook, task.student
