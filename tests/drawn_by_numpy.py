"""New weights from NumPy, for tests under JAX that give them other values or none.

JAX compiles a program for every shape that it draws: a third of the time of a test.
"""

import contextlib
from unittest import mock

import keras
import numpy as np
from keras.src.backend import random


@contextlib.contextmanager
def drawn_by_numpy():
    """Whatever an initializer would draw is drawn from one normal distribution."""
    generator = np.random.default_rng(0)

    def draw(shape, *_, dtype=None, **__):
        numbers = generator.normal(0.0, 0.1, shape)
        return keras.ops.convert_to_tensor(numbers, dtype or keras.config.floatx())

    kinds = dict.fromkeys(("normal", "uniform", "truncated_normal"), draw)
    with mock.patch.multiple(random, **kinds):
        yield
