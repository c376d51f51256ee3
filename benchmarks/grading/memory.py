"""Memory of a grading run over time: flat, however large the class.

    python -m benchmarks.grading.memory 03_attention --submissions 300 --picture x.png

Every second, each process of one run at -j 2 is asked what memory is its own (USS, its
private pages) and its share of what several have (PSS). 300 submissions take about
10 minutes on two cores.
"""

import argparse
import contextlib
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median

from benchmarks.grading import sides
from benchmarks.grading.class_on_disk import make

KINDS = ("supervisor", "recorder", "fork server", "zygote", "workers", "submissions")
LASTING = KINDS[:-1]
_MEGABYTE = 1 << 20
_FLAT = 10 * _MEGABYTE  # growth of all lasting processes over a hundred submissions


def sample(command):
    """(own, share), each kind of process -> bytes, of a running `grade`.

    Args:
        command: The number of the supervisor's process.
    """
    own, share = Counter(), Counter()
    for number, kind in _processes(command):
        with contextlib.suppress(OSError):  # it has ended
            private, part = sides.memory(number)
            own[kind] += private
            share[kind] += part
    return own, share


def _processes(command):
    yield command, "supervisor"
    for number in sides.children(command):
        try:
            line = Path(f"/proc/{number}/cmdline").read_bytes()
        except OSError:
            continue
        if b"course.grading.nbgrader.recorder" in line:
            yield number, "recorder"
        elif b"course.grading.fork_server.server" in line:
            yield number, "fork server"
            forked = sorted(sides.children(number), key=_start_time)
            yield from _of_the_zygote(forked[:1])
            yield from ((worker, "workers") for worker in forked[1:])


def _of_the_zygote(first):
    """The fork server forks the zygote first, which forks submissions.

    With namespaces, one process waits outside and the zygote is its child, at the
    second level of process numbers.
    """
    for number in first:
        yield number, "zygote"
        for child in sides.children(number):
            if _depth(child) == 2:
                yield child, "zygote"
                yield from ((n, "submissions") for n in sides.children(child))
            else:
                yield child, "submissions"


def _start_time(number):
    try:
        text = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return sys.maxsize, number
    return int(text.rpartition(")")[2].split()[19]), number


def _depth(number):
    try:
        text = Path(f"/proc/{number}/status").read_text()
    except OSError:
        return 0
    return len(re.search(r"NSpid:(.*)", text)[1].split())


def watch(folder, unit):
    """Runs `grade` at -j 2; gives a list of (seconds, graded, own, share)."""
    command = [sys.executable, "-m", "course", "grade", unit, "-j", "2"]
    command += ["--course", ".", "--gradebook", f"sqlite:///{folder}/pristine.db"]
    begun, found = time.monotonic(), []
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=sides.environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None:
        own, share = sample(process.pid)
        books = len(list((folder / "exercises" / "en" / unit).glob("*.ipynb")))
        written = sum(1 for _ in (folder / ".grading").rglob("*.json"))
        found.append((time.monotonic() - begun, written / books, own, share))
        time.sleep(max(0.0, begun + len(found) - time.monotonic()))
    if process.returncode:
        raise RuntimeError(f"grade ended with {process.returncode}")
    return found


def measure_lasting(memory):
    """What the processes that live through the whole run have, in bytes."""
    return sum(memory[kind] for kind in LASTING)


def growth(samples):
    """Bytes more for each submission, from the second quarter to the last one.

    The first quarter is left out: processes start, caches fill; so is what comes
    after the workers have ended.
    """
    samples = [sample for sample in samples if sample[2]["workers"]]
    last = max(graded for _, graded, _, _ in samples)
    middles = []
    for lowest, highest in ((0.25, 0.5), (0.75, 1.0)):
        part = [s for s in samples if lowest * last <= s[1] < highest * last]
        if not part:
            raise ValueError("too few submissions to see a growth; take more")
        middles.append(
            (median(s[1] for s in part), median(measure_lasting(s[2]) for s in part))
        )
    (fewer, before), (more, after) = middles
    return (after - before) / max(1.0, more - fewer)


def table(samples, rows=15):
    """The curve as lines of text: own megabytes of each kind, and the share of all."""
    yield "minute  graded  " + "  ".join(f"{kind:>12}" for kind in KINDS) + "   PSS all"
    size = -(-len(samples) // rows)
    for start in range(0, len(samples), size):
        part = samples[start : start + size]
        middle = part[len(part) // 2]
        owns = [median(own[kind] for _, _, own, _ in part) for kind in KINDS]
        figures = "  ".join(f"{value / _MEGABYTE:12.0f}" for value in owns)
        share = median(sum(share.values()) for *_, share in part) / _MEGABYTE
        yield f"{middle[0] / 60:6.1f}  {middle[1]:6.0f}  {figures}  {share:8.0f}"


def draw(samples, path, title):
    """Writes a picture of the curve."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    minutes = [seconds / 60 for seconds, *_ in samples]
    for kind in KINDS:
        line = [own[kind] / _MEGABYTE for _, _, own, _ in samples]
        style = {"linewidth": 0.6, "alpha": 0.6} if kind not in LASTING else {}
        axes.plot(minutes, line, label=kind, **style)
    total = [measure_lasting(own) / _MEGABYTE for _, _, own, _ in samples]
    axes.plot(minutes, total, color="black", label="all but submissions")
    axes.set(xlabel="minutes", ylabel="own memory, MB", ylim=(0, None), title=title)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right center", frameon=False)
    figure.savefig(path, dpi=150)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("unit")
    parser.add_argument("--submissions", type=int, default=300)
    parser.add_argument("--picture", type=Path, help="PNG to write")
    arguments = parser.parse_args()
    with make(arguments.unit, arguments.submissions) as folder:
        samples = watch(folder, arguments.unit)
    print(*table(samples), sep="\n")
    if arguments.picture:
        title = f"{arguments.unit}, {arguments.submissions} submissions, -j 2"
        draw(samples, arguments.picture, title)
    more = growth(samples)
    most = max(own["submissions"] for _, _, own, _ in samples) / _MEGABYTE
    print(f"lasting processes: {more / 1024:+.0f} kB a submission")
    print(f"submissions: {most:.0f} MB at most at one moment")
    return 0 if 100 * more <= _FLAT else 1


if __name__ == "__main__":
    sys.exit(main())
