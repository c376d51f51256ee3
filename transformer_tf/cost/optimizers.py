"""What optimizers remember of each weight between two steps."""

from __future__ import annotations

import math
from collections.abc import Iterable

# Numbers a weight: velocities, means of gradients, means of their squares.
SLOTS = {
    "sgd": 0,
    "momentum": 1,
    "rmsprop": 1,
    "adagrad": 1,
    "lion": 1,
    "adam": 2,
    "adamw": 2,
    "nadam": 2,
    "adafactor": 1,
}
"""{optimizer: how many numbers it remembers of each weight}

Adafactor remembers one more for each row and each column of a matrix.

Example:
    >>> SLOTS["adamw"], SLOTS["sgd"]
    (2, 0)
"""


def slot_numbers(optimizer: str, shapes: Iterable[tuple[int, ...]]) -> int:
    """How many numbers an optimizer of Keras keeps beside weights of these shapes.

    Adafactor keeps a number for each row and each column of a matrix. In place of
    means of all squares that is little; Keras' keeps an array of the weight's size as
    well.

    Args:
        optimizer: One of `SLOTS`.
        shapes: The shape of each weight.
    """
    found = 0
    for shape in shapes:
        found += SLOTS[optimizer] * math.prod(shape)
        if optimizer == "adafactor" and len(shape) > 1:
            found += math.prod(shape[:-1]) + math.prod((*shape[:-2], shape[-1]))
    return found
