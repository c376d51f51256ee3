"""Run by test_mirrored_strategy.py in a process with two virtual devices.

Writes to a file what one device and two devices make of the same batches, in the runs
that are named.
"""

import pickle
import sys

import keras
import numpy as np
import tensorflow as tf

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(
    cpu, [tf.config.LogicalDeviceConfiguration()] * 2
)

import transformer_tf  # noqa: E402
from tests.training.own_loop import ROWS, own_loop  # noqa: E402
from tests.training.tiny import (  # noqa: E402
    LENGTH,
    rematerialized,
    tiny_data,
    tiny_model,
)


def fit(strategy):
    """Loss curve and weights of `model.fit`."""
    with strategy.scope():
        model = tiny_model(blocks=1)
        model.compile(keras.optimizers.SGD(0.5), transformer_tf.TokenCrossEntropy())
    # Without padding, as `fit` averages the replicas' averages.
    inputs, targets = tiny_data(4 * ROWS, np.random.default_rng(0), LENGTH + 1)
    dataset = tf.data.Dataset.from_tensor_slices((inputs, targets)).batch(ROWS)
    history = model.fit(dataset, epochs=2, verbose=0, shuffle=False)
    return history.history["loss"], model.get_weights()


one = tf.distribute.get_strategy()
two = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
assert two.num_replicas_in_sync == 2
together = {"parts": 2, "wrap": rematerialized}
runs = {
    "one": lambda: own_loop(one, parts=1),
    "one, parts": lambda: own_loop(one, parts=4),
    "two": lambda: own_loop(two, parts=1),
    "two, parts": lambda: own_loop(two, parts=2),
    "two, parts, rematerialised": lambda: own_loop(two, **together),
    "two, dropout": lambda: own_loop(two, **together, dropout=0.3),
    "fit, one": lambda: fit(one),
    "fit, two": lambda: fit(two),
}
with open(sys.argv[1], "wb") as file:
    pickle.dump({name: runs[name]() for name in sys.argv[2:]}, file)
