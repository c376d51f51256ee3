"""What a merge is worth, by brute force: the likelihood before and after."""

import math

import numpy as np

from course import pieces as given
from course.checks.tokenizers.samples import (
    ALPHABETS,
    UNIT,
    WORD_PIECES,
    counted_words,
)
from course.checks.tokenizers.scores import words_with_counts
from course.examination import Call, Case, Exercise, OneOf, Sizes


def likelihood_gain(words, pair):
    """By how much merging a pair raises the log-likelihood of the text.

    The text is thought of as drawn piece by piece, each piece with a probability that
    is its share of all pieces: p(piece) = count of the piece / count of all.

    Args:
        words: List of (pieces, count), as in `count_pairs`.
        pair: (left, right): what is merged.

    Returns:
        A float: the log-likelihood after merging minus the one before. The
        log-likelihood is the sum of log p(piece) over every piece of the text (natural
        logarithms; the shares are counted again after merging).
    """

    def log_likelihood(words):
        totals = given.count_pieces(words).values()
        return sum(count * math.log(count / sum(totals)) for count in totals)

    merged = [(given.merge_pair(pieces, pair), count) for pieces, count in words]
    return log_likelihood(merged) - log_likelihood(words)


gain = Exercise(
    "tokenizers.likelihood_gain",
    unit=UNIT,
    answer="likelihood_gain",
    reference=likelihood_gain,
    parts={"gain": 3, "repeats": 1, "used_up": 1},
    returns={"gain": ()},
    forbidden=(f"{__name__}.likelihood_gain",),
    stands_on=("course.pieces.byte_pairs",),
    hints=4,
    difficulty=3,
    importance=3,
    minutes=15,
    paper=WORD_PIECES,
)


def _case(rng, *words) -> Case:
    """The pair of the first two pieces of the first word."""
    words = words_with_counts(rng, *words)
    return Call(words, tuple(words[0][0][:2]))


@gain.probe(part="gain")
def two_letters(rng):
    return _case(rng, "a b c", "b c a", "c a b d", "d c b")


@gain.probe(part="gain")
def longer_pieces(rng):
    return _case(rng, "ab c d", "c ab", "ab c", "d ab a")


@gain.probe(part="repeats")
def a_letter_twice(rng):
    return _case(rng, "a a a b", "b a a", "c a")


@gain.probe(part="used_up")
def never_apart(rng):
    return _case(rng, "a b c", "c d", "a b")


@gain.promise(
    part="gain",
    letters=OneOf(*ALPHABETS),
    words=Sizes(1, 5),
    pieces=Sizes(2, 9),
    count=OneOf(1, 300),
)
def any_words(rng, **sizes):
    words = counted_words(rng, **sizes)
    pieces = words[0][0]
    place = int(rng.integers(len(pieces) - 1))
    return Call(words, tuple(pieces[place : place + 2]))


def _log_likelihood(words, log=math.log):
    totals = given.count_pieces(words).values()
    return sum(count * log(count / sum(totals)) for count in totals)


def _merged(words, pair):
    return [(given.merge_pair(pieces, pair), count) for pieces, count in words]


@gain.misconception
def before_minus_after(words, pair):
    return _log_likelihood(words) - _log_likelihood(_merged(words, pair))


@gain.misconception
def in_bits(words, pair):
    after = _log_likelihood(_merged(words, pair), math.log2)
    return after - _log_likelihood(words, math.log2)


@gain.misconception
def a_piece_s_share(words, pair):
    after = _merged(words, pair)
    before, later = (sum(given.count_pieces(w).values()) for w in (words, after))
    return _log_likelihood(after) / later - _log_likelihood(words) / before


@gain.misconception
def old_number_of_pieces(words, pair):
    everything = sum(given.count_pieces(words).values())
    after = given.count_pieces(_merged(words, pair)).values()
    after = sum(count * math.log(count / everything) for count in after)
    return after - _log_likelihood(words)


@gain.misconception
def counts_ignored(words, pair):
    once = [(pieces, 1) for pieces, _ in words]
    return _log_likelihood(_merged(once, pair)) - _log_likelihood(once)


@gain.misconception
def each_piece_once(words, pair):
    def kinds(words):
        totals = given.count_pieces(words).values()
        return sum(math.log(count / sum(totals)) for count in totals)

    return kinds(_merged(words, pair)) - kinds(words)


@gain.misconception
def only_after(words, pair):
    return _log_likelihood(_merged(words, pair))


@gain.misconception
def parts_keep_their_counts(words, pair):
    totals = given.count_pieces(words)
    totals["".join(pair)] = given.count_pieces(_merged(words, pair))["".join(pair)]
    everything = sum(totals.values())
    after = sum(n * math.log(n / everything) for n in totals.values())
    return after - _log_likelihood(words)


@gain.alternative
def in_numpy(words, pair):
    def log_likelihood(words):
        counts = np.array(list(given.count_pieces(words).values()), dtype=float)
        return np.sum(counts * np.log(counts / counts.sum()))

    return log_likelihood(_merged(words, pair)) - log_likelihood(words)


@gain.alternative
def piece_after_piece(words, pair):
    def log_likelihood(words):
        text = [piece for pieces, count in words for piece in pieces * count]
        return sum(math.log(text.count(piece) / len(text)) for piece in text)

    return log_likelihood(_merged(words, pair)) - log_likelihood(words)


@gain.alternative
def sums_taken_apart(words, pair):
    def log_likelihood(words):
        counts = list(given.count_pieces(words).values())
        everything = sum(counts)
        inside = sum(count * math.log(count) for count in counts)
        return inside - everything * math.log(everything)

    return log_likelihood(_merged(words, pair)) - log_likelihood(words)
