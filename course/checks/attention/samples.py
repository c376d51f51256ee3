"""What the probes of this unit are made of."""

import numpy as np

from course.checks.samples import floats

UNIT = "03_attention"
PAPER = "https://arxiv.org/abs/1706.03762"


def triple(rng, batch=2, query=3, key=5, dim=4, value_dim=6):
    """Query, key and value with axes of different sizes: a swapped axis shows."""
    shapes = [(batch, query, dim), (batch, key, dim), (batch, key, value_dim)]
    return [floats(rng, *shape) for shape in shapes]


def visible_mask(rng, *shape):
    """Random booleans; two keys are visible to every query, the last one to none.

    Two, since the weight of a key that stands alone is 1 whatever its score.
    """
    allowed = rng.random(shape) < 0.5
    allowed[..., :2] = True
    allowed[..., -1] = False
    return allowed


def padded_ids(rng, lengths, size, padding_id=0, left=False):
    """Ids from 1 to 9, without the padding's own, filled up to one size."""
    ids = rng.integers(1, 10, size=(len(lengths), size))
    ids[ids == padding_id] += 1
    places = np.arange(size)
    for row, length in zip(ids, lengths):
        row[places < size - length if left else places >= length] = padding_id
    return ids.astype("int32")
