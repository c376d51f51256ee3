"""Positions, embedding, feed-forward and normalisation as functions (unit 05)."""

from keras import ops


def sinusoidal_positions(length, dim, max_wavelength=10_000):
    """The pattern that is added to word vectors so that their places show.

    Args:
        length: How many positions; the first is 0.
        dim: The size of a word vector; even.
        max_wavelength: How slow the slowest hand may become.

    Returns:
        [length, dim] float32: sine and cosine of one speed stand side by side.
    """
    pairs = ops.arange(dim // 2, dtype="float32")
    speeds = ops.power(float(max_wavelength), -2 * pairs / dim)
    angles = ops.arange(length, dtype="float32")[:, None] * speeds
    pattern = ops.stack([ops.sin(angles), ops.cos(angles)], axis=-1)
    return ops.reshape(pattern, (length, dim))


def embed(ids, table, pattern):
    """Turns ids into word vectors that also say where each word stands.

    Args:
        ids: [batch, length] integers.
        table: [vocabulary, dim] floats: one row a word.
        pattern: [max_length, dim] floats: one row a position; max_length >= length.

    Returns:
        [batch, length, dim] floats.
    """
    length, dim = ids.shape[1], table.shape[1]
    words = ops.take(table, ids, axis=0) * dim**0.5
    return words + pattern[:length]


def feed_forward(x, wide_kernel, wide_bias, narrow_kernel, narrow_bias):
    """Widens every position, keeps what is positive, and narrows it again.

    Args:
        x: [batch, length, dim] floats.
        wide_kernel: [dim, hidden_dim] floats.
        wide_bias: [hidden_dim] floats.
        narrow_kernel: [hidden_dim, dim] floats.
        narrow_bias: [dim] floats.

    Returns:
        [batch, length, dim] floats.
    """
    hidden = ops.relu(x @ wide_kernel + wide_bias)
    return hidden @ narrow_kernel + narrow_bias


def layer_norm(x, scale, offset, epsilon=1e-6):
    """Normalises the features of each word, then scales and shifts each feature.

    Args:
        x: [..., dim] floats.
        scale: [dim] floats, learned; starts as ones.
        offset: [dim] floats, learned; starts as zeros.
        epsilon: Added to the variance, so that nothing is divided by zero.

    Returns:
        [..., dim] floats.
    """
    centred = x - ops.mean(x, axis=-1, keepdims=True)
    variance = ops.mean(ops.square(centred), axis=-1, keepdims=True)
    return centred / ops.sqrt(variance + epsilon) * scale + offset
