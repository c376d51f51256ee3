"""`map_over` on a Dask cluster: one worker, two, and two of which one is killed.

python -m benchmarks.pipelines.on_cluster [LINES]

Each worker has one thread of TensorFlow. A run with one worker and one with two follow
each other, so that the machine's other work burdens both alike; the first shards, in
which workers import and read the model, are left out of the rates.
"""

import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.grading import clusters

ONE_THREAD = {
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
SHARD = 250


def texts(count):
    words = "turn off on the radio lamp light door in of kitchen bedroom garage".split()
    return [
        " ".join(words[(7 * n + 3 * k) % len(words)] for k in range(3 + n % 12))
        for n in range(count)
    ]


def count_answers(folder):
    return len([*Path(folder).glob("shards/*.jsonl")])


def run(folder, count, workers, kill_after=None):
    """Seconds from the first answered shard of every worker to the last, and a rate."""
    from transformer_tf.pipelines import map_over, pipeline

    folder = Path(folder)
    folder.mkdir()
    source, out = folder / "texts.txt", folder / "out"
    source.write_text("\n".join(texts(count)) + "\n", encoding="utf-8")
    classify = pipeline("text-classification", "course/bilingual_classifier")
    with clusters.running(folder, workers) as (address, processes):
        found = []
        thread = threading.Thread(
            target=lambda: found.extend(
                map_over(address, [source], classify, out, lines=SHARD)
            )
        )
        thread.start()
        while count_answers(out) < 2 * workers:
            time.sleep(0.02)
        begin, done = time.monotonic(), count_answers(out)
        if kill_after is not None:
            while count_answers(out) < kill_after:
                time.sleep(0.02)
            processes[0].kill()
        thread.join()
        seconds = time.monotonic() - begin
    lines = found[0].read_text(encoding="utf-8").splitlines()
    return seconds, (count - done * SHARD) / seconds, lines


def same(lines, expected):
    """Whether answers are equal, scores to 1e-4: a compiled model rounds otherwise."""
    pairs = [*zip(map(json.loads, lines), map(json.loads, expected), strict=True)]
    return all(
        a["label"] == b["label"] and abs(a["score"] - b["score"]) < 1e-4
        for a, b in pairs
    )


def main(count=20_000, pairs=2):
    os.environ.update(ONE_THREAD)
    shards = count // SHARD
    with tempfile.TemporaryDirectory() as name:
        ratios = []
        for pair in range(pairs):
            _, one, expected = run(f"{name}/one{pair}", count, 1)
            _, two, lines = run(f"{name}/two{pair}", count, 2)
            assert same(lines, expected) and len(lines) == count
            ratios.append(two / one)
            load = os.getloadavg()[0]
            print(
                f"one worker {one:,.0f} lines/s, two {two:,.0f} lines/s: "
                f"{two / one:.2f}x (load {load:.1f})",
                flush=True,
            )
        seconds, rate, lines = run(f"{name}/killed", count, 2, shards // 2)
        assert same(lines, expected)
        print(
            f"one of two killed after {shards // 2} of {shards} shards: {rate:,.0f} "
            f"lines/s, the same {len(lines):,} lines in order"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
