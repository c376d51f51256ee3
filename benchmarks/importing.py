"""What `import transformer_tf` costs after `import keras`, inside fresh processes."""

import os
import subprocess
import sys
from statistics import quantiles

from benchmarks.paired import Row

IMPORT = """
import time, keras
wall, used = time.perf_counter(), time.process_time()
import transformer_tf
print(time.perf_counter() - wall, time.process_time() - used)
"""


def time_import():
    """Seconds, and seconds of processor time, of one process."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "KERAS_BACKEND": "tensorflow"},
    )
    return tuple(map(float, done.stdout.split()))


def rows(pairs):
    time_import()  # fills the file cache
    wall, used = zip(*[time_import() for _ in range(pairs)])
    low, middle, high = quantiles(wall, n=4, method="inclusive")
    yield Row(
        "import transformer_tf after import keras",
        "<= 0.10 s",
        f"{middle:.2f} s ({low:.2f}-{high:.2f}, {pairs} processes)",
        middle <= 0.1,
        f"{quantiles(used, n=4, method='inclusive')[1]:.2f} s of processor time",
    )
