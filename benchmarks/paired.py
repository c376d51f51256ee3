"""Two things timed fairly on a machine that drifts: in turns, call by call.

A machine that is twice as slow for a minute makes both calls of a pair slow, so the
ratio within a pair stays; the median of the paired ratios is the result, and their
quartiles say how far to trust it.
"""

import os
import platform
import time
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Comparison:
    """Paired timings; `ratio` is theirs / ours, above 1 where ours is faster."""

    ratio: float
    low: float  # the ratios' quartiles
    high: float
    ours: float  # median seconds a call
    theirs: float
    pairs: int

    def __str__(self):
        spread = f"{self.low:.2f}-{self.high:.2f}"
        return f"{self.ratio:.2f}x ({spread}, {self.pairs} pairs)"


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, against which target."""

    work: str
    target: str
    measured: str
    met: bool
    note: str = ""


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def compare(ours, theirs, pairs=15, warmup=2):
    """Times two calls in turns, each going first in every other pair.

    Args:
        ours, theirs: Callables without arguments that return when the work is done.
        pairs: Number of pairs, at least 2; tables of results use 15 or more.
        warmup: Untimed calls of each before (tracing, compiling, filling caches).

    Returns:
        A `Comparison`.
    """
    for _ in range(warmup):
        ours()
        theirs()
    times = []
    for pair in range(pairs):
        if pair % 2:
            their_time = seconds(theirs)
            times.append((seconds(ours), their_time))
        else:
            times.append((seconds(ours), seconds(theirs)))
    ratios = [theirs / ours for ours, theirs in times]
    low, _, high = quantiles(ratios, n=4, method="inclusive")
    return Comparison(
        ratio=median(ratios),
        low=low,
        high=high,
        ours=median(ours for ours, _ in times),
        theirs=median(theirs for _, theirs in times),
        pairs=pairs,
    )


def fastest(candidates, rounds=3):
    """The name of the fastest callable, in turns: how a side's best mode is found."""
    times = {name: [] for name in candidates}
    for call in candidates.values():
        call()
    for _ in range(rounds):
        for name, call in candidates.items():
            times[name].append(seconds(call))
    return min(times, key=lambda name: median(times[name]))


def speed_row(work, target, comparison, note=""):
    """A row that asks for `target` times the speed of the peer."""
    times = f"{comparison.ours * 1e3:.0f} ms against {comparison.theirs * 1e3:.0f} ms"
    return Row(
        work=work,
        target=f">= {target:.2f}x",
        measured=str(comparison),
        met=comparison.ratio >= target,
        note=f"{times}; {note}" if note else times,
    )


def table(rows):
    """Markdown, so that what is printed can be kept as it is."""
    lines = ["| work | target | measured | met | note |", "|---|---|---|---|---|"]
    lines += [
        f"| {r.work} | {r.target} | {r.measured} | {'yes' if r.met else 'NO'} "
        f"| {r.note} |"
        for r in rows
    ]
    return "\n".join(lines)


def machine():
    """One line: the day, the machine, its load, the versions."""
    import keras
    import tensorflow as tf

    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return (
        f"{time.strftime('%Y-%m-%d %H:%M')}, {platform.machine()}, "
        f"{os.cpu_count()} cores, load {load:.1f}, "
        f"Python {platform.python_version()}, TensorFlow {tf.__version__}, "
        f"Keras {keras.__version__}"
    )
