"""What early exercises build and later notebooks use: a failed exercise blocks nothing.

These stand outside `course.checks`, which a learner's process cannot read when graded.
"""

import numpy as np
from keras import ops


def split_heads(x, num_heads):
    """Cuts every vector into equal pieces, one for each head.

    Args:
        x: [batch, length, dim] floats; `num_heads` divides dim. The first head_dim
            numbers of a vector belong to head 0, the next head_dim to head 1, ...
        num_heads: How many heads there are.

    Returns:
        [batch, head, length, head_dim] floats, with head_dim = dim / num_heads.
    """
    batch, length, dim = x.shape
    pieces = ops.reshape(x, (batch, length, num_heads, dim // num_heads))
    return ops.transpose(pieces, (0, 2, 1, 3))


def merge_heads(heads):
    """Puts the pieces of each position side by side again: undoes `split_heads`.

    Args:
        heads: [batch, head, length, head_dim] floats.

    Returns:
        [batch, length, head * head_dim] floats.
    """
    batch, num_heads, length, head_dim = heads.shape
    pieces = ops.transpose(heads, (0, 2, 1, 3))
    return ops.reshape(pieces, (batch, length, num_heads * head_dim))


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
