"""Memory of a training step with and without `Rematerialized`, and its price.

Under XLA it is what the program allocates: the peak of a process has the compiler's own
memory in it, which is larger.
"""

import os
import subprocess
import sys

from benchmarks.paired import Row

BLOCKS, BATCH, LENGTH, DIM = 16, 16, 256, 128

STEP = """
import sys, tempfile, time
from pathlib import Path
import keras, tensorflow as tf
import transformer_tf
from benchmarks.allocated import peak_bytes
from benchmarks.peak_memory import peak_memory
from transformer_tf.training import Rematerialized

blocks, batch, length, dim, mode, is_recomputed = map(eval, sys.argv[1:])
layers = [transformer_tf.EncoderBlock(4, 4 * dim, dropout=0.1) for _ in range(blocks)]
if is_recomputed:
    layers = [Rematerialized(layer) for layer in layers]
model = keras.Sequential(layers)
x = tf.random.normal((batch, length, dim))
model.build(x.shape)

@tf.function(jit_compile=mode == "XLA")
def step(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x, training=True) ** 2)
    gradients = tape.gradient(loss, [v.value for v in model.trainable_variables])
    return loss, [tf.reduce_sum(gradient) for gradient in gradients]

before = peak_memory()
step(x)
start = time.process_time()
step(x)
took = time.process_time() - start
size = peak_memory() - before
if mode == "XLA":
    with tempfile.TemporaryDirectory() as folder:
        size = peak_bytes(lambda: step(x), Path(folder))
print(size, took)
"""


def peak(mode, is_recomputed):
    """Megabytes that a fresh process needs for the step, and its processor time."""
    arguments = [BLOCKS, BATCH, LENGTH, DIM, repr(mode), is_recomputed]
    done = subprocess.run(
        [sys.executable, "-c", STEP, *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "KERAS_BACKEND": "tensorflow"},
    )
    size, took = done.stdout.split()
    return int(size) / 2**20, float(took)


def row(mode, work):
    plain, plain_time = peak(mode, False)
    recomputed, recomputed_time = peak(mode, True)
    return Row(
        work,
        "<= 0.50",
        f"{recomputed / plain:.2f}",
        recomputed / plain <= 0.5,
        f"{recomputed:.0f} MB against {plain:.0f} MB for "
        f"{recomputed_time / plain_time:.2f}x the processor time",
    )


def rows(pairs):
    yield row(
        "graph",
        f"memory of a training step, {BLOCKS} encoder blocks x {DIM}, batch {BATCH}, "
        f"length {LENGTH}, rematerialised over plain",
    )
    yield row("XLA", "the same under XLA, what the program allocates")
