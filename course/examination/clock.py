"""Ends code that does not come back, so that an endless loop takes nothing along."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator

PATIENCE = 4
_AGAIN = 0.5  # seconds: what was caught and thrown away comes again


class TimeIsUp(BaseException):
    """Code ran longer than it may; not an Exception, so that few catch it."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises TimeIsUp in this thread once so many seconds have been worked through.

    A busy machine is no reason to call code slow, nor are several processors at once:
    both processor time and the clock must have passed the limit. For code that only
    waits, `PATIENCE` times as long on the clock is the end.

    Without effect outside the main thread, where Python handles no signals, on
    Windows, which has no such timers, and while a compiled operation runs.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if os.name != "posix" or not in_main:
        yield
        return
    began, worked = time.monotonic(), time.process_time()

    def ring(*_):
        waited = time.monotonic() - began
        busy = min(waited, time.process_time() - worked)
        if busy >= seconds or waited >= PATIENCE * seconds:
            raise TimeIsUp(f"more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
