"""Counting neighbours: the first half of byte-pair training."""

from collections import Counter, defaultdict
from itertools import combinations, pairwise

from course.checks.tokenizers.samples import (
    ALPHABETS,
    PAIRS,
    UNIT,
    counted_words,
    cut,
    renamed,
)
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import count_pairs

pairs = Exercise(
    "tokenizers.count_pairs",
    unit=UNIT,
    answer="count_pairs",
    reference=count_pairs,
    parts={"words": 2, "repeats": 1, "pieces": 1, "short": 1},
    returns={"totals": ()},
    forbidden=("course.pieces.count_pairs",),
    hints=3,
    difficulty=1,
    importance=5,
    minutes=8,
    paper=PAIRS,
)


def _counts(rng, how_many):
    return [int(count) for count in rng.choice(range(2, 30), how_many, replace=False)]


@pairs.probe(part="words")
def pairs_in_several_words(rng):
    words = ["a b c", "b c", "c a b d", "d d a c"]
    return Call(cut(*zip(renamed(rng, words), _counts(rng, 4))))


@pairs.probe(part="repeats")
def the_same_pair_again(rng):
    words = ["a a a a", "b a a", "c b c b c"]
    return Call(cut(*zip(renamed(rng, words), _counts(rng, 3))))


@pairs.probe(part="pieces")
def longer_pieces(rng):
    words = ["ab c ab c", "ab ca d", "dd a"]
    return Call(cut(*zip(renamed(rng, words), _counts(rng, 3))))


@pairs.probe(part="short")
def no_pair_at_all(rng):
    return Call(cut(*zip(renamed(rng, ["a", "bc", "d"]), _counts(rng, 3))))


@pairs.promise(
    part="words",
    letters=OneOf(*ALPHABETS),
    words=Sizes(0, 5),
    pieces=Sizes(2, 9),
    count=OneOf(1, 300),
)
def any_words(rng, **sizes):
    return Call(counted_words(rng, **sizes))


def _total(found):
    """{pair: total} of (pair, count) pairs."""
    totals = Counter()
    for pair, count in found:
        totals[pair] += count
    return dict(totals)


@pairs.misconception
def counts_ignored(words):
    return _total((pair, 1) for pieces, _ in words for pair in pairwise(pieces))


@pairs.misconception
def across_words(words):
    text = [(piece, count) for pieces, count in words for piece in pieces]
    return _total(((a, b), count) for (a, count), (b, _) in pairwise(text))


@pairs.misconception
def once_a_word(words):
    return _total((pair, c) for pieces, c in words for pair in set(pairwise(pieces)))


@pairs.misconception
def repeats_skipped(words):
    totals = Counter()
    for pieces, count in words:
        free = {}
        for place, pair in enumerate(pairwise(pieces)):
            if place >= free.get(pair, 0):
                totals[pair] += count
                free[pair] = place + 2
    return dict(totals)


@pairs.misconception
def order_ignored(words):
    return _total(
        (tuple(sorted(p)), c) for pieces, c in words for p in pairwise(pieces)
    )


@pairs.misconception
def letters_paired(words):
    return _total((p, c) for pieces, c in words for p in pairwise("".join(pieces)))


@pairs.misconception
def every_second(words):
    return _total((p, c) for w, c in words for p in zip(w[::2], w[1::2]))


@pairs.misconception
def not_only_neighbours(words):
    return _total((p, c) for pieces, c in words for p in combinations(pieces, 2))


@pairs.misconception
def glued(words):
    return _total((a + b, c) for pieces, c in words for a, b in pairwise(pieces))


@pairs.alternative
def with_a_default(words):
    totals = defaultdict(int)
    for pieces, count in words:
        for place in range(len(pieces) - 1):
            totals[pieces[place], pieces[place + 1]] += count
    return totals


@pairs.alternative
def with_get(words):
    totals = {}
    for pieces, count in words:
        for pair in pairwise(pieces):
            totals[pair] = totals.get(pair, 0) + count
    return totals


@pairs.alternative
def word_after_word(words):
    return sum(
        (
            Counter(pair for pair in pairwise(pieces) for _ in range(count))
            for pieces, count in words
        ),
        Counter(),
    )
