"""Attention in float64 NumPy, straight from the paper."""

import numpy as np


def attention(query, key, value, mask=None, bias=0.0, scale=None):
    """softmax(q k^T scale + bias) v over allowed keys; rows with none give zeros."""
    query, key, value = (np.asarray(x, "float64") for x in (query, key, value))
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    scores = np.einsum("...qd,...kd->...qk", query, key) * scale + bias
    mask = np.broadcast_to(True if mask is None else mask, scores.shape)
    weights = np.zeros(scores.shape)
    for row in np.ndindex(scores.shape[:-1]):
        allowed = mask[row]
        if allowed.any():
            powers = np.exp(scores[row][allowed] - scores[row][allowed].max())
            weights[row][allowed] = powers / powers.sum()
    return np.einsum("...qk,...kv->...qv", weights, value), weights
