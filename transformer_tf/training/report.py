"""TensorFlow's own. What a training tells: a bar, a log of lines, TensorBoard."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

EVERY = 10  # steps whose losses are fetched together


class Report:
    """Writes what happens to the terminal, to log.jsonl and for TensorBoard.

    Args:
        steps: How many there will be.
        folder: Where log.jsonl and `tensorboard` go; None for the terminal alone.
        start: Updates made before; what the log has of later ones is cut off.
        shown: Whether anything is printed.
    """

    def __init__(
        self, steps: int, folder: Path | None, start: int = 0, shown: bool = True
    ):
        self.shown = shown
        self.steps, self.log, self.board = steps, None, None
        self.bar = None
        if shown and sys.stdout.isatty():
            self.bar = keras.utils.Progbar(steps, stateful_metrics=["loss", "rate"])
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            path = cut_log(folder / "log.jsonl", start)
            self.log = path.open("a", encoding="utf-8")
            self.board = tf.summary.create_file_writer(str(folder / "tensorboard"))
        self.begun: float | None = None
        self.waited = 0.0

    def begin(self) -> None:
        """Starts the clock, if it does not run."""
        if self.begun is None:
            self.begun, self.waited = time.perf_counter(), 0.0

    def write(self, step: int, **values: float) -> None:
        """A line of the log, and a point of each curve."""
        if self.log is not None:
            line = {"step": step, **values}
            self.log.write(json.dumps(line) + "\n")
        if self.board is not None:
            with self.board.as_default(step):
                for name, value in values.items():
                    tf.summary.write(name, tf.constant(value), metadata=_SCALAR)

    def show(self, step: int, **values: float) -> None:
        """The state at a step, to who looks on."""
        self.flush()
        if self.bar is not None:
            self.bar.update(step, list(values.items()))
        elif self.shown:
            told = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
            share = 100 * self.waited_share()
            print(
                f"step {step}/{self.steps}: {told}, {share:.1f} % waiting", flush=True
            )

    def waited_share(self) -> float:
        """Seconds in which the model waited for data, of all seconds."""
        if self.begun is None:
            return 0.0
        return self.waited / max(time.perf_counter() - self.begun, 1e-9)

    def flush(self) -> None:
        """Puts on the disk what was written."""
        if self.log is not None:
            self.log.flush()
        if self.board is not None:
            self.board.flush()

    def close(self) -> None:
        """Ends the log."""
        self.flush()
        if self.log is not None:
            self.log.close()
        if self.board is not None:
            self.board.close()


def cut_log(path: Path, step: int) -> Path:
    """Leaves of a log what stands before the checkpoint that is gone on from."""
    kept = [line for line in read_log(path) if line["step"] <= step]
    partial = path.with_suffix(".partial")
    partial.write_text("".join(json.dumps(line) + "\n" for line in kept), "utf-8")
    os.replace(partial, path)
    return path


def read_log(path: Path) -> list[dict[str, Any]]:
    """The lines of a log; not the half one that a killed process left."""
    found = []
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        try:
            found.append(json.loads(line))
        except ValueError:
            break
    return found


# What `tf.summary.scalar` writes, too, where the package tensorboard is installed.
_SCALAR = tf.compat.v1.SummaryMetadata(
    plugin_data={"plugin_name": "scalars"}, data_class="DATA_CLASS_SCALAR"
)
