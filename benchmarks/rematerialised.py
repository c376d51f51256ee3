"""Peak memory of a training step with and without `Rematerialized`, and its price."""

import os
import subprocess
import sys

from benchmarks.paired import Row

BLOCKS, BATCH, LENGTH, DIM = 16, 16, 256, 128

STEP = """
import resource, sys, time
import keras, tensorflow as tf
import transformer_tf
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
    slopes = tape.gradient(loss, [v.value for v in model.trainable_variables])
    return loss, [tf.reduce_sum(slope) for slope in slopes]

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
step(x)
start = time.process_time()
step(x)
took = time.process_time() - start
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, took)
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
    kilobytes, took = done.stdout.split()
    return int(kilobytes) / 1024, float(took)


def rows(pairs):
    for mode in ("graph", "XLA"):
        plain, plain_time = peak(mode, False)
        recomputed, recomputed_time = peak(mode, True)
        yield Row(
            f"{BLOCKS} encoder blocks x {DIM}, batch {BATCH}, length {LENGTH}, {mode}: "
            "memory of a training step, rematerialised over plain",
            "<= 0.50",
            f"{recomputed / plain:.2f}",
            recomputed / plain <= 0.5,
            f"{recomputed:.0f} MB against {plain:.0f} MB for "
            f"{recomputed_time / plain_time:.2f}x the processor time",
        )
