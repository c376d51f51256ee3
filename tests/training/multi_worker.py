"""Run by test_multi_worker.py, once for each of two processes of one strategy.

python -m tests.training.multi_worker FILE: learns in a loop of its own, then tries
Keras' own `fit`; writes to the file what came out. TF_CONFIG says which process it is.
"""

import pickle
import sys

import keras
import numpy as np
import tensorflow as tf

strategy = tf.distribute.MultiWorkerMirroredStrategy()

from tests.models.every_model import (  # noqa: E402
    inputs_of,
    new_loss,
    new_model,
    targets_of,
)
from tests.training.own_loop import ROWS, own_loop  # noqa: E402
from tests.training.tiny import LENGTH, tiny_data, tiny_model  # noqa: E402
from transformer_tf import TokenCrossEntropy  # noqa: E402


def fit_functional():
    """What Keras' own `fit` makes of a functional model: weights, or its error."""
    with strategy.scope():
        model = tiny_model(blocks=1)
        model.compile(keras.optimizers.SGD(0.5), TokenCrossEntropy())
    data = tiny_data(4 * ROWS, np.random.default_rng(0), LENGTH + 1)
    return fitted(model, tf.data.Dataset.from_tensor_slices(data).batch(ROWS))


def fit_whole(name):
    """The same for a whole model of this library."""
    with strategy.scope():
        model = new_model(name)
        model.build()
        model.compile(keras.optimizers.SGD(0.1), new_loss(name))
    data = inputs_of(name), targets_of(name)
    return fitted(model, tf.data.Dataset.from_tensor_slices(data).batch(4))


def fitted(model, dataset):
    try:
        model.fit(dataset, epochs=2, verbose=0, shuffle=False)
    except Exception as error:  # what it raises is the finding
        return f"{type(error).__name__}: {error}"
    return model.get_weights()


results = {
    "replicas": strategy.num_replicas_in_sync,
    "own loop": own_loop(strategy, parts=1),
    "own loop, parts": own_loop(strategy, parts=2),
    "fit, functional": fit_functional(),
    "fit, whole": fit_whole("causal"),
}
with open(sys.argv[1], "wb") as file:
    pickle.dump(results, file)
