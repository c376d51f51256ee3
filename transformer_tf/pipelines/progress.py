"""Long work shows how far it is; work that is stopped keeps what it has done."""

from __future__ import annotations

import sys
import time
from typing import Any

PATIENCE = 3.0  # seconds until a bar appears by itself


class Interrupted(KeyboardInterrupt):
    """Ctrl-C in a call with many inputs: what was done is in `results`.

    Args:
        results: The answers so far, in the order of the inputs.
        total: How many there would have been.

    Example:
        >>> classify = pipeline("text-classification", "models/classifier")
        >>> try:
        ...     answers = classify(["pon música", "turn on the lamp"])
        ... except Interrupted as stopped:  # Ctrl-C
        ...     answers = stopped.results
        >>> len(answers)
        2
    """

    def __init__(self, results: list[Any], total: int):
        super().__init__(
            f"stopped after {len(results)} of {total}; error.results has the answers"
        )
        self.results = results


class Progress:
    """A line on the error stream with a bar, a count and the time that is left.

    Args:
        total: Number of items.
        shown: True, False, or None: at a terminal, once `PATIENCE` is over.
    """

    def __init__(self, total: int, shown: bool | None = None):
        self.total = total
        self.waits = shown is None
        self.shown = sys.stderr.isatty() if shown is None else shown
        self.start = time.monotonic()
        self.written = False

    def update(self, done: int) -> None:
        """Draws the bar for `done` items."""
        passed = time.monotonic() - self.start
        if not self.shown or (self.waits and passed < PATIENCE):
            return
        share = done / max(self.total, 1)
        left = passed / done * (self.total - done) if done else 0.0
        bar = "#" * int(30 * share)
        line = f"\r[{bar:<30}] {done}/{self.total}, {left:.0f} s left "
        print(line, end="", file=sys.stderr, flush=True)
        self.written = True

    def close(self) -> None:
        """Ends the line."""
        if self.written:
            print(file=sys.stderr)
