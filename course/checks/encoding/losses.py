"""What it costs to take a piece away from a unigram model."""

import math

from course.checks.encoding.samples import UNIGRAM, UNIT, random_scores
from course.checks.tokenizers.samples import ALPHABETS, drawn_word
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import best_score


def loss_without(piece, counts, scores):
    """How much less likely some words become when a piece is taken away.

    Args:
        piece: One of the pieces, of several characters.
        counts: {word: how often it occurs}.
        scores: {piece: log probability}; every character is a piece.

    Returns:
        A float, 0 or more: by how much the sum over all occurrences of all words of
        `best_score(word, scores)` falls. The other pieces keep their scores.
    """
    others = {name: score for name, score in scores.items() if name != piece}
    return sum(
        count * (best_score(word, scores) - best_score(word, others))
        for word, count in counts.items()
    )


losses = Exercise(
    "encoding.loss_without",
    unit=UNIT,
    answer="loss_without",
    reference=loss_without,
    parts={"useful": 2, "rival": 1, "useless": 1},
    returns={"loss": ()},
    forbidden=(f"{__name__}.loss_without",),
    stands_on=("course.pieces.unigram",),
    hints=3,
    difficulty=2,
    importance=3,
    minutes=10,
    paper=UNIGRAM,
)

WORDS = "abcd abda bcda cdab dabc abcabc dcab bcd".split()


def _counts(rng):
    return {word: int(rng.integers(2, 40)) for word in WORDS}


@losses.probe(part="useful")
def in_many_words(rng):
    return Call("ab", _counts(rng), random_scores(rng) | {"ab": -0.5})


@losses.probe(part="useful")
def a_long_piece(rng):
    return Call("bcd", _counts(rng), random_scores(rng) | {"bcd": -0.7})


@losses.probe(part="rival")
def another_piece_takes_its_place(rng):
    scores = random_scores(rng) | {"abc": -1.0, "bc": -1.2, "ab": -1.3}
    return Call("abc", _counts(rng), scores)


@losses.probe(part="useless")
def never_in_a_best_cut(rng):
    return Call("cda", _counts(rng), random_scores(rng) | {"cda": -40.0})


@losses.promise(
    part="rival",
    letters=OneOf(*ALPHABETS),
    words=Sizes(0, 5),
    size=Sizes(2, 6),
    count=OneOf(1, 300),
)
def any_words(rng, letters, words, size, count):
    """Words that hold the piece, or parts of it."""
    piece = drawn_word(rng, letters, size)
    around = (drawn_word(rng, piece * 3, rng.integers(4)) for _ in range(words))
    counts = {part + piece + part[:1]: int(rng.integers(1, 40)) for part in around}
    counts |= dict.fromkeys(list(counts)[:1], count)
    scores = {letter: -float(rng.uniform(3, 6)) for letter in piece}
    for start in range(size - 1):
        scores[piece[start : start + 2]] = -float(rng.uniform(2, 9))
    return Call(piece, counts, scores | {piece: -float(rng.uniform(1, 9))})


@losses.promise(part="useful", first=OneOf(0, 1, 2, 3, 4), count=OneOf(1, 300))
def in_any_order(rng, first, count):
    """Each piece is needed, and a model's pieces stand in any order."""
    names = "a b c ab abc".split()
    likely = dict(zip(names, rng.uniform([-9, -9, -9, -5, -2], [-6, -6, -6, -3, -1])))
    names = names[first:] + names[:first]
    counts = {"bca": count, "cab": int(rng.integers(2, 40)), "abcb": 3}
    return Call("abc", counts, {name: float(likely[name]) for name in names})


def _differences(piece, counts, scores):
    others = {name: score for name, score in scores.items() if name != piece}
    return {
        word: best_score(word, scores) - best_score(word, others) for word in counts
    }


@losses.misconception
def counts_ignored(piece, counts, scores):
    return sum(_differences(piece, counts, scores).values())


@losses.misconception
def sign_turned(piece, counts, scores):
    fallen = _differences(piece, counts, scores)
    return -sum(count * fallen[word] for word, count in counts.items())


@losses.misconception
def averaged(piece, counts, scores):
    fallen = _differences(piece, counts, scores)
    total = sum(count * fallen[word] for word, count in counts.items())
    return total / sum(counts.values())


@losses.misconception
def score_of_the_piece_itself(piece, counts, scores):
    return -sum(
        count * word.count(piece) * scores[piece] for word, count in counts.items()
    )


@losses.misconception
def cut_into_characters(piece, counts, scores):
    apart = sum(scores[character] for character in piece)
    return sum(
        count * word.count(piece) * (scores[piece] - apart)
        for word, count in counts.items()
    )


@losses.misconception
def renormalised(piece, counts, scores):
    rest = math.log1p(-math.exp(scores[piece]))
    others = {name: s - rest for name, s in scores.items() if name != piece}
    return sum(
        count * (best_score(word, scores) - best_score(word, others))
        for word, count in counts.items()
    )


@losses.misconception
def ratio_of_probabilities(piece, counts, scores):
    fallen = _differences(piece, counts, scores)
    return sum(count * math.exp(fallen[word]) for word, count in counts.items())


@losses.misconception
def taken_from_the_caller(piece, counts, scores):
    before = sum(count * best_score(word, scores) for word, count in counts.items())
    scores.pop(piece)
    after = sum(count * best_score(word, scores) for word, count in counts.items())
    return before - after


@losses.alternative
def with_a_copy(piece, counts, scores):
    before = sum(count * best_score(word, scores) for word, count in counts.items())
    rest = dict(scores)
    del rest[piece]
    after = sum(count * best_score(word, rest) for word, count in counts.items())
    return before - after


@losses.alternative
def made_impossible(piece, counts, scores):
    rest = {**scores, piece: -math.inf}
    return sum(
        count * (best_score(word, scores) - best_score(word, rest))
        for word, count in counts.items()
    )


@losses.alternative
def only_where_it_occurs(piece, counts, scores):
    rest = {name: scores[name] for name in scores if name != piece}
    total = 0
    for word in counts:
        if piece in word:
            fallen = best_score(word, scores) - best_score(word, rest)
            total += counts[word] * fallen
    return total
