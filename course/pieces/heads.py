"""Splitting a width into heads, and merging the heads again (unit 04)."""

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
