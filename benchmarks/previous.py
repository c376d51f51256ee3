"""Generation and training against an earlier commit of this library, paired.

python -m benchmarks.previous [72525c8] [--pairs 15]

Each side runs in a process of its own, on the same seed; the two take turns, call by
call. The default is the last commit whose generation had a decoder of its own.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.paired import compare, machine, speed_row, table

LAST_WITH_A_DECODER_OF_ITS_OWN = "72525c8"
DIM, LAYERS, HEADS, VOCABULARY, LONGEST = 384, 6, 6, 8192, 256
PROMPT, NEW = 32, 128
WORK = {
    "greedy-1": f"greedy generation, prompt {PROMPT}, {NEW} new tokens, batch 1",
    "greedy-8": f"greedy generation, prompt {PROMPT}, {NEW} new tokens, batch 8",
    "step": f"training step, XLA, batch 8, length {LONGEST}",
}


class Side:
    """A process that holds one version of the library.

    Args:
        folder: What holds the package.
    """

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.previous", "--serve", folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processor_seconds = []

    def run(self, work):
        """Does the work once; returns what came out, as text."""
        print(work, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"a side ended at {work}; its message stands above")
        spent, result = answer.split(maxsplit=1)
        self.processor_seconds.append(float(spent))
        return result

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def serve(folder):
    """Reads names of work, does it, answers each with a line."""
    answers, sys.stdout = sys.stdout, sys.stderr
    sys.path[0] = str(folder)
    calls = calls_of_the_library()
    for line in sys.stdin:
        begin = time.process_time()
        result = calls[line.strip()]()
        print(time.process_time() - begin, result, file=answers, flush=True)


def calls_of_the_library():
    """The work by name, with whatever version of the library is first on the path."""
    import keras
    import numpy as np
    import tensorflow as tf

    import transformer_tf

    keras.utils.set_random_seed(0)
    config = transformer_tf.gpt2_config(
        vocabulary_size=VOCABULARY,
        dim=DIM,
        num_layers=LAYERS,
        num_heads=HEADS,
        max_length=LONGEST,
        dropout=0.0,
        attention_dropout=0.0,
    )
    model = transformer_tf.CausalLM(config)
    model.build()
    ids = np.random.default_rng(0).integers(1, VOCABULARY, (8, LONGEST + 1))
    learner = transformer_tf.CausalLM(config)
    learner(ids[:, :-1])
    generator = np.random.default_rng(1)  # initializers may differ
    for one, other in zip(model.weights, learner.weights):
        value = generator.normal(size=one.shape, scale=0.02)
        value += "gamma" in one.path
        one.assign(value)
        other.assign(value)
    optimizer = keras.optimizers.AdamW(3e-4)
    optimizer.build(learner.trainable_variables)
    loss = transformer_tf.TokenCrossEntropy()

    @tf.function(jit_compile=True)
    def step(inputs, targets):
        with tf.GradientTape() as tape:
            value = loss(targets, learner(inputs, training=True))
        variables = learner.trainable_variables
        gradients = tape.gradient(value, [v.value for v in variables])
        optimizer.apply(gradients, variables)
        return value

    inputs, targets = tf.constant(ids[:, :-1]), tf.constant(ids[:, 1:])

    def greedy(batch):
        prompts = ids[:batch, :PROMPT]
        return lambda: transformer_tf.generate(model, prompts, NEW)

    return {
        "greedy-1": greedy(1),
        "greedy-8": greedy(8),
        "step": lambda: f"{float(step(inputs, targets)):.4f}",
    }


def rows_against(commit, pairs):
    """The rows of the table; the earlier version lives in a temporary folder."""
    root = Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(
            ["git", "archive", commit, "transformer_tf"],
            cwd=root,
            check=True,
            stdout=subprocess.PIPE,
        )
        subprocess.run(["tar", "x", "-C", folder], input=archive.stdout, check=True)
        ours, theirs = Side(root), Side(folder)
        try:
            for name, work in WORK.items():
                is_same = ours.run(name) == theirs.run(name)
                comparison = compare(
                    lambda name=name: ours.run(name),
                    lambda name=name: theirs.run(name),
                    pairs,
                )
                spent = [
                    median(side.processor_seconds[-pairs:]) for side in (theirs, ours)
                ]
                note = (
                    f"against {commit}; {spent[0] / spent[1]:.2f}x by processor time; "
                    f"{'the same' if is_same else 'another'} result"
                )
                yield speed_row(work, 1.0, comparison, note)
        finally:
            ours.close()
            theirs.close()


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.previous")
    parser.add_argument("commit", nargs="?", default=LAST_WITH_A_DECODER_OF_ITS_OWN)
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--serve", metavar="FOLDER", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if arguments.serve:
        serve(arguments.serve)
        return
    found = []
    for row in rows_against(arguments.commit, arguments.pairs):
        print(f"{row.work}: {row.measured}; {row.note}", flush=True)
        found.append(row)
    print(f"\n{table(found)}\n\n{machine()}")


if __name__ == "__main__":
    main()
