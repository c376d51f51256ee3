"""Dropout decided pair by pair: what is dropped depends on the pair's indices alone."""

from keras import ops

from transformer_tf.hashing import as_word, mix_bits

_ODD = 0x9E3779B1


def dropout_mask(seed, rate, batch, heads, query, key):
    """Which attention weights survive.

    Each pair of a query and a key has its own number, drawn by hashing the seed and the
    pair's indices. However attention is cut into tiles, and however often it is
    computed again, the same pairs are dropped.

    Args:
        seed: [2] integers, as `keras.random.SeedGenerator.next` gives them.
        rate: Share of the pairs to drop, in [0, 1).
        batch: Number of sequences.
        heads: Number of heads.
        query: [query] integers, the index of each query.
        key: [key] integers, the index of each key.

    Returns:
        [batch, head, query, key] booleans, True for the weights that are kept.
    """
    seed = ops.cast(seed, "uint32")
    sequence = mix_bits(as_word(ops.arange(batch * heads)) ^ seed[0])
    sequence = ops.reshape(mix_bits(sequence + seed[1]), (batch, heads, 1, 1))
    rows = mix_bits(mix_bits(as_word(query) + as_word(_ODD))[:, None] ^ sequence)
    columns = mix_bits(as_word(key) + seed[1])
    # [batch, head, query, 1] with [key] -> one number per pair
    drawn = mix_bits(rows + columns)
    return ops.greater_equal(drawn, as_word(round(rate * 2**32)))
