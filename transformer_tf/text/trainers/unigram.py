"""How Unigram finds its pieces: many to begin with, then the least useful go."""

import math
from collections import Counter

import numpy as np

from transformer_tf.text.trainers.segmentations import Segmentations
from transformer_tf.text.training import Progress

ROUNDS = 2  # of expectation-maximization between two prunings
LAST_ROUNDS = 4
RARE = 0.5  # a piece that is expected less often goes
FLOOR = 0.1  # what a piece counts that stays though it is never used


def learn_unigram(
    counts, size, longest=16, keep=0.75, seeds=25, progress=False, special_tokens=()
):
    """Pieces and their log probabilities, learnt from counted words.

    Starts from the frequent substrings of the words. Then, again and again, estimates
    how probable each piece is, given all the ways to cut the words, and drops those
    whose loss costs the least, until `size` are left. Single characters always stay.

    Args:
        counts: {word: how often}.
        size: Number of pieces to keep.
        longest: The most characters of a piece.
        keep: The share of the pieces that one pruning keeps.
        seeds: How many pieces to start from, times `size`.
        progress: Whether a bar is drawn on standard output.
        special_tokens: Tokens that no piece spells, though the text may.

    Returns:
        pieces: List of (piece, log probability), the most probable first; fewer than
            `size` where the words do not have as many substrings that occur twice.

    Raises:
        ValueError: There are more characters than pieces, or no words.

    Source: https://arxiv.org/abs/1804.10959, section 3.2, with SentencePiece's
    digamma, which makes rare pieces rarer (a sparse Dirichlet prior).
    """
    if not counts:
        raise ValueError("there is no text to learn pieces from")
    alphabet = sorted(set().union(*counts) - set(special_tokens))
    if size < len(alphabet):
        raise ValueError(
            f"{size} pieces cannot hold the {len(alphabet)} characters of the text: "
            "ask for more, or normalize the text to fewer"
        )
    weights = seed_pieces(counts, alphabet, longest, seeds * size)
    weights = {p: weight for p, weight in weights.items() if p not in special_tokens}
    pieces = [*weights]
    words = Segmentations(counts, pieces, list(counts.values()))
    scores = np.log(np.array([*weights.values()]) / sum(weights.values()))
    stays = np.arange(len(pieces)) < len(alphabet)
    sizes = [len(pieces)]
    while sizes[-1] > size:
        sizes.append(max(size, min(int(keep * sizes[-1]), sizes[-1] - 1)))
    for target in Progress(sizes[1:], "learning pieces", enabled=progress):
        for _ in range(ROUNDS):
            expected = words.expected_counts(scores)
            scores = _log_probabilities(expected, stays)
        kept = _most_useful(pieces, scores, expected, stays, target)
        pieces = [pieces[number] for number in kept]
        scores, stays = scores[kept], stays[kept]
        words = words.restrict(kept)
    for _ in range(LAST_ROUNDS):
        expected = words.expected_counts(scores)
        scores = _log_probabilities(expected, np.ones(len(pieces), bool))
    order = sorted(range(len(pieces)), key=lambda number: (-scores[number], number))
    return [(pieces[number], float(scores[number])) for number in order]


def seed_pieces(counts, alphabet, longest, limit):
    """{piece: weight} to begin with: every character, then the substrings that cover
    most text: of those that occur twice or more, be it in the same word, and occur less
    often when lengthened by a character (so "albuquerqu" goes, "albuquerque" stays)."""
    found: Counter = Counter()
    for word, count in counts.items():
        for start in range(len(word)):
            for end in range(start + 1, min(start + longest, len(word)) + 1):
                found[word[start:end]] += count
    lengthened: Counter = Counter()
    for piece, count in found.items():
        shorter = piece[:-1]
        lengthened[shorter] = max(lengthened[shorter], count)
    weights = {character: found[character] for character in alphabet}
    substrings = [
        (-count * len(piece), piece)
        for piece, count in found.items()
        if len(piece) > 1 and count > 1 and lengthened[piece] < count
    ]
    for negative, piece in sorted(substrings)[: max(0, limit - len(weights))]:
        weights[piece] = -negative
    return weights


def _log_probabilities(expected, stays):
    """Expected counts -> scores; pieces too rare to stay get -infinity."""
    expected = np.where(stays, np.maximum(expected, FLOOR), expected)
    alive = stays | (expected >= RARE)
    scores = np.full(len(expected), -math.inf)
    scores[alive] = digamma(expected[alive]) - digamma(expected[alive].sum())
    return scores


def _most_useful(pieces, scores, expected, stays, target):
    """The numbers of the `target` pieces whose loss would cost the most."""
    # Without a piece, its text would be cut in the next best way.
    alone = Segmentations(pieces, pieces, np.ones(len(pieces)), whole=False)
    next_best = alone.best_scores(scores)
    cost = np.full(len(pieces), -math.inf)
    cost[stays] = math.inf
    used = np.isfinite(scores) & ~stays
    cost[used] = expected[used] * (scores[used] - next_best[used])
    order = np.argsort(-cost, kind="stable")[: max(target, int(stays.sum()))]
    return np.sort(order)


def digamma(x):
    """The derivative of the log of the gamma function, for positive numbers."""
    x, total = np.array(x, np.float64), 0.0
    for _ in range(7):
        total, x = total - 1 / x, x + 1
    square = 1 / x**2
    series = square * (1 / 12 - square * (1 / 120 - square / 252))
    return total + np.log(x) - 0.5 / x - series
