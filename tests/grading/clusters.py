"""A Dask scheduler and its workers, as processes of their own."""

import contextlib
import json
import os
import subprocess
import sys
import time

from tests.grading.courses import LEAN, ROOT


@contextlib.contextmanager
def running(folder, workers):
    """Yields (address, the workers' processes); ends them all."""
    file = folder / "scheduler.json"
    flags = ["--scheduler-file", str(file)]
    scheduler = _dask(
        folder, "scheduler", "--port", "0", "--no-dashboard", "--host",
        "127.0.0.1", *flags,
    )  # fmt: skip
    processes = [scheduler]
    try:
        until = time.monotonic() + 60
        while not file.exists() and time.monotonic() < until:
            time.sleep(0.1)
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", *flags]
        processes += [_dask(folder, "worker", *options) for _ in range(workers)]
        yield json.loads(file.read_text())["address"], processes[1:]
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def _dask(folder, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{LEAN}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
