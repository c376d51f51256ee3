"""Bad arguments of public calls: what comes back says what came and what should.

Each row of the tables that use this is a call that must be refused, the error, and
words its message must have. A call is refused alike in eager mode, in a graph and under
XLA, unless only the values of its arguments tell.
"""

import dataclasses
from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf


def floats(*shape):
    return np.ones(shape, "float32")


def ids(*shape):
    return np.ones(shape, "int32")


def mask(*shape, dtype=bool):
    return np.ones(shape, dtype)


@dataclasses.dataclass
class Bad:
    """A call that must be refused.

    Attributes:
        call: Makes it; takes tensors made from `arrays`.
        error: What it raises.
        words: Must all be in the message: what came, what was expected.
        arrays: What the call is given.
        values: Whether only the values tell, so that a graph cannot refuse it.
    """

    call: Callable
    error: type
    words: tuple
    arrays: tuple = ()
    values: bool = False

    def check_eager(self):
        self._check(self.call, *map(keras.ops.convert_to_tensor, self.arrays))

    def check_compiled(self, jit_compile):
        if self.values or not self.arrays:
            pytest.skip("only values tell, or nothing is computed")
        self._check(tf.function(self.call, jit_compile=jit_compile), *self.arrays)

    def _check(self, call, *arrays):
        with pytest.raises(self.error) as caught:
            call(*arrays)
        for word in self.words:
            assert word in str(caught.value), str(caught.value)
