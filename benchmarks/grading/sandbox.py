"""What the sandbox costs: a submission's process in it, beside the same without one.

At the level "limits" a process is forked, talks to the grader and ends as in a sandbox,
but is not shut in: the difference is the price of the isolation alone.
"""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from course.grading.run.processes import ForkServer
from course.grading.worker.runners import Runners

ISOLATED, BARE = ("namespaces", "landlock"), "limits"


def costs(pairs, together):
    """Starts and ends processes at each level in turns.

    Args:
        pairs: How often.
        together: How many at the same time, as with -j.

    Returns:
        level -> (median seconds to start and end one, median seconds more than bare).
    """
    taken = {level: [] for level in (*ISOLATED, BARE)}
    with contextlib.ExitStack() as stack, ThreadPoolExecutor(together) as pool:
        clients = {}
        for level in taken:
            fork_server = stack.enter_context(contextlib.closing(ForkServer(level)))
            fork_server.wait()
            clients[level] = [
                stack.enter_context(contextlib.closing(Runners(fork_server.zygote)))
                for _ in range(together)
            ]
        for _ in range(2 + pairs):
            for level, seconds in taken.items():
                seconds.append(median(pool.map(_start_and_end, clients[level])))
    bare = taken[BARE][2:]
    return {
        level: (
            median(seconds[2:]),
            median(one - other for one, other in zip(seconds[2:], bare, strict=True)),
        )
        for level, seconds in taken.items()
    }


def _start_and_end(runners):
    begun = time.perf_counter()
    runners.start().close()
    return time.perf_counter() - begun
