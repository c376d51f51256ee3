"""What the probes of this unit are made of."""

import numpy as np

UNIT = "02_word_vectors"
WORD2VEC = "https://arxiv.org/abs/1301.3781"


def ids(rng, vocabulary_size, *shape):
    """Random token ids."""
    return rng.integers(vocabulary_size, size=shape).astype("int32")


def unequal_rows(rng, rows, columns):
    """A table whose vectors differ much in length as well as in direction."""
    lengths = 2.0 ** (3 * rng.permutation(rows) / rows - 1.5)
    directions = rng.normal(size=(rows, columns))
    directions /= (directions**2).sum(axis=-1, keepdims=True) ** 0.5
    return (directions * lengths[:, None]).astype("float32")


def told_apart(rng, rows, columns, vector_of, best=12):
    """A table, and a vector made of it, that leave no doubt about the nearest rows.

    Rows nearly equally near would be ordered by how an answer rounds.
    """
    while True:
        table = unequal_rows(rng, rows, columns)
        unit = table / np.sqrt((table**2).sum(axis=-1, keepdims=True))
        vector = vector_of(unit)
        cosines = np.sort(unit @ vector) / np.sqrt((vector**2).sum())
        if np.diff(cosines[-best:]).min() > 1e-5:
            return table, vector
