"""Dropout decided pair by pair: what is dropped depends on who looks at whom alone."""

from keras import ops


def kept(seed, rate, batch, heads, query, key):
    """Which attention weights survive.

    Each pair of a query and a key has its own number, drawn by hashing the seed and the
    pair's indices. However attention is cut into tiles, and however often it is
    computed again, the same pairs are dropped.

    Args:
        seed: [2] integers, as `keras.random.SeedGenerator.next` gives them.
        rate: Share of the pairs to drop, in [0, 1).
        batch: How many sequences there are.
        heads: How many heads there are.
        query: [query] integers, the index of each query.
        key: [key] integers, the index of each key.

    Returns:
        [batch, head, query, key] booleans, True for what stays.

    Source: the mixing steps are those of MurmurHash3 (Appleby, 2011).
    """
    seed = ops.cast(seed, "uint32")
    sequence = _mixed(_number(ops.arange(batch * heads)) ^ seed[0])
    sequence = ops.reshape(_mixed(sequence + seed[1]), (batch, heads, 1, 1))
    rows = _mixed(_mixed(_number(query) + _number(_ODD))[:, None] ^ sequence)
    columns = _mixed(_number(key) + seed[1])
    # [batch, head, query, 1] with [key] -> one number a pair
    drawn = _mixed(rows + columns)
    return ops.greater_equal(drawn, _number(round(rate * 2**32)))


_ODD = 0x9E3779B1


def _number(indices):
    return ops.cast(indices, "uint32")


def _mixed(x):
    """Spreads the bits of 32-bit numbers, so that neighbours have nothing in common."""
    for shift, odd in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x = (x ^ ops.right_shift(x, _number(shift))) * _number(odd)
    return x ^ ops.right_shift(x, _number(16))
