"""The best segmentation under a unigram model, found by Viterbi's algorithm."""

import functools
import itertools
import math

import numpy as np

from course.checks.encoding.samples import UNIGRAM, UNIT, letters, random_scores
from course.checks.tokenizers.samples import ALPHABETS
from course.examination import Call, Exercise, OneOf, Sizes


def best_segmentation(text, scores):
    """The likeliest way to cut a text into known pieces.

    Args:
        text: A string. Each of its characters is a piece, so that some cut exists.
        scores: {piece: log probability}.

    Returns:
        List of pieces, from left to right, that make up the text: the cut with the
        highest sum of scores. An empty list for an empty text.
    """
    best = [0.0] + [-math.inf] * len(text)  # the best sum for the first n characters
    start_of = [0] * (len(text) + 1)  # where the last piece of that cut starts
    for end in range(1, len(text) + 1):
        for start in range(end):
            score = best[start] + scores.get(text[start:end], -math.inf)
            if score > best[end]:
                best[end], start_of[end] = score, start
    pieces, end = [], len(text)
    while end > 0:
        pieces.append(text[start_of[end] : end])
        end = start_of[end]
    return pieces[::-1]


segmentation = Exercise(
    "encoding.best_segmentation",
    unit=UNIT,
    answer="best_segmentation",
    reference=best_segmentation,
    parts={"best": 3, "whole": 1, "short": 1},
    returns={"pieces": ("piece",)},
    forbidden=(
        f"{__name__}.best_segmentation",
        "course.pieces.best_score",
        "transformer_tf.text.models.unigram.UnigramModel",
    ),
    hints=4,
    difficulty=4,
    importance=4,
    minutes=25,
    paper=UNIGRAM,
)


def all_cuts(text):
    """Every way to cut a text: 2 to the number of gaps between characters."""
    gaps = range(1, len(text))
    for count in range(len(text)):
        for places in itertools.combinations(gaps, count):
            bounds = [0, *places, len(text)]
            yield [text[a:b] for a, b in itertools.pairwise(bounds)]


SHOWS = ("way_so_far_forgotten", "likeliest_next_piece", "probabilities_added")


def _clear(rng, length):
    """A text whose best cut has no rival: "ab a b" costs what "a b ab" costs."""
    while True:
        text, scores = letters(rng, length), random_scores(rng)
        sums = sorted(
            sum(scores[piece] for piece in cut)
            for cut in all_cuts(text)
            if all(piece in scores for piece in cut)
        )
        if len(sums) > 1 and sums[-1] - sums[-2] > 0.05:
            return Call(text, scores)


@segmentation.probe(part="best", shows=("longest_first", "fewest_pieces"))
def nine_characters(rng):
    return _clear(rng, 9)


@segmentation.probe(part="best", shows=SHOWS)
def eleven_characters(rng):
    return _clear(rng, 11)


@segmentation.probe(part="whole")
def one_piece_is_likelier_than_its_parts(rng):
    return Call("abcd", random_scores(rng) | {"abcd": -0.1})


@segmentation.probe(part="short")
def no_characters(rng):
    return Call("", random_scores(rng))


@segmentation.probe(part="short")
def one_character(rng):
    return Call(letters(rng, 1), random_scores(rng))


@segmentation.promise(
    part="best",
    letters=OneOf(*ALPHABETS),
    length=Sizes(0, 10),
    longest_piece=OneOf(1, 5, 9),
)
def any_text(rng, letters, length, longest_piece):
    """Pieces from the text itself, each as likely as it likes: long ones often win.

    No letter comes twice: two cuts into the same pieces would cost the same.
    """
    text = "".join(rng.permutation([*letters[:5], *"uvwxy"]))[:length]
    scores = {letter: -float(rng.uniform(3, 6)) for letter in text + "z"}
    for size in (longest_piece, *rng.integers(2, longest_piece + 2, size=6)):
        start = rng.integers(max(1, length - size + 1))
        scores.setdefault(text[start : start + size] or "zz", -float(rng.uniform(1, 9)))
    return Call(text, scores)


@segmentation.misconception
def longest_first(text, scores):
    pieces, start = [], 0
    while start < len(text):
        ends = range(len(text), start, -1)
        end = next(end for end in ends if text[start:end] in scores)
        pieces.append(text[start:end])
        start = end
    return pieces


@segmentation.misconception
def likeliest_next_piece(text, scores):
    pieces, start = [], 0
    while start < len(text):
        ends = range(start + 1, len(text) + 1)
        found = [text[start:end] for end in ends if text[start:end] in scores]
        pieces.append(max(found, key=scores.get))
        start += len(pieces[-1])
    return pieces


def _searched(text, value, join=lambda so_far, one: so_far + one, first=0.0):
    """The search with another value of a piece, or another way to join values."""
    best, start_of = [first] + [-math.inf] * len(text), [0] * (len(text) + 1)
    for end in range(1, len(text) + 1):
        for start in range(end):
            one = value(text[start:end])
            if one is not None and join(best[start], one) > best[end]:
                best[end], start_of[end] = join(best[start], one), start
    pieces, end = [], len(text)
    while end > 0:
        pieces.append(text[start_of[end] : end])
        end = start_of[end]
    return pieces[::-1]


@segmentation.misconception
def fewest_pieces(text, scores):
    return _searched(text, lambda piece: -1 if piece in scores else None)


@segmentation.misconception
def least_likely(text, scores):
    return _searched(text, lambda piece: -scores[piece] if piece in scores else None)


@segmentation.misconception
def probabilities_added(text, scores):
    return _searched(
        text, lambda piece: math.exp(scores[piece]) if piece in scores else None
    )


@segmentation.misconception
def way_so_far_forgotten(text, scores):
    return _searched(text, scores.get, join=lambda so_far, one: one)


@segmentation.misconception
def logarithms_multiplied(text, scores):
    return _searched(text, scores.get, join=lambda so_far, one: so_far * one, first=1.0)


@segmentation.misconception
def not_turned_round(text, scores):
    return _searched(text, scores.get)[::-1]


@segmentation.alternative
def from_the_front(text, scores):
    best = [(0.0, [])] + [None] * len(text)
    for start in range(len(text)):
        so_far, pieces = best[start]
        for piece, score in scores.items():
            end = min(start + len(piece), len(text))
            better = best[end] is None or so_far + score > best[end][0]
            if better and text.startswith(piece, start):
                best[end] = so_far + score, [*pieces, piece]
    return best[-1][1]


@segmentation.alternative
def by_recursion(text, scores):
    @functools.cache
    def rest(start):
        if start == len(text):
            return 0.0, ()
        found = []
        for end in range(start + 1, len(text) + 1):
            piece = text[start:end]
            if piece in scores:
                score, pieces = rest(end)
                found.append((score + scores[piece], (piece, *pieces)))
        return max(found)

    return list(rest(0)[1])


@segmentation.alternative
def every_cut(text, scores):
    if not text:
        return []
    known = [cut for cut in all_cuts(text) if all(piece in scores for piece in cut)]
    return max(known, key=lambda cut: sum(scores[piece] for piece in cut))


@segmentation.alternative
def with_numpy(text, scores):
    best, cuts = np.full(len(text) + 1, -np.inf), [[] for _ in range(len(text) + 1)]
    best[0] = 0
    for end in range(1, len(text) + 1):
        known = [scores.get(text[start:end], -np.inf) for start in range(end)]
        start = int(np.argmax(best[:end] + known))
        best[end] = best[start] + known[start]
        cuts[end] = [*cuts[start], text[start:end]]
    return tuple(cuts[-1])
