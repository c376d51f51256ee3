"""Runs whole notebooks, every cell, each in a process of its own; a program.

    python run_notebooks.py FOLDER [PATTERN ...]

FOLDER is a learner's. One process imports what all of them need, and a fork of it runs
each notebook's cells in IPython, which takes a tenth of a kernel's start. A line of
JSON is printed for each: its seconds, those of its slowest cell, what was raised, and
the end of what it printed. The status is 1 if anything was raised, or nothing found. It
imports nothing of the tests: the Python of a wheel's environment runs it.
"""

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

INLINE = "module://matplotlib_inline.backend_inline"  # as in Jupyter's kernel


def run_here(path: Path) -> dict:
    """Runs a notebook's cells in this process; gives what was raised, and seconds."""
    from IPython.core.interactiveshell import InteractiveShell

    os.chdir(path.parent)
    sys.path.insert(0, "")
    shell = InteractiveShell.instance()
    shell.showtraceback = lambda *ignored, **options: None
    slowest, raised = (0.0, ""), []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        began = time.perf_counter()
        found = shell.run_cell("".join(cell["source"]), store_history=True)
        slowest = max(slowest, (round(time.perf_counter() - began, 1), cell["id"]))
        error = found.error_before_exec or found.error_in_exec
        if error is not None:
            raised.append(f"{cell['id']}: {type(error).__name__}: {error}"[:500])
    return {"slowest": slowest, "raised": raised}


def run_apart(path: Path) -> dict:
    """The same in a fork of this process, with what it cost and printed."""
    with tempfile.TemporaryFile("w+") as answer, tempfile.TemporaryFile("w+") as said:
        began = time.perf_counter()
        child = os.fork()
        if not child:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            json.dump(run_here(path), answer)
            answer.flush()
            os._exit(0)  # what IPython does at the end is no learner's affair
        _, status, used = os.wait4(child, 0)
        answer.seek(0)
        said.seek(0)
        printed = said.read()
        report = json.loads(answer.read() or '{"slowest": [], "raised": ["killed"]}')
    return {
        "seconds": round(time.perf_counter() - began, 1),
        "processor": round(used.ru_utime + used.ru_stime, 1),
        "memory_mb": used.ru_maxrss >> 10,
        **report,
        "status": status,
        "printed": printed[-4000:],
    }


def main(folder: str, *patterns: str) -> int:
    os.environ.setdefault("MPLBACKEND", INLINE)
    import IPython.core.interactiveshell  # noqa: F401
    import matplotlib.pyplot  # noqa: F401

    import course

    course.exercises()
    root = Path(folder).resolve()
    found = sorted({p for one in patterns or ["**/*.ipynb"] for p in root.glob(one)})
    failed = not found
    for path in found:
        report = run_apart(path)
        name = path.relative_to(root).as_posix()
        print(json.dumps({"notebook": name, **report}, ensure_ascii=False), flush=True)
        failed = failed or bool(report["raised"])
    return int(failed)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(main(*sys.argv[1:]))
