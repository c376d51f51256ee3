"""What the exercises on encoding ask about: made-up words, and numbers for ids."""

import numpy as np

UNIT = "06_tokenizers"
UNIGRAM = "https://arxiv.org/abs/1804.10959"
BERT = "https://arxiv.org/abs/1810.04805"

# Every character, and longer pieces that compete for the same places.
PIECES = "a b c d ab bc cd da abc bcd cda abcd".split()


def ids(rng, count):
    """Different numbers from 100 on: none of them is a special token."""
    return rng.choice(np.arange(100, 1000), size=count, replace=False).tolist()


def letters(rng, count):
    """Text of the letters that `PIECES` covers."""
    return "".join(rng.choice(list("abcd"), size=count))


def random_scores(rng):
    """{piece: log probability}: a piece is about as likely as its letters together."""
    return {piece: -float(rng.uniform(1, 4) * len(piece)) for piece in PIECES}
