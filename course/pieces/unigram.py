"""The best cut under a Unigram model, as far as its score goes."""

import math


def best_score(text, scores):
    """The highest sum of scores among all the ways to cut a text into pieces.

    Args:
        text: A string.
        scores: {piece: log probability}.

    Returns:
        A float; minus infinity if the pieces cannot make up the text.
    """
    best = [0.0] + [-math.inf] * len(text)
    for end in range(1, len(text) + 1):
        best[end] = max(
            best[start] + scores.get(text[start:end], -math.inf) for start in range(end)
        )
    return best[-1]
