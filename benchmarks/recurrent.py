"""A training step of LSTMCell against keras.layers.LSTM, each in its best mode."""

import keras
import numpy as np
import tensorflow as tf

import transformer_tf
from benchmarks.floor import matmul_rate, share
from benchmarks.paired import compare, fastest, speed_row

BATCH, LENGTH, DIM, UNITS = 32, 128, 256, 256


def training_step(layer, mode):
    """A call that reads the sequences, takes the gradients and steps Adam."""
    layer.build((BATCH, LENGTH, DIM))
    optimizer = keras.optimizers.Adam(1e-3)
    optimizer.build(layer.trainable_variables)
    rng = np.random.default_rng(0)
    sequences = tf.constant(rng.normal(size=(BATCH, LENGTH, DIM)), "float32")

    @tf.function(jit_compile=mode == "XLA")
    def step(sequences):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(layer(sequences) ** 2)
        variables = layer.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    return lambda: step(sequences).numpy()


def rows(pairs):
    makers = {
        "ours": lambda **options: keras.layers.RNN(
            transformer_tf.LSTMCell(UNITS), **options
        ),
        "theirs": lambda **options: keras.layers.LSTM(UNITS, **options),
    }
    best = {}
    for side, make in makers.items():
        modes = {
            "graph": training_step(make(), "graph"),
            "graph, unrolled": training_step(make(unroll=True), "graph"),
            "XLA": training_step(make(), "XLA"),
        }
        mode = fastest(modes)
        best[side] = (mode, modes[mode])
    comparison = compare(best["ours"][1], best["theirs"][1], pairs)
    rate = matmul_rate((BATCH, DIM), (DIM, 4 * UNITS), (4 * UNITS, DIM))
    operations = 3 * 2 * BATCH * LENGTH * (DIM + UNITS) * 4 * UNITS
    yield speed_row(
        f"LSTMCell training step, length {LENGTH}, batch {BATCH}, {UNITS} units",
        0.95,
        comparison,
        f"ours {best['ours'][0]}, Keras' LSTM {best['theirs'][0]}; "
        + share(operations, rate, comparison.ours),
    )
