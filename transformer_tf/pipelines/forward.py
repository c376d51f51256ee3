"""TensorFlow where it is the backend: a model called on rows, compiled when it pays."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

# The first calls run eagerly: tracing takes longer than a handful of short texts.
EAGER_CALLS = 8


class Forward:
    """Calls a model on NumPy arrays and gives NumPy arrays back.

    Args:
        call: From a dict of tensors to a tensor, or a tuple of them.
    """

    def __init__(self, call: Any):
        self.call = call
        self.calls = 0
        self._compiled: dict[tuple[str, ...], Any] = {}

    def __call__(self, inputs: dict[str, np.ndarray]) -> Any:
        self.calls += 1
        if keras.backend.backend() != "tensorflow":
            return _numpy(self.call(inputs))
        return _numpy(self._tensorflow(inputs))

    def _tensorflow(self, inputs: dict[str, np.ndarray]) -> Any:
        import tensorflow as tf

        tensors = {name: tf.constant(value) for name, value in inputs.items()}
        if self.calls <= EAGER_CALLS:
            return self.call(tensors)
        key = tuple(sorted(tensors))
        if key not in self._compiled:
            signature = {
                name: tf.TensorSpec([None] * value.ndim, value.dtype)
                for name, value in tensors.items()
            }
            self._compiled[key] = tf.function(
                self.call, input_signature=[signature], autograph=False
            )
        return self._compiled[key](tensors)


def _numpy(outputs: Any) -> Any:
    if isinstance(outputs, (tuple, list)):
        return tuple(_numpy(output) for output in outputs)
    return np.asarray(keras.ops.convert_to_numpy(outputs)).astype("float32")
