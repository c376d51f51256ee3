"""What the exercises of this unit share: their folder, papers, and drawn inputs."""

import numpy as np

UNIT = "10_transfer"
BERT = "https://arxiv.org/abs/1810.04805"
KINDS = ("room", "time", "thing")


def lengths_of(rng: np.random.Generator, batch: int, length: int) -> np.ndarray:
    """[batch, length] booleans: a full row, then shorter ones, padding behind."""
    lengths = np.array([max(1, length - 2 * row) for row in range(batch)])
    return np.arange(length) < rng.permutation(lengths)[:, None]
