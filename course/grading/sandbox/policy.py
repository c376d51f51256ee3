"""What a submission may see and use."""

import os
import sys
from dataclasses import dataclass, field

_SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/etc/localtime",
    "/etc/ssl/certs",
)
# Of a directory that Python is installed in; what else lies there is somebody's own, as
# where a course was made in the directory of its virtual environment.
_OF_PYTHON = ("bin", "lib", "lib32", "lib64", "share", "ssl", "pyvenv.cfg")


@dataclass(frozen=True)
class Policy:
    """Paths and limits of one submission.

    Args:
        readable: Paths that may be read besides the system's and Python's.
        hidden: Paths below those that may not: the course and its library.
        memory: Bytes of address space; TensorFlow alone maps 2 GiB to 3 GiB.
        private_bytes: Size of the private /tmp.
        cpu_seconds: Processor time of the whole submission.
        open_files: File descriptors.
        file_bytes: Size of one written file.
        threads: Threads, counted alone where the level has its own user namespace or
            user id, and in its group of processes.
        group_memory: Bytes of its own that a submission's group of processes may have,
            where there are groups; what was there before the fork is not counted.
        processors: How many processors the group may keep busy.
    """

    readable: tuple = ()
    hidden: tuple = ()
    memory: int = 6 << 30
    private_bytes: int = 256 << 20
    cpu_seconds: int = 300
    open_files: int = 256
    file_bytes: int = 128 << 20
    threads: int = field(default_factory=lambda: 96 + 8 * (os.cpu_count() or 1))
    group_memory: int = 3 << 30
    processors: float = 1.0

    def readable_paths(self):
        """Every path that may be read, none below another."""
        prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix}
        python = {os.path.join(p, name) for p in prefixes for name in _OF_PYTHON}
        found: list[str] = []
        for path in sorted({*_SYSTEM, *python, *self.readable}):
            covered = any(path.startswith(known.rstrip("/") + "/") for known in found)
            if os.path.exists(path) and not covered:
                found.append(path)
        return found

    def hidden_paths(self):
        return [path for path in self.hidden if os.path.exists(path)]
