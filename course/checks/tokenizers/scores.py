"""WordPiece's score: pairs whose parts are seldom seen apart."""

import math
from collections import Counter

from course import pieces as given
from course.checks.tokenizers.samples import (
    ALPHABETS,
    UNIT,
    WORD_PIECES,
    counted_words,
    cut,
    renamed,
)
from course.examination import Call, Exercise, OneOf, Sizes


def likelihood_scores(words):
    """Scores pairs of neighbours by how much their parts belong together.

    Args:
        words: List of (pieces, count): a word as a list of strings, and how often the
            word occurs.

    Returns:
        {(left, right): score}, with score = count of the pair / (count of left * count
        of right). Counts are taken over all words; a word that occurs 5 times counts
        5 times.
    """
    totals = Counter()
    for pieces, count in words:
        for piece in pieces:
            totals[piece] += count
    return {
        (left, right): both / (totals[left] * totals[right])
        for (left, right), both in given.count_pairs(words).items()
    }


scores = Exercise(
    "tokenizers.likelihood_scores",
    unit=UNIT,
    answer="likelihood_scores",
    reference=likelihood_scores,
    parts={"scores": 3, "repeats": 1, "pieces": 1},
    returns={"scores": ()},
    forbidden=(f"{__name__}.likelihood_scores",),
    stands_on=("course.pieces.byte_pairs",),
    hints=3,
    difficulty=2,
    importance=3,
    minutes=12,
    paper=WORD_PIECES,
)


def words_with_counts(rng, *words):
    counts = rng.choice(range(2, 20), len(words), replace=False)
    return cut(*zip(renamed(rng, list(words)), (int(count) for count in counts)))


@scores.probe(part="scores")
def several_words(rng):
    return Call(words_with_counts(rng, "a b c", "b c", "c a b d", "d c"))


@scores.probe(part="repeats")
def the_same_pair_again(rng):
    return Call(words_with_counts(rng, "a b a b", "b b a", "c"))


@scores.probe(part="pieces")
def longer_pieces(rng):
    return Call(words_with_counts(rng, "ab ##c ##d", "a ##b ##c", "ab ##cd"))


@scores.promise(
    part="scores",
    letters=OneOf(*ALPHABETS),
    words=Sizes(0, 5),
    pieces=Sizes(2, 9),
    count=OneOf(1, 300),
)
def any_words(rng, **sizes):
    return Call(counted_words(rng, **sizes))


def _scored(words, score, totals=None):
    totals = totals or given.count_pieces(words)
    everything = sum(totals.values())
    return {
        (left, right): score(both, totals[left], totals[right], everything)
        for (left, right), both in given.count_pairs(words).items()
    }


@scores.misconception
def count_alone(words):
    return _scored(words, lambda both, left, right, _: both)


@scores.misconception
def left_only(words):
    return _scored(words, lambda both, left, right, _: both / left)


@scores.misconception
def parts_added(words):
    return _scored(words, lambda both, left, right, _: both / (left + right))


@scores.misconception
def parentheses_forgotten(words):
    return _scored(words, lambda both, left, right, _: both / left * right)


@scores.misconception
def shares_for_counts(words):
    return _scored(words, lambda both, left, right, all_: both * all_ / (left * right))


@scores.misconception
def logarithm_taken(words):
    return _scored(words, lambda both, left, right, _: math.log(both / (left * right)))


@scores.misconception
def pieces_counted_once_a_word(words):
    plain = given.count_pieces([(pieces, 1) for pieces, _ in words])
    return _scored(words, lambda both, left, right, _: both / (left * right), plain)


@scores.misconception
def only_inside_pairs(words):
    totals = Counter()
    for pair, count in given.count_pairs(words).items():
        for piece in pair:
            totals[piece] += count
    return _scored(words, lambda both, left, right, _: both / (left * right), totals)


@scores.misconception
def counts_ignored(words):
    once = [(pieces, 1) for pieces, _ in words]
    return _scored(once, lambda both, left, right, _: both / (left * right))


@scores.alternative
def in_one_walk(words):
    single, double = Counter(), Counter()
    for pieces, count in words:
        for place, piece in enumerate(pieces):
            single[piece] += count
            if place:
                double[pieces[place - 1], piece] += count
    return {(a, b): n / single[a] / single[b] for (a, b), n in double.items()}


@scores.alternative
def by_information(words):
    totals = given.count_pieces(words)
    return {
        pair: math.exp(math.log(n) - sum(math.log(totals[piece]) for piece in pair))
        for pair, n in given.count_pairs(words).items()
    }


@scores.alternative
def counted_afresh(words):
    def times(piece):
        return sum(pieces.count(piece) * count for pieces, count in words)

    found = given.count_pairs(words)
    return {pair: found[pair] / math.prod(map(times, pair)) for pair in found}
