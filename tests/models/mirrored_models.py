"""Run by test_everyday.py in a process with two virtual devices.

Writes to a file what one device and two learn and predict, for the models named.
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

from tests.models.every_model import (  # noqa: E402
    inputs_of,
    new_loss,
    new_model,
    targets_of,
)


def learn(strategy, name, built):
    """Weights after two epochs of `fit`, and what `predict` says then."""
    inputs, targets = inputs_of(name), targets_of(name)
    # Masks of one device's half would weigh differently: `fit` averages averages.
    inputs = {n: x | True if n.endswith("mask") else x for n, x in inputs.items()}
    with strategy.scope():
        model = new_model(name)
        if built:
            model.build()
        model.compile(keras.optimizers.SGD(0.1), new_loss(name))
    model.fit(inputs, targets, batch_size=4, epochs=2, verbose=0, shuffle=False)
    outputs = model.predict(inputs, batch_size=4, verbose=0)
    return model.get_weights(), [np.array(x) for x in keras.tree.flatten(outputs)]


one = tf.distribute.get_strategy()
two = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
results = {
    name: (learn(one, name, True), learn(two, name, built=bool(number % 2)))
    for number, name in enumerate(sys.argv[2:])
}
with open(sys.argv[1], "wb") as file:
    pickle.dump(results, file)
