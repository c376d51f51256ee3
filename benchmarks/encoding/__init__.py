"""An encoder's forward pass, MiniLM as published, beside onnxruntime and torch.

    python -m benchmarks encoding [--pairs 15]

Each side runs in a process of its own: threads that wait in a loop for more work would
take a core from the others. Each is at its best: onnxruntime without spinning, torch
with threads that wait in a loop and with threads that sleep, ours by XLA and as
a graph; and all three with one part of the batch for every core, none of which waits
for another, ours with variables and with constant kernels. After a rest and an untimed
call every side is called several times in a row, in each round. All others are stopped
meanwhile: threads that wait in a loop go on long after their call, and would take a
core from whoever is timed next.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.paired import Comparison, Row

SIDE = Path(__file__).with_name("side.py")
SHAPES = (1, 128), (8, 32), (32, 128)
REST = 0.05  # seconds without work before each block
TARGETS = {
    ("onnxruntime", 1, "float32"): 0.9,
    ("onnxruntime", 8, "float32"): 1.0,
    ("onnxruntime", 32, "float32"): 1.05,
    ("torch", 32, "bfloat16"): 1.2,
}
ALWAYS = 1.1  # of torch, in float32


def rows(pairs):
    with Sides() as sides:
        for dtype, shape in product(("float32", "bfloat16"), SHAPES):
            yield from compare_all(sides, shape, dtype, pairs)


def compare_all(sides, shape, dtype, pairs):
    """Our better mode beside each peer's."""
    names = [name for name in sides.processes if sides.has(name, dtype)]
    timed = {name: [] for name in names}
    for round_ in range(pairs + 1):  # the first is to say who is better
        for name in names if round_ % 2 else reversed(names):
            timed[name].append(sides.ask(name, shape, dtype))
    middle = {name: statistics.median(s[0] for s in timed[name]) for name in names}
    best = {}
    for name in names:
        kind = name.split()[0]
        if kind not in best or middle[name] < middle[best[kind]]:
            best[kind] = name
    ours = timed[best["ours"]][1:]
    apart = sides.apart(best["ours"], shape, dtype)
    for kind in sorted(set(best) - {"ours"}):
        theirs = timed[best[kind]][1:]
        ratios = [other[0] / own[0] for own, other in zip(ours, theirs)]
        low, middle_ratio, high = statistics.quantiles(ratios, n=4)
        found = Comparison(
            middle_ratio, low, high, middle[best["ours"]], middle[best[kind]], pairs
        )
        target = TARGETS.get((kind, shape[0], dtype), ALWAYS)
        processor = statistics.median(s[1] for s in theirs) / statistics.median(
            s[1] for s in ours
        )
        batch, length = shape
        yield Row(
            f"MiniLM, {batch} x {length}, {dtype}, against {kind}",
            f">= {target:.2f}x",
            str(found),
            found.ratio >= target,
            f"{found.ours * 1e3:.1f} ms ({best['ours']}) against "
            f"{found.theirs * 1e3:.1f} ms ({best[kind]}); processor time "
            f"{processor:.2f}x; least cosine to float32 {apart:.5f}",
        )


class Sides:
    """All processes: how to start them, to ask one, and to end them."""

    def __init__(self):
        torch = os.environ.get("TRANSFORMERS_5")
        threads = {
            "TF_NUM_INTRAOP_THREADS": "1",
            "TF_NUM_INTEROP_THREADS": str(os.cpu_count()),
        }
        commands = {
            "ours xla": (sys.executable, {}),
            "ours graph": (sys.executable, {}),
            "ours parts": (sys.executable, threads),
            "ours constant parts": (sys.executable, threads),
            "onnxruntime": (sys.executable, {}),
            "onnxruntime parts": (sys.executable, {}),
        }
        if torch:
            for policy in ("PASSIVE", "ACTIVE"):
                commands[f"torch {policy}"] = torch, {"OMP_WAIT_POLICY": policy}
            commands["torch parts"] = torch, {"OMP_NUM_THREADS": "1"}
        self.commands = commands
        self.processes = {}

    def __enter__(self):
        from course.datasets.minilm import published_file, published_folder

        folder, graph = str(published_folder()), str(published_file("model.onnx"))
        for name, (python, environment) in self.commands.items():
            self.processes[name] = subprocess.Popen(
                [python, str(SIDE), name.split()[0], name, folder, graph],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env={
                    **os.environ,
                    "PYTHONPATH": os.getcwd() if python == sys.executable else "",
                    **environment,
                },
            )
        return self

    def __exit__(self, *_):
        for process in self.processes.values():
            process.send_signal(signal.SIGCONT)
            process.stdin.close()
            process.wait()

    def has(self, name, dtype):
        return dtype == "float32" or not name.startswith("onnxruntime")

    def ask(self, name, shape, dtype):
        """(seconds, seconds of processor time) of a call in a block."""
        time.sleep(REST)
        return self._send(name, {"shape": shape, "dtype": dtype})

    def apart(self, name, shape, dtype):
        """The least cosine of a side's states to onnxruntime's float32 ones."""
        given = {"shape": shape, "show": True}
        exact = self._send("onnxruntime", {**given, "dtype": "float32"})
        ours = self._send(name, {**given, "dtype": dtype})
        one, other = np.asarray(exact), np.asarray(ours)
        lengths = np.linalg.norm(one, axis=-1) * np.linalg.norm(other, axis=-1)
        return float(((one * other).sum(axis=-1) / lengths).min())

    def _send(self, name, question):
        """Its answer. A process runs from its question to its answer only."""
        process = self.processes[name]
        process.send_signal(signal.SIGCONT)
        print(json.dumps(question), file=process.stdin, flush=True)
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{name} ended at {question}")
        process.send_signal(signal.SIGSTOP)
        return json.loads(line)
