"""Batches of texts of like length: less padding, the same epoch."""

import numpy as np

from transformer_tf.annotations import Tensor


def bucket_by_length(
    lengths: Tensor, batch_size: int, tokens: int | None = None, seed: int | None = None
):
    """Puts rows of like length into batches.

    Args:
        lengths: Number of tokens in each row.
        batch_size: Maximum number of rows in a batch.
        tokens: Maximum number of tokens in a batch, padding included; None for any.
            A row longer than that is a batch of its own.
        seed: Shuffles rows of like length and the order of batches; None keeps both
            sorted by length.

    Returns:
        batches: List of int arrays, the row numbers of each batch; every row is in one.

    Example:
        >>> batches = bucket_by_length([5, 40, 6, 41, 7], batch_size=2)
        >>> [batch.tolist() for batch in batches]
        [[0, 2], [4, 1], [3]]
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1; got {batch_size}")
    lengths = np.asarray(lengths)
    rows = np.arange(len(lengths))
    generator = None if seed is None else np.random.default_rng(seed)
    if generator is not None:
        rows = generator.permutation(rows)
    rows = rows[np.argsort(lengths[rows], kind="stable")]
    batches: list = []
    batch: list = []
    for row in rows.tolist():
        # Sorted by length: the newest row is the longest, and sets the width.
        too_wide = tokens is not None and (len(batch) + 1) * lengths[row] > tokens
        if batch and (len(batch) == batch_size or too_wide):
            batches.append(np.array(batch))
            batch = []
        batch.append(row)
    if batch:
        batches.append(np.array(batch))
    if generator is not None:
        generator.shuffle(batches)
    return batches
