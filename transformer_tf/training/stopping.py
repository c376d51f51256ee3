"""Signals that ask a training to stop: it does so between two steps."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator


class Stopped(KeyboardInterrupt):
    """A training stopped when it was asked to, after a checkpoint.

    Args:
        number: The signal: SIGINT (Ctrl-C) or SIGTERM.
        step: Updates made.
    """

    def __init__(self, number: int, step: int):
        super().__init__(f"stopped after step {step}")
        self.number, self.step = number, step


@contextlib.contextmanager
def stop_signals() -> Iterator[list[int]]:
    """The signals that came; after the first one they do again what they always do.

    Example:
        >>> step = 0
        >>> with stop_signals() as signals:
        ...     while not signals and step < 1000:
        ...         step += 1
        >>> step
        1000
    """
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came  # Python hands signals to the main thread alone
        return
    before = {number: signal.getsignal(number) for number in _NUMBERS}

    def note(number, frame):
        came.append(number)
        signal.signal(number, before[number])

    for number in _NUMBERS:
        signal.signal(number, note)
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_NUMBERS = (signal.SIGINT, signal.SIGTERM)
