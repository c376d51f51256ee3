"""Random inputs that the checks of every unit draw."""

import numpy as np


def floats(rng: np.random.Generator, *shape: int, scale: float = 1.0) -> np.ndarray:
    """float32 values of that shape from a normal distribution."""
    return (scale * rng.normal(size=shape)).astype("float32")
