"""Numbers of sixteen bits, as a function (unit 11)."""

import numpy as np


def read_bfloat16(data):
    """Widens numbers of 16 bits, as bfloat16 has them, to float32.

    Args:
        data: bytes, two for each number, the lower one first.

    Returns:
        [count] float32, an array: exactly the same numbers.
    """
    bits = np.frombuffer(data, "<u2").astype("uint32")
    return (bits << 16).view("float32")
