"""The two sides, each a command in a new process, and what they left behind."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import fmean

ROOT = Path(__file__).parents[2]
_LIMIT = 3 * 3600


def ours(folder, unit, workers=2):
    """(seconds of the command, seconds until the first verdict was on disk)."""
    for name in (".grading", "autograded"):
        shutil.rmtree(folder / name, ignore_errors=True)
    shutil.copy(folder / "pristine.db", folder / "ours.db")
    command = ["-m", "course", "grade", unit, "-j", str(workers), "--course", "."]
    command += ["--gradebook", f"sqlite:///{folder}/ours.db"]
    begun, started = time.time(), time.perf_counter()
    _run(folder, command)
    seconds = time.perf_counter() - started
    written = [p.stat().st_mtime for p in (folder / ".grading").rglob("*.json")]
    return seconds, min(written) - begun


def stock(folder, unit, halves=("*",), options=()):
    """Seconds of `nbgrader autograde`, or of one for each glob of students at once.

    Side by side, each has a gradebook and an output folder of its own. That it loses
    a submission, as it does on a busy machine, shows in the scores.
    """
    commands = []
    for number, students in enumerate(halves):
        mark = f"-{number}" if len(halves) > 1 else ""
        shutil.rmtree(folder / f"autograded-stock{mark}", ignore_errors=True)
        shutil.copy(folder / "pristine.db", folder / f"stock{mark}.db")
        own = [
            f"--CourseDirectory.db_url=sqlite:///stock{mark}.db",
            f"--CourseDirectory.autograded_directory=autograded-stock{mark}",
            f"--student={students}",
        ]
        commands.append(["-m", "nbgrader", "autograde", unit, *own, *options])
    started = time.perf_counter()
    with ThreadPoolExecutor(len(commands)) as pool:
        list(pool.map(lambda command: _run(folder, command, (0, 1)), commands))
    return time.perf_counter() - started


def scores(folder, side):
    """(student, grade_id) -> automatic score in that side's gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder}/{side}.db") as book:
        return {
            (submission.student.id, grade.name): grade.auto_score
            for assignment in book.assignments
            for submission in assignment.submissions
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def stages(folder, unit):
    """Mean seconds a notebook spends in each stage of ours; start + end = sandbox."""
    spent = defaultdict(list)
    for path in (folder / ".grading" / unit).rglob("*.json"):
        seconds = json.loads(path.read_text())["result"]["seconds"]
        for name in ("rebuild", "start", "cells", "examine", "end", "all"):
            spent[name].append(seconds.get(name, 0.0))
    found = {name: fmean(values) for name, values in spent.items()}
    return {"sandbox": found["start"] + found["end"], **found}


def private_memory(folder, unit):
    """Private bytes at most of each worker and submission's process, in bytes."""
    shutil.rmtree(folder / ".grading", ignore_errors=True)
    command = ["-m", "course", "grade", unit, "-j", "2", "--course", "."]
    process = subprocess.Popen(
        [sys.executable, *command, "--gradebook", "none"],
        cwd=folder,
        env=environment(folder),
        stderr=subprocess.DEVNULL,
    )
    highest = {}
    while process.poll() is None:
        time.sleep(0.05)
        for number, private in read_forked(process.pid):
            highest[number] = max(private, highest.get(number, 0))
    return sorted(highest.values(), reverse=True)


def read_forked(command):
    """(process, private bytes) of each that the fork server of a command forked."""
    for child in children(command):
        waiting = list(children(child))
        while waiting:
            number = waiting.pop()
            waiting += children(number)
            with contextlib.suppress(OSError):
                yield number, memory(number)[0]


def memory(number):
    """Bytes that are a process's own, and those with its share of what others have.

    Raises:
        OSError: It has ended.
    """
    text = Path(f"/proc/{number}/smaps_rollup").read_text()
    own = re.findall(r"^Private_\w+: +(\d+)", text, re.M)
    share = re.findall(r"^Pss: +(\d+)", text, re.M)
    return 1024 * sum(map(int, own)), 1024 * sum(map(int, share))


def children(number):
    """The processes that a process started, by number."""
    try:
        text = Path(f"/proc/{number}/task/{number}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]


def environment(folder):
    """What a side's command runs in."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}",
    }


def _run(folder, command, accepted=(0,)):
    ran = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=_LIMIT,
    )
    if ran.returncode not in accepted:
        raise RuntimeError(f"{' '.join(command)} failed: {ran.stderr[-2000:]}")
