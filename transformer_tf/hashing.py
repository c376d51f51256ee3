"""Hashing of 32-bit numbers: random numbers that depend on their indices alone."""

from keras import ops

GOLDEN_RATIO = 0x9E3779B9
"""2^32 divided by the golden ratio: added, it keeps zeros from hashing to zero."""


def mix_bits(word):
    """Every bit of the result depends on every bit of `word`.

    Args:
        word: uint32 integers of any shape.

    Returns:
        uint32 integers of that shape.

    Source: the finaliser of MurmurHash3 (Appleby, 2011).
    """
    for shift, odd in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        word = ops.bitwise_xor(word, shift_right(word, shift)) * as_word(odd)
    return ops.bitwise_xor(word, shift_right(word, 16))


def shift_right(word, places):
    return ops.right_shift(word, as_word(places))


def as_word(value):
    """Integers as uint32: a number of Python, or a tensor."""
    return ops.cast(value, "uint32")
