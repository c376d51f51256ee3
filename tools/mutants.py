"""Small changes to the library, one at a time: which of them does no test see?

    python -m tools.mutants                      all of them; make mutants
    python -m tools.mutants --only softmax       those of some files
    python -m tools.mutants --survivors          what survived before, once more
    python -m tools.mutants --list               their names alone

`drawn_mutants.TESTS` names files of the library and their tests. Each file is changed
in a few places, chosen by a fixed seed, in a copy of the tree; its tests run until one
fails. A result is kept as soon as it is known (`build/mutants.json`), so a run that was
stopped goes on where it was. In the end the tests that failed run on the unchanged
copy: what fails there as well has caught nothing.

A survivor is a missing test, or a change that makes no difference.
"""

import argparse
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from tools.drawn_mutants import EACH, TESTS, Mutant, mutants

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "build" / "mutants.json"
LONGEST = 240  # seconds of a processor: what never comes back is seen too
CAUGHT = {"caught by": "not run"}
OURS = ("transformer_tf", "course", "tests")


def copy_tree(folder: Path) -> None:
    """The tracked and new files as they are now: edits meanwhile change no run."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def run_tests(tree: Path, arguments: list[str], log: Path) -> tuple[int, str]:
    """pytest's exit status (above 100: ended by a signal), and what it printed.

    A fork of this process, which has imported Keras already: that takes most of the
    time of a short test.
    """
    child = os.fork()
    if child == 0:
        _run_and_exit(tree, arguments, log)
    try:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except BaseException:  # stopped: the tests must not go on
        os.kill(child, signal.SIGKILL)
        raise
    return (100 - status if status < 0 else status), log.read_text("utf-8", "replace")


def _run_and_exit(tree: Path, arguments: list[str], log: Path) -> None:
    status: int = 99
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST + 5))
        signal.alarm(10 * LONGEST)  # it may wait for ever as well
        written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(written, 1)
        os.dup2(written, 2)
        os.chdir(tree)
        for name in [n for n in sys.modules if n.partition(".")[0] in OURS]:
            del sys.modules[name]
        sys.path[:] = [str(tree), *(p for p in sys.path if p not in ("", str(ROOT)))]
        status = pytest.main(["-q", "-p", "no:cacheprovider", *arguments])
        sys.stdout.flush()
        if not sys.modules["transformer_tf"].__file__.startswith(str(tree)):  # type: ignore[union-attr]
            status = 98
    finally:
        os._exit(status)


def examine(mutant: Mutant, tree: Path) -> dict[str, Any]:
    """What its tests say of a mutant: the first that failed, or None if all passed."""
    path = tree / "transformer_tf" / mutant.path
    kept, began = path.read_bytes(), time.time()
    path.write_text(mutant.source, encoding="utf-8")
    try:
        arguments = ["-x", *tests_of(mutant.path)]
        status, printed = run_tests(tree, arguments, tree / "build.log")
    finally:
        path.write_bytes(kept)
    if status - 100 in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
        raise KeyboardInterrupt  # somebody ended it: that says nothing of the change
    if status not in (0, 1, 2) and status <= 100:
        raise RuntimeError(f"no tests ran for {mutant.name}:\n{printed[-2000:]}")
    caught = next(
        (
            line.split(" ", 1)[1].partition(" - ")[0]
            for line in printed.splitlines()
            if line.startswith(("FAILED ", "ERROR "))
        ),
        None,
    )
    if status > 0 and caught is None:
        caught = f"{tests_of(mutant.path)[0]} (ended: {status})"
    return {"caught by": caught, "seconds": round(time.time() - began)}


def tests_of(path: str) -> list[str]:
    words = TESTS[path].split()
    if "-k" not in words:
        words += ["-k", "not jax"]
    return [f"tests/{w}" if (ROOT / "tests" / w).exists() else w for w in words]


def in_turns(chosen: list[list[Mutant]]) -> list[Mutant]:
    """The first of each file, then the second: a run cut short has seen every file."""
    longest = max(map(len, chosen), default=0)
    return [one[n] for n in range(longest) for one in chosen if n < len(one)]


def digest(mutant: Mutant) -> str:
    text = mutant.source + TESTS[mutant.path]
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def write(results: dict[str, Any]) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    fresh = RESULTS.with_suffix(".new")
    fresh.write_text(json.dumps(results, indent=1), encoding="utf-8")
    fresh.replace(RESULTS)


def false_alarms(results: dict[str, Any], tree: Path) -> list[str]:
    """Tests that caught a mutant and fail on the unchanged library too."""
    tests = {one["caught by"] for one in results.values() if one["caught by"]}
    named = sorted(test for test in tests if "::" in test)
    if not named:
        return []
    _, printed = run_tests(tree, named, tree / "build.log")
    return [line for line in printed.splitlines() if line.startswith(("FAILED", "ERR"))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="files whose path holds this text")
    parser.add_argument("--each", type=int, default=EACH, help="changes in each file")
    parser.add_argument("--survivors", action="store_true", help="those once more")
    parser.add_argument("--list", action="store_true", help="names alone")
    given = parser.parse_args()
    chosen = in_turns([mutants(p, given.each) for p in TESTS if given.only in p])
    known = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    if given.survivors:
        chosen = [m for m in chosen if known.get(m.name, CAUGHT)["caught by"] is None]
        known = {n: one for n, one in known.items() if one["caught by"]}
    if given.list:
        print(*(mutant.name for mutant in chosen), sep="\n")
        return 0
    sys.dont_write_bytecode = True
    os.environ |= {"KERAS_BACKEND": "tensorflow", "PYTHONDONTWRITEBYTECODE": "1"}
    import keras  # noqa: F401  (once, for all forks)

    results = {}
    with tempfile.TemporaryDirectory() as folder:
        copy_tree(Path(folder))
        for number, mutant in enumerate(chosen, 1):
            result = known.get(mutant.name)
            if not result or result["digest"] != digest(mutant):
                result = examine(mutant, Path(folder)) | {"digest": digest(mutant)}
                known[mutant.name] = result
                write(known)
            results[mutant.name] = result
            said = (
                f"caught by {result['caught by']}"
                if result["caught by"]
                else "SURVIVED"
            )
            print(f"{number:3} {mutant.name}: {said}", flush=True)
        wrong = false_alarms(results, Path(folder))
    survivors = [name for name, one in results.items() if one["caught by"] is None]
    print(f"{len(results) - len(survivors)} of {len(results)} caught; survivors:")
    print(*survivors, *wrong, sep="\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(f"stopped; what is known stands in {RESULTS}")
