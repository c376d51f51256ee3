"""What `import transformer_tf` costs above `import keras`, in fresh processes."""

import os
import subprocess
import sys
from statistics import median, quantiles

from benchmarks.paired import Row, seconds


def imported(module):
    return seconds(
        lambda: subprocess.run(
            [sys.executable, "-c", f"import {module}"],
            check=True,
            capture_output=True,
            env={**os.environ, "KERAS_BACKEND": "tensorflow"},
        )
    )


def rows(pairs):
    for module in ("keras", "transformer_tf"):
        imported(module)  # fills the file cache
    extra = [imported("transformer_tf") - imported("keras") for _ in range(pairs)]
    low, _, high = quantiles(extra, n=4, method="inclusive")
    yield Row(
        "import transformer_tf, above import keras",
        "<= 0.30 s",
        f"{median(extra):.2f} s ({low:.2f}-{high:.2f}, {pairs} pairs)",
        median(extra) <= 0.3,
    )
