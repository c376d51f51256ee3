"""What this machine can do for grading, and what that protects against."""

import contextlib
import os
import platform
import shutil
import time

from course.errors import CourseError
from course.grading.run.processes import ForkServer
from course.grading.sandbox import landlock, probe, seccomp
from course.grading.sandbox.enter import LEVELS
from course.grading.sandbox.groups import Groups
from course.grading.worker.runners import Runners
from course.telling import translate

# What a submission cannot do, and at which levels that holds.
PROTECTIONS = (
    ("see the checks, seeds, gradebook, other students' work", LEVELS[:2]),
    ("read the library's source, or call its answer before the check", LEVELS[:2]),
    ("write anywhere but in a private directory", LEVELS[:2]),
    ("change modes, owners or times of any file", LEVELS[:2]),
    ("open a network connection", LEVELS[:2]),
    ("start a process, or leave one behind", LEVELS[:2]),
    ("inspect or signal another process", LEVELS[:2]),
    ("see that other processes exist, or other paths", LEVELS[:1]),
    ("fill the disk: its /tmp is a bounded memory file system", LEVELS[:1]),
    ("fill the disk: its directory is watched", LEVELS[1:]),
    ("exceed limits on memory, time, output, open files", LEVELS),
    ("forge a score, or learn a seed or an expected value over the wire", LEVELS),
)


def examine():
    """What was found, as a list of (heading, list of lines)."""
    found = [("This machine", _machine()), ("Isolation", _levels())]
    best, lines = _warm()
    found.append(("Fork server", lines))
    if best:
        found.append((f'With "{best}" a submission cannot', _promises(best)))
    return found


def _machine():
    who = "root" if os.geteuid() == 0 else f"user {os.geteuid()}"
    cores, memory = os.cpu_count(), os.sysconf("SC_PAGE_SIZE")
    memory *= os.sysconf("SC_PHYS_PAGES")
    free = shutil.disk_usage(".").free
    return [
        f"{platform.system()} {platform.release()} {platform.machine()}, as {who}",
        f"Python {platform.python_version()}; {cores} cores, "
        f"{memory / 2**30:.0f} GiB of memory, {free / 2**30:.0f} GiB free here",
        f"seccomp filter: {'known' if seccomp.is_supported() else 'not written'} for "
        f"this processor; Landlock version: {landlock.version() or 'none'}",
        f"limits on a submission's processes together: {_groups()}",
    ]


def _groups():
    allowed = probe.policy()
    with contextlib.closing(Groups(allowed)) as groups:
        held, why = groups.limits, groups.why
    amounts = {
        "memory": f"{allowed.group_memory / 2**30:.0f} GiB of memory",
        "pids": f"{allowed.threads} threads",
        "cpu": f"{allowed.processors:g} processor",
    }
    lines = [f"{amounts[name]} (cgroup version {held[name]})" for name in held]
    none = not lines
    lines += [f"{name} not limited: {reason}" for name, reason in why.items()]
    if none:
        lines.append("none; limits hold for each process, and a submission has one")
    return "; ".join(map(translate, lines))


def _levels():
    allowed = probe.policy()
    lines = []
    for level in LEVELS:
        why = probe.attempt(level, allowed)
        note = "available" if not why else f"not available: {why}"
        if level == "limits" and not why:
            note = "available, but isolates nothing: only with --trust"
        lines.append(f"{level}: {note}")
    return lines


def _warm():
    begun = time.perf_counter()
    try:
        fork_server = ForkServer().wait()
    except CourseError as error:
        return None, [str(error)]
    try:
        lines = [
            f"TensorFlow, Keras and the course imported, forked and isolated in "
            f"{time.perf_counter() - begun:.1f} s"
        ]
        runners = Runners(fork_server.zygote)
        runners.start().close()
        begun = time.perf_counter()
        runner = runners.start()
        started = time.perf_counter() - begun
        runner.close()
        ended = time.perf_counter() - begun - started
        lines.append(
            f"a submission's process starts in {started * 1000:.0f} ms and is gone in "
            f"{ended * 1000:.0f} ms"
        )
        return fork_server.level, lines
    finally:
        fork_server.close()


def _promises(level):
    return [what for what, levels in PROTECTIONS if level in levels]
