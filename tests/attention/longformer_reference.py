"""Longformer's attention in float64 NumPy, pair by pair, from its paper.

Source: https://arxiv.org/abs/2004.05150, sections 3.1 and 3.2.
"""

import numpy as np


def longformer(x, weights, num_heads, window, real, is_global):
    """What `LongformerAttention` must give.

    Args:
        x: [batch, length, dim] floats.
        weights: Name of a projection -> (kernel, bias).
        num_heads: Number of heads.
        window: Keys fewer than so many positions away are seen.
        real, is_global: [batch, length] booleans.

    Returns:
        [batch, length, dim] float64.
    """
    batch, length, _ = x.shape
    x = np.where(real[..., None], x, 0).astype("float64")
    place = np.arange(length)
    near = np.abs(place[:, None] - place) < window
    local = gather(
        x,
        [weights[name] for name in ("query", "key", "value")],
        num_heads,
        (near | is_global[:, None]) & real[:, None],
    )
    everything = np.broadcast_to(real[:, None], (batch, length, length))
    rows = gather(
        x,
        [weights[f"global_{name}"] for name in ("query", "key", "value")],
        num_heads,
        everything,
    )
    output = np.where(is_global[..., None], rows, local)
    return project(np.where(real[..., None], output, 0), weights["output"])


def gather(x, projections, num_heads, sees):
    """One softmax for each query over all that it sees; zeros where it sees nothing."""
    batch, length, _ = x.shape
    query, key, value = (
        project(x, one).reshape(batch, length, num_heads, -1).swapaxes(1, 2)
        for one in projections
    )
    scores = query @ key.swapaxes(-1, -2) / np.sqrt(query.shape[-1])
    weights = np.exp(scores - scores.max(-1, keepdims=True)) * sees[:, None]
    total = weights.sum(-1, keepdims=True)
    weights = weights / np.where(total == 0, 1, total)
    return (weights @ value).swapaxes(1, 2).reshape(batch, length, -1)


def project(x, projection):
    kernel, bias = projection
    return x @ kernel + bias
