"""How a training step grows with length, batch and layers, beside the calculator.

python -m benchmarks.growth [families] [--axes length batch layers] [--small]

Each point is a process of its own: processor time, so that other load hardly matters,
and the bytes that TensorFlow allocates for the step. Points are written to
build/growth.jsonl as they come: a run that was stopped goes on where it was, and a
family or an axis may be a run. The table at the end has of every axis the exponent that
fits the points, and that of the calculator's operations and memory: 1 is linear, 2
quadratic.
"""

import argparse
import json
import math
import os
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

FILE = Path("build/growth.jsonl")
AXES = {
    "length": (128, 256, 512, 1024, 2048, 4096),
    "batch": (1, 2, 4, 8, 16, 32, 64),
    "layers": (2, 4, 8, 16, 24),
}
SMALL = {"length": (128, 256, 512), "batch": (2, 4, 8), "layers": (2, 4)}
START = {"length": 128, "batch": 4, "layers": 2}
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
    """Runs in a process of its own: seconds of the processor, and bytes allocated."""
    import tempfile
    import time

    import keras
    import numpy as np
    import tensorflow as tf

    import transformer_tf
    from benchmarks.allocated import peak_bytes

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
        gradients = tape.gradient(loss, [v.value for v in model.trainable_variables])
        return loss, [tf.reduce_sum(gradient) for gradient in gradients]

    step(inputs, ids)
    times = []
    for _ in range(3):
        start = time.process_time()
        step(inputs, ids)
        times.append(time.process_time() - start)
    with tempfile.TemporaryDirectory() as folder:
        most = peak_bytes(lambda: step(inputs, ids), Path(folder))
    print(json.dumps({"seconds": min(times), "bytes": most}))


def measure_apart(family, point):
    code = f"from benchmarks.growth import measure; measure({family!r}, {point!r})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return {"error": done.stderr.strip().splitlines()[-1:]}
    return json.loads(done.stdout.splitlines()[-1])


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


def read_results():
    """{(family, axis, size): result} of what was measured already."""
    found = {}
    if FILE.exists():
        for line in FILE.read_text("utf-8").splitlines():
            one = json.loads(line)
            found[one["family"], one["axis"], one["size"]] = one
    return found


def run(families, axes, grid):
    FILE.parent.mkdir(exist_ok=True)
    done = read_results()
    for family in families:
        for axis in axes:
            for size in grid[axis]:
                if (family, axis, size) in done:
                    continue
                result = measure_apart(family, {**START, axis: size})
                one = {"family": family, "axis": axis, "size": size, **result}
                with FILE.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(one) + "\n")
                print(one, flush=True)


def table(families, axes, grid):
    """Markdown: of each axis the exponents that fit and those that were predicted."""
    done = read_results()
    lines = [
        "| family | axis | points | time | operations | memory | calculated memory |",
        "|---|---|---|---|---|---|---|",
    ]
    for family in families:
        for axis in axes:
            points = [done.get((family, axis, size), {}) for size in grid[axis]]
            points = [one for one in points if "seconds" in one]
            if len(points) < 2:
                continue
            sizes = [one["size"] for one in points]
            told = [predict(family, {**START, axis: size}) for size in sizes]
            columns = (
                [one["seconds"] for one in points],
                [flops for flops, _ in told],
                [one["bytes"] for one in points],
                [size for _, size in told],
            )
            fitted = " | ".join(f"{exponent(sizes, c):.2f}" for c in columns)
            span = f"{sizes[0]} to {sizes[-1]}"
            lines.append(f"| {family} | {axis} | {span} | {fitted} |")
    return "\n".join(lines)


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
