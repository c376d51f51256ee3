"""What more devices would bring: `python -m benchmarks.scale`.

One and two virtual devices of this processor train the same global batch, so that the
second can bring nothing here but shows what summing gradients costs. What is sent is
counted: the bytes of all gradients, which a ring sends 2 (n - 1) / n times from every
machine. With the seconds that one device computes this predicts the efficiency of n
machines, each with a batch of that size, where nothing is sent while it computes: a
lower bound.
"""

import os
import time

import keras
import numpy as np
import tensorflow as tf

SIZES = {"vocabulary_size": 4000, "dim": 256, "num_layers": 6, "num_heads": 8}
LENGTH, BATCH, CALLS = 128, 8, 7
BANDWIDTHS = {"1 Gbit/s": 1.25e8, "10 Gbit/s": 1.25e9, "100 Gbit/s": 1.25e10}


def seconds_a_step(strategy, parts=1):
    """Median seconds of a step in graph mode, its quartiles, and bytes of gradients."""
    from transformer_tf import CausalLM, TokenCrossEntropy, gpt2_config
    from transformer_tf.training.step import new_step

    ids = np.random.default_rng(0).integers(1, 4000, (BATCH, LENGTH + 1), "int32")
    inputs, targets = tf.constant(ids[:, :-1]), tf.constant(ids[:, 1:])
    with strategy.scope():
        model = CausalLM(gpt2_config(**SIZES, max_length=LENGTH))
        model.build()
        optimizer = keras.optimizers.AdamW(1e-4)
        optimizer.build(model.trainable_variables)
        step = new_step(model, optimizer, TokenCrossEntropy(), parts, compile=False)
        float(step(inputs, targets))
        taken = []
        for _ in range(CALLS):
            begun = time.perf_counter()
            float(step(inputs, targets))
            taken.append(time.perf_counter() - begun)
    size = sum(4 * int(np.prod(v.shape)) for v in model.trainable_variables)
    return np.percentile(taken, [50, 25, 75]), size


def efficiency(seconds, size, machines, bandwidth):
    """Share of n times one machine's rate: nothing is sent while it computes."""
    sent = 2 * (machines - 1) / machines * size
    return seconds / (seconds + sent / bandwidth)


def main():
    cpu = tf.config.list_physical_devices("CPU")[0]
    half = tf.config.LogicalDeviceConfiguration()
    tf.config.set_logical_device_configuration(cpu, [half, half])
    one, size = seconds_a_step(tf.distribute.get_strategy(), parts=2)
    two, _ = seconds_a_step(tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name, (median, low, high) in (("one device", one), ("two", two)):
        print(f"{name}: {median:.2f} s a step ({low:.2f}-{high:.2f})")
    print(f"the same batch on two: {one[0] / two[0]:.2f} of one device's rate")
    print(f"gradients: {size / 1e6:.1f} MB a step")
    for name, bandwidth in BANDWIDTHS.items():
        told = ", ".join(
            f"{n}: {100 * efficiency(one[0], size, n, bandwidth):.0f} %"
            for n in (2, 8, 64)
        )
        print(f"{name}: efficiency of machines {told}")


if __name__ == "__main__":
    main()
