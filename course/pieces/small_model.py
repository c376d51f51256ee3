"""A causal model that is small enough to read, for the exercises of unit 08."""

import numpy as np


def logits_of(ids, weights):
    """What a small causal model says comes after every position.

    The token at position p votes for each possible next token, with the numbers in
    `weights[p, token]`; the logits at a position are all votes so far, added up. So
    they depend on every token before, and on where it stands.

    Args:
        ids: A list of ids, at most `window` of them: the model has no more positions.
        weights: [window, vocabulary, vocabulary] floats.

    Returns:
        [length, vocabulary] floats: the last row speaks of the token after the text.
    """
    table, ids = np.asarray(weights), np.asarray(ids)
    if len(ids) > len(table):
        raise ValueError(
            f"{len(ids)} tokens, but the model has only {len(table)} positions"
        )
    return np.cumsum(table[np.arange(len(ids)), ids], axis=0)
