"""The table behind tests/test_every_layer.py: one row for each public layer.

A row names the layer, its constructor's arguments, the arguments of one call and the
shape of what comes back. All sizes differ, so that a swapped axis shows.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

import transformer_tf

BATCH, LENGTH, KEY, DIM, KEY_DIM, UNITS = 2, 5, 7, 12, 10, 9


@dataclasses.dataclass
class Row:
    """One public layer and how to try it.

    Attributes:
        layer: The class.
        arguments: What its constructor is given.
        call: From a generator, the arguments of one call by name: arrays, lists of
            arrays, or plain values that are no tensors.
        output: Shape of what the call returns; a list where it returns several tensors.
        padded: Names of arguments whose axis 1 may be padded: appending padding to all
            of them, under an implicit mask, must change nothing at real positions.
        carries_mask: The mask of the first argument arrives at the first output.
        name: Tells two rows of one layer apart.
    """

    layer: type
    arguments: dict
    call: Callable
    output: tuple | list
    padded: tuple = ()
    carries_mask: bool = True
    name: str = ""

    def inputs(self):
        """The arguments of one call; the same numbers every time."""
        return self.call(np.random.default_rng(0))

    def build(self, **changes):
        """The layer, its arguments changed as asked."""
        return self.layer(**{**self.arguments, **changes})

    def __str__(self):
        return self.layer.__name__ + self.name


def floats(rng, *shape):
    return rng.normal(size=shape).astype("float32")


EVERY_LAYER = [
    Row(
        transformer_tf.AdditiveAttention,
        {"units": UNITS},
        lambda rng: {
            "query": floats(rng, BATCH, LENGTH, DIM),
            "key": floats(rng, BATCH, KEY, KEY_DIM),
        },
        [(BATCH, LENGTH, KEY_DIM), (BATCH, LENGTH, KEY)],
        padded=("key",),
    ),
    Row(
        transformer_tf.RNNCell,
        {"units": UNITS},
        lambda rng: {
            "inputs": floats(rng, BATCH, DIM),
            "states": [floats(rng, BATCH, UNITS)],
        },
        [(BATCH, UNITS), (BATCH, UNITS)],
        carries_mask=False,
    ),
]
