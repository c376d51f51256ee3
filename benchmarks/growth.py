"""How a training step grows with length, batch and layers, beside the calculator.

python -m benchmarks.growth [families] [--axes length batch layers] [--small]

Each family is a process of its own with one thread. A point is the processor time of a
forward and backward pass, so that other load hardly matters, and the bytes that
TensorFlow allocates for it. Points are written to build/growth.jsonl as they come: a
run that was stopped goes on where it was, and a family or an axis may be a run. A point
that the calculator expects to take more than MOST_BYTES is left out.

The table has of every axis the exponent that fits the points (1 is linear, 2
quadratic) and in brackets that between the two largest, which is the one to go on with
beyond them; the same of the calculator's operations; and the calculated memory over
the measured one.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

FILE = Path("build/growth.jsonl")
MOST_BYTES = 6e9
AXES = {
    "length": (128, 256, 512, 1024, 2048, 4096),
    "batch": (1, 4, 16, 64),
    "layers": (2, 6, 12, 24),
}
SMALL = {"length": (128, 256, 512), "batch": (1, 4), "layers": (2, 6)}
OTHERS = {  # what stays as it is while an axis grows
    "length": {"batch": 1, "layers": 2},
    "batch": {"length": 128, "layers": 2},
    "layers": {"length": 128, "batch": 4},
}
SIZES = {"vocabulary_size": 1000, "dim": 128, "num_heads": 4, "hidden_dim": 512}
FAMILIES = {
    "bert": ("MaskedLM", {}),
    "albert": ("MaskedLM", {"embedding_dim": 64}),
    "longformer": ("MaskedLM", {"window": 129}),
    "gpt2": ("CausalLM", {}),
    "llama": ("CausalLM", {}),
    "transformer_xl": ("CausalLM", {"memory_length": 128, "cutoffs": (200,)}),
    "bart": ("Seq2SeqLM", {}),
    "led": ("Seq2SeqLM", {"window": 129, "max_decoder_length": 4096}),
    "t5": ("Seq2SeqLM", {"activation_dropout": 0.0}),
}


def config_of(family, point):
    """The model's class, by name, and its configuration."""
    import transformer_tf

    kind, changes = FAMILIES[family]
    sizes = {"dropout": 0.0, "attention_dropout": 0.0, "max_length": 4096, **SIZES}
    make = getattr(transformer_tf, f"{family}_config")
    return kind, make(**{**sizes, **changes}, num_layers=point["layers"])


def measure(family, point):
    """Seconds of the processor for forward and backward pass, and bytes allocated."""
    import keras
    import numpy as np
    import tensorflow as tf

    import transformer_tf
    from benchmarks.allocated import UNTOLD, peak_bytes

    kind, config = config_of(family, point)
    model = getattr(transformer_tf, kind)(config)
    model.build()
    shape = point["batch"], point["length"]
    ids = tf.constant(np.random.default_rng(0).integers(5, 1000, shape))
    inputs = ids
    if kind == "Seq2SeqLM":
        inputs = {"source_ids": ids, "target_ids": ids}
    losses = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function(jit_compile=True)
    def step(inputs, targets):
        with tf.GradientTape() as tape:
            loss = losses(targets, model(inputs, training=True))
        found = tape.gradient(loss, [v.value for v in model.trainable_variables])
        return loss, [tf.convert_to_tensor(one) for one in found if one is not None]

    step(inputs, ids)
    times = []
    for _ in range(3):
        start = time.process_time()
        step(inputs, ids)
        times.append(time.process_time() - start)
    with tempfile.TemporaryDirectory() as folder:
        most = peak_bytes(lambda: step(inputs, ids), Path(folder))
    sizes = [4 * int(np.prod(v.shape)) for v in model.trainable_variables]
    small = sum(size for size in sizes if size < UNTOLD)  # gradients of their own
    return {"seconds": min(times), "bytes": most + small}


def measure_all(family, points):
    """Runs in a process of its own: prints a line for every point."""
    for point in points:
        result = {"family": family, **point, **measure(family, point)}
        print(json.dumps(result), flush=True)


def predict(family, point):
    """Operations of a training step, and bytes of its activations and gradients."""
    from transformer_tf.cost import estimate_cost

    kind, config = config_of(family, point)
    cost = estimate_cost(
        config, kind=kind, batch_size=point["batch"], length=point["length"]
    )
    training = cost.training
    return cost.training_flops, training.activations + training.gradients


def exponent(sizes, values):
    """The power of the size that fits the values, by least squares of logarithms."""
    xs, ys = [math.log(x) for x in sizes], [math.log(y) for y in values]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    above = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys))
    return above / sum((x - mean_x) ** 2 for x in xs)


def key(family, point):
    """What a point is found by."""
    return family, point["length"], point["batch"], point["layers"]


def read_results(file):
    """{key: result} of what was measured already."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else ()
    found = [json.loads(line) for line in lines]
    return {key(one["family"], one): one for one in found}


def left(family, axes, grid, file):
    """The points that are still to be measured."""
    done, found = read_results(file), {}
    for axis in axes:
        for size in grid[axis]:
            point = {**OTHERS[axis], axis: size}
            if predict(family, point)[1] <= MOST_BYTES:
                found[key(family, point)] = point
    return [point for name, point in found.items() if name not in done]


def run(families, axes, grid, file=FILE):
    """Measures what was not measured yet, a process for each family."""
    file.parent.mkdir(exist_ok=True)
    for family in families:
        if not (points := left(family, axes, grid, file)):
            continue
        call = f"measure_all({family!r}, {points!r})"
        process = subprocess.Popen(
            [sys.executable, "-c", f"from benchmarks.growth import *; {call}"],
            env={**os.environ, "TF_NUM_INTRAOP_THREADS": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        for line in process.stdout:
            with file.open("a", encoding="utf-8") as opened:
                opened.write(line)
            print(line, end="", flush=True)
        if process.wait():
            print(f"{family}: the process failed; the next run goes on", flush=True)


def table(families, axes, grid, file=FILE):
    """Markdown: a row for each family and axis that has two points or more."""
    done = read_results(file)
    lines = [
        "| family | axis | time | operations | memory | largest | calculated memory |",
        "|---|---|---|---|---|---|---|",
    ]
    for family in families:
        for axis in axes:
            points = [{**OTHERS[axis], axis: size} for size in grid[axis]]
            found = [done.get(key(family, point), {}) for point in points]
            found = [one for one in found if "seconds" in one]
            if len(found) > 1:
                lines.append(_row(family, axis, found))
    return "\n".join(lines)


def _row(family, axis, found):
    sizes = [one[axis] for one in found]
    told = [predict(family, one) for one in found]
    columns = (
        [one["seconds"] for one in found],
        [flops for flops, _ in told],
        [one["bytes"] for one in found],
    )
    fitted = " | ".join(
        f"{exponent(sizes, c):.2f} ({exponent(sizes[-2:], c[-2:]):.2f})"
        for c in columns
    )
    ratios = [size / one["bytes"] for one, (_, size) in zip(found, told)]
    last = f"{found[-1]['seconds']:.2f} s, {found[-1]['bytes'] / 1e6:,.0f} MB"
    return (
        f"| {family} | {axis} {sizes[0]} to {sizes[-1]:,} | {fitted} | {last} | "
        f"{min(ratios):.2f} to {max(ratios):.2f} |"
    )


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth")
    parser.add_argument("families", nargs="*", help=f"any of {', '.join(FAMILIES)}")
    parser.add_argument("--axes", nargs="*", default=list(AXES), choices=list(AXES))
    parser.add_argument("--small", action="store_true", help="two or three points")
    given = parser.parse_args()
    families = given.families or list(FAMILIES)
    unknown = sorted(set(families) - set(FAMILIES))
    if unknown:
        parser.error(f"no family {', '.join(unknown)}; there are {list(FAMILIES)}")
    grid = SMALL if given.small else AXES
    run(families, given.axes, grid)
    print(f"\n{table(families, given.axes, grid)}")


if __name__ == "__main__":
    main()
