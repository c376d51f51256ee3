"""Looking around in a table of word vectors."""

import numpy as np
from keras import ops


def nearest(table, vector, count, excluded=()):
    """Finds the rows of a table that point most nearly the same way as a vector.

    Args:
        table: [vocabulary, dim] floats: row n is the vector of word n; none is zero.
        vector: [dim] floats, not zero.
        count: How many are wanted.
        excluded: Ids that must not be among them, as integers.

    Returns:
        [count] integers: ids in the order of their cosine with the vector, the best
        first.
    """
    # The length of `vector` divides them all alike: the order is that of the cosines.
    cosines = ops.matmul(table, vector) / ops.norm(table, axis=-1)
    places = ops.arange(table.shape[0])
    for place in excluded:
        cosines = ops.where(places == place, -np.inf, cosines)
    return ops.top_k(cosines, count)[1]
