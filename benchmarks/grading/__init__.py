"""Grading a class: ours beside nbgrader's own autograde, on the same submissions.

    python -m benchmarks grading --pairs 3

Each side is a new process with a fresh gradebook, timed from its start to its exit,
in turns. Half of the submissions are right. Show cells are skipped on both sides.
"""

from statistics import median

from benchmarks.grading.class_on_disk import make
from benchmarks.grading.sides import ours, scores, stages, stock
from benchmarks.paired import Row

UNITS = ("01_recurrence", "03_attention")
SUBMISSIONS = 32


def rows(pairs, units=UNITS, submissions=SUBMISSIONS):
    """A row a unit for throughput, and one for each promise about one submission."""
    rounds = max(1, min(3, pairs // 5))
    for unit in units:
        with make(unit, submissions) as folder:
            yield from _compared(folder, unit, submissions, rounds)


def _compared(folder, unit, submissions, rounds):
    mine, theirs, first = [], [], []
    for _ in range(rounds):
        seconds, earliest = ours(folder, unit)
        mine.append(seconds)
        first.append(earliest)
        theirs.append(stock(folder, unit))
    ratio = median(t / m for t, m in zip(theirs, mine))
    known, other = scores(folder, "ours"), scores(folder, "stock")
    different = sum(known.get(name) != score for name, score in other.items())
    yield Row(
        f"{unit}: {submissions} submissions, -j 2 beside nbgrader autograde",
        "10x",
        f"{ratio:.1f}x ({median(mine):.0f} s and {median(theirs):.0f} s)",
        ratio >= 10,
        f"{rounds} rounds; {different} of {len(other)} scores differ",
    )
    yield Row(
        f"{unit}: first verdict after the command",
        "6 s",
        f"{median(first):.1f} s",
        median(first) <= 6,
    )
    found = stages(folder, unit)
    yield Row(
        f"{unit}: starting and ending a sandbox, a notebook",
        "50 ms",
        f"{found['sandbox'] * 1000:.0f} ms",
        found["sandbox"] <= 0.05,
        ", ".join(f"{name} {value:.2f} s" for name, value in found.items()),
    )
