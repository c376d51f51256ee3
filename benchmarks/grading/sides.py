"""The two sides, each a command in a new process, and what they left behind."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections import defaultdict
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


def stock(folder, unit):
    """Seconds of `nbgrader autograde`."""
    shutil.rmtree(folder / "autograded-stock", ignore_errors=True)
    shutil.copy(folder / "pristine.db", folder / "stock.db")
    started = time.perf_counter()
    _run(folder, ["-m", "nbgrader", "autograde", unit])
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


def _run(folder, command):
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}",
    }
    ran = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=_LIMIT,
    )
    if ran.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {ran.stderr[-2000:]}")
