"""What the exercises of this unit share: their folder, papers, and drawn texts."""

import numpy as np

UNIT = "07_encoders"
BERT = "https://arxiv.org/abs/1810.04805"

CLS, SEP, PADDING = 101, 102, 0
WORDS = (1000, 30_000)  # ids of ordinary tokens, far above 255


def floats(rng, *shape, scale=1.0):
    """float32 values of that shape from a normal distribution."""
    return (scale * rng.normal(size=shape)).astype("float32")


def words(rng, *shape):
    """int32 ids of ordinary tokens, no two alike."""
    drawn = rng.choice(np.arange(*WORDS), size=shape, replace=False)
    return drawn.astype("int32")


def between(rng, low, high):
    """float32 numbers, each inside its own interval, away from both ends."""
    low, high = np.asarray(low), np.asarray(high)
    share = rng.uniform(0.1, 0.9, size=low.shape)
    return (low + share * (high - low)).astype("float32")
