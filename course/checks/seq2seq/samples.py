"""What the exercises of this unit share: their folder, and drawn inputs."""

import numpy as np

UNIT = "09_seq2seq"
TRANSFORMER = "https://arxiv.org/abs/1706.03762"
SEQ2SEQ = "https://arxiv.org/abs/1409.3215"


def behind(rng, batch, length, full=True):
    """[batch, length] booleans: real tokens in front, padding behind.

    Args:
        full: Whether the first row has no padding; others have some, and differ.
    """
    counts = [max(1, length - 1 - 2 * row) for row in range(batch)]
    if full:
        counts = [length, *counts[: batch - 1]]
    return np.arange(length) < np.array(counts)[:, None]


def labels_of(rng, batch, length, high=900, end=1):
    """[batch, length] int32: texts, each with its end, and -100 behind."""
    real = behind(rng, batch, length)
    ids = rng.integers(3, high, size=real.shape)
    last = real & ~np.pad(real, ((0, 0), (0, 1)))[:, 1:]
    return np.where(real, np.where(last, end, ids), -100).astype("int32")
