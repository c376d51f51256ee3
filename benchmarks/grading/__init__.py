"""Grading a class: ours beside nbgrader's own autograde, on the same submissions.

    python -m benchmarks grading --pairs 15

Each side is a new process with a fresh gradebook, timed from its start to its exit,
in turns. Half of the submissions are right. Show cells are skipped on both sides. A
round of 32 submissions takes about 13 minutes a unit on two cores, nearly all of them
nbgrader's; there is one for every 5 pairs, at most 3. The other ways to run nbgrader
are timed once, on 8 submissions. What was measured is kept in the directory for
temporary files: the same command goes on after an interruption.
"""

from functools import partial
from statistics import median

from benchmarks.grading import sides
from benchmarks.grading.class_on_disk import make
from benchmarks.grading.kept import Kept
from benchmarks.grading.sandbox import ISOLATED, costs
from benchmarks.paired import Row

UNITS = ("01_recurrence", "03_attention")
SUBMISSIONS, FEW = 32, 8
_HALVES = ("*[02468]", "*[13579]")


def rows(pairs, units=UNITS, submissions=SUBMISSIONS, few=FEW, kept=None):
    """The rows of each unit, for throughput and for promises about one submission."""
    kept, rounds = kept or Kept(), max(1, min(3, pairs // 5))
    yield from _sandbox(pairs, kept)
    for unit in units:
        with make(unit, submissions) as folder:
            yield from _compare(folder, unit, submissions, rounds, kept)
        with make(unit, few) as folder:
            yield from _otherwise(folder, unit, few, kept)


def _sandbox(pairs, kept):
    for together in (1, 2):
        name = f"{together} at once"
        found = kept.take(f"sandbox, {name}", partial(costs, 2 * pairs, together))
        for level in ISOLATED:
            whole, more = (1000 * seconds for seconds in found[level])
            yield Row(
                f"a submission's process in {level}, {name}: more than without",
                "50 ms",
                f"{more:.0f} ms",
                more <= 50,
                f"{whole:.0f} ms to start and end, {2 * pairs} pairs",
            )


def _compare(folder, unit, count, rounds, kept):
    name = f"{unit}, {count} submissions"

    def one_round():
        seconds, first = sides.ours(folder, unit)
        found = sides.stages(folder, unit)
        theirs = sides.stock(folder, unit)
        known, other = sides.scores(folder, "ours"), sides.scores(folder, "stock")
        different = sum(known.get(key) != score for key, score in other.items())
        return [seconds, first, found, theirs, different, len(other)]

    taken = [kept.take(f"{name}, round {n}", one_round) for n in range(rounds)]
    mine, first, found, theirs, different, marks = zip(*taken, strict=True)
    ratio = median(t / m for t, m in zip(theirs, mine, strict=True))
    yield Row(
        f"{name}: -j 2 beside nbgrader autograde",
        "10x",
        f"{ratio:.1f}x ({median(mine):.0f} s and {median(theirs):.0f} s)",
        ratio >= 10,
        f"{rounds} rounds; {max(different)} of {marks[0]} scores differ",
    )
    yield Row(
        f"{unit}: first verdict after the command",
        "6 s",
        f"{median(first):.1f} s",
        median(first) <= 6,
    )
    spent = {stage: median(one[stage] for one in found) for stage in found[0]}
    yield Row(
        f"{unit}: starting and ending a submission's process, a notebook",
        "50 ms",
        f"{spent['sandbox'] * 1000:.0f} ms",
        spent["sandbox"] <= 0.05,
        ", ".join(f"{stage} {value:.3f} s" for stage, value in spent.items()),
    )


def _otherwise(folder, unit, count, kept):
    """The same few submissions on every road, once, and the memory of ours."""
    now = ["--Execute.shutdown_kernel=immediate"]
    roads = {
        "ours, -j 1": lambda: sides.ours(folder, unit, workers=1)[0],
        "ours, -j 2": lambda: sides.ours(folder, unit)[0],
        "nbgrader": lambda: sides.stock(folder, unit),
        "two nbgraders side by side": lambda: sides.stock(folder, unit, _HALVES),
        "nbgrader, kernels shut down at once": lambda: sides.stock(
            folder, unit, options=now
        ),
    }
    name = f"{unit}, {count} submissions"
    for road, measure in roads.items():
        seconds = kept.take(f"{name}: {road}", measure)
        told = f"{seconds:.1f} s, {seconds / count:.2f} s a submission"
        yield Row(f"{name}: {road}", "-", told, True)
    memory = kept.take(f"{name}: memory", lambda: sides.private_memory(folder, unit))
    most = max(memory) / 2**20
    yield Row(
        f"{unit}: private memory of a worker or a submission at most",
        "150 MB",
        f"{most:.0f} MB",
        most <= 150,
        f"{len(memory)} processes, median {median(memory) / 2**20:.0f} MB",
    )
