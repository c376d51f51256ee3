"""Says plainly what this machine lacks, before an installation fails half way.

Runs on whatever Python is there: it needs nothing and uses old syntax only.
"""

import os
import shutil
import sys

MISSING = []

if sys.version_info < (3, 11):
    MISSING.append(
        "Python 3.11 or newer (this is {}.{}): install it, then run "
        "make with PYTHON=python3.11".format(*sys.version_info[:2])
    )
try:
    import ensurepip  # noqa: F401
    import venv  # noqa: F401
except ImportError:
    MISSING.append(
        "Python's venv module: on Debian or Ubuntu, apt-get install python3-venv"
    )
if os.name == "nt":
    MISSING.append("Linux or macOS: on Windows, use WSL (there are no Windows wheels)")
free = shutil.disk_usage(".").free / 1e9
if not os.path.exists(".venv") and free < 4:
    MISSING.append(f"about 3 GB of free disk space (there are {free:.1f} GB)")

if MISSING:
    sys.exit("This machine lacks:\n" + "\n".join("  * " + what for what in MISSING))
