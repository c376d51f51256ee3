"""The same jobs on other machines, over Dask, which only carries them.

Start a scheduler and, on each machine, workers of one thread:

    dask scheduler
    dask worker tcp://HOST:8786 --nworkers 2 --nthreads 1

Each worker warms its own process and isolates submissions as here. What is graded is
in the journal of the machine that runs `grade`; whatever a dying worker held is sent
out again.
"""

import functools
import json
import threading
import time
from collections import deque

from course.errors import CourseError
from course.grading.results import Result
from course.grading.run.single import Single
from course.grading.run.supervisor import Supervisor

_IN_FLIGHT = 3  # jobs a worker: one runs, the others wait there
_lock = threading.Lock()


def grade_remotely(settings, job):
    """Runs in a Dask worker: JSON text of settings and job in, of the result out."""
    with _lock:
        return json.dumps(_single(settings).grade(json.loads(job)).to_data())


@functools.lru_cache(maxsize=1)
def _single(settings):
    return Single(json.loads(settings))


class Cluster(Supervisor):
    """A `Supervisor` whose workers are Dask's.

    Args:
        address: The scheduler's, such as "tcp://host:8786".
        settings, journal, workers, keep, tell: As for `Supervisor`.
    """

    def __init__(self, address, *arguments):
        super().__init__(*arguments)
        self.address = address

    def begin(self):
        """Nothing starts here: Dask's workers have each their own."""

    def run(self, tasks, load):
        from distributed import Client, as_completed

        try:
            client = Client(self.address, timeout=20)
        except (OSError, TimeoutError) as error:
            raise CourseError(f"no Dask scheduler at {self.address}: {error}") from None
        todo, done, begun = deque(tasks), 0, time.monotonic()
        settings, running, futures = json.dumps(self.settings), {}, as_completed()

        def submit():
            task = todo.popleft()
            text = json.dumps(load(task))
            future = client.submit(grade_remotely, settings, text, pure=False)
            running[future.key] = task
            futures.add(future)

        with client:
            room = _IN_FLIGHT * max(1, len(client.scheduler_info()["workers"]))
            while todo and len(running) < room:
                submit()
            for future in futures:
                task, result = running.pop(future.key), None
                if future.status == "finished":
                    result = Result.from_data(json.loads(future.result()))
                elif not self._once_more(task):
                    result = self._give_up(task)
                if result is None:
                    todo.append(task)
                else:
                    self._record(result, task)
                    done += 1
                    self.tell(done, len(tasks), time.monotonic() - begun)
                future.release()
                if todo:
                    submit()
        return done
