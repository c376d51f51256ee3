"""Training byte-pair encoding: count, merge, and again."""

from collections import Counter
from itertools import pairwise

from course import pieces as given
from course.checks.tokenizers.samples import (
    ALPHABETS,
    PAIRS,
    UNIT,
    drawn_word,
    renamed,
)
from course.examination import Call, Exercise, OneOf, Sizes


def learn_merges(counts, how_many):
    """Learns which pairs to merge, the most frequent one first.

    Args:
        counts: {word: how often it occurs}. At first each letter is a piece.
        how_many: How many merges to learn; fewer if no pair is left.

    Returns:
        List of (left, right), in the order in which they are merged. At every step it
        is the pair that occurs most often. Of several, it is the one with the lowest
        ids: the left id decides, then the right one. Letters have the ids 0, 1, 2, ...
        in alphabetical order; every new piece gets the next one.
    """
    alphabet = sorted(set("".join(counts)))
    ids = {letter: number for number, letter in enumerate(alphabet)}
    words = [(list(word), count) for word, count in counts.items()]
    merges = []
    for _ in range(how_many):
        totals = given.count_pairs(words)
        if not totals:
            break
        best = min(totals, key=lambda p: (-totals[p], ids[p[0]], ids[p[1]]))
        merges.append(best)
        ids.setdefault(best[0] + best[1], len(ids))
        words = [(given.merge_pair(pieces, best), count) for pieces, count in words]
    return merges


learning = Exercise(
    "tokenizers.learn_merges",
    unit=UNIT,
    answer="learn_merges",
    reference=learn_merges,
    parts={"merges": 3, "ties": 2, "end": 1},
    returns={"merges": ("merge",)},
    forbidden=(
        f"{__name__}.learn_merges",
        "transformer_tf.text.trainers.merges.learn_merges",
        "transformer_tf.text.trainers.merges.merge_steps",
    ),
    stands_on=("course.pieces.byte_pairs",),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=20,
    paper=PAIRS,
)


@learning.probe(part="merges")
def no_two_alike(rng):
    counts = {"abcab": 9, "bcad": 5, "cab": 7, "dabc": 2, "dd": 3}
    return Call(renamed(rng, counts), 4)


@learning.probe(part="merges")
def repeated_letters(rng):
    return Call(renamed(rng, {"aaaab": 4, "aaca": 3, "ba": 2}), 3)


@learning.probe(part="ties")
def letters_alike(rng):
    return Call(renamed(rng, {"dc": 4, "ab": 5, "cb": 4}), 3)


@learning.probe(part="ties")
def a_new_piece_and_a_letter(rng):
    return Call(renamed(rng, {"ab": 5, "db": 2, "bd": 2, "abc": 2}), 3)


@learning.probe(part="end")
def nothing_left(rng):
    return Call(renamed(rng, {"ab": 3, "aba": 2, "c": 7}), 9)


@learning.promise(
    part="merges",
    letters=OneOf(*ALPHABETS),
    words=Sizes(1, 5),
    how_many=OneOf(0, 1, 12),
    most=OneOf(1, 300),
)
def any_counts(rng, letters, words, how_many, most):
    """The last word ends with a letter that no other has."""
    drawn = [drawn_word(rng, letters[:4], rng.integers(1, 9)) for _ in range(words)]
    drawn[-1] += letters[:5] + letters[-1]
    counts = {word: int(rng.integers(1, most + 1)) for word in drawn}
    return Call(counts, how_many)


def _learned(counts, how_many, order, alphabet=None, recount=True):
    """Merges by another order: `order(pair, total, ids)`, the smallest first."""
    ids = {c: n for n, c in enumerate(alphabet or sorted(set("".join(counts))))}
    words = [(list(word), count) for word, count in counts.items()]
    merges, totals = [], given.count_pairs(words)
    for _ in range(how_many):
        totals = {pair: n for pair, n in totals.items() if pair not in merges}
        totals = given.count_pairs(words) if recount else totals
        if not totals:
            break
        best = min(totals, key=lambda pair: order(pair, totals[pair], ids))
        merges.append(best)
        ids.setdefault("".join(best), len(ids))
        words = [(given.merge_pair(pieces, best), count) for pieces, count in words]
    return merges


def _right(pair, total, ids):
    return -total, ids[pair[0]], ids[pair[1]]


@learning.misconception
def ties_as_they_come(counts, how_many):
    return _learned(counts, how_many, lambda pair, total, ids: -total)


@learning.misconception
def ties_by_spelling(counts, how_many):
    return _learned(counts, how_many, lambda pair, total, ids: (-total, pair))


@learning.misconception
def ties_to_the_highest(counts, how_many):
    def order(pair, total, ids):
        return -total, -ids[pair[0]], -ids[pair[1]]

    return _learned(counts, how_many, order)


@learning.misconception
def letters_as_they_come(counts, how_many):
    return _learned(counts, how_many, _right, dict.fromkeys("".join(counts)))


@learning.misconception
def counted_only_once(counts, how_many):
    return _learned(counts, how_many, _right, recount=False)


@learning.misconception
def counts_ignored(counts, how_many):
    return _learned(dict.fromkeys(counts, 1), how_many, _right)


@learning.misconception
def across_words(counts, how_many):
    text = "".join(word * count for word, count in counts.items())
    return _learned({text: 1}, how_many, _right)


@learning.misconception
def letters_counted_in(counts, how_many):
    return _learned(counts, how_many - len(set("".join(counts))), _right)


@learning.misconception
def rarest_first(counts, how_many):
    def order(pair, total, ids):
        return total, ids[pair[0]], ids[pair[1]]

    return _learned(counts, how_many, order)


@learning.misconception
def merges_glued(counts, how_many):
    return ["".join(pair) for pair in _learned(counts, how_many, _right)]


@learning.alternative
def in_numbers(counts, how_many):
    tokens = sorted({letter for word in counts for letter in word})
    words = [[tokens.index(letter) for letter in word] for word in counts]
    merges = []
    while len(merges) < how_many:
        totals = Counter()
        for ids, count in zip(words, counts.values()):
            for pair in pairwise(ids):
                totals[pair] += count
        if not totals:
            return merges
        left, right = min(totals, key=lambda pair: (-totals[pair], pair))
        merges.append((tokens[left], tokens[right]))
        whole = tokens[left] + tokens[right]
        if whole not in tokens:
            tokens.append(whole)
        for ids in words:
            place = 0
            while place < len(ids) - 1:
                if ids[place] == left and ids[place + 1] == right:
                    ids[place : place + 2] = [tokens.index(whole)]
                place += 1
    return merges


@learning.alternative
def sorted_by_count(counts, how_many):
    words = [(list(word), count) for word, count in counts.items()]
    order = sorted(set("".join(counts)))
    merges = []
    while len(merges) < how_many and (totals := given.count_pairs(words)):
        ranked = sorted(totals, key=lambda p: (order.index(p[0]), order.index(p[1])))
        ranked.sort(key=totals.get, reverse=True)
        best = ranked[0]
        merges.append(best)
        if "".join(best) not in order:
            order.append("".join(best))
        words = [(given.merge_pair(pieces, best), count) for pieces, count in words]
    return merges


@learning.alternative
def in_lists(counts, how_many):
    ids = {letter: number for number, letter in enumerate(sorted(set("".join(counts))))}
    words = {tuple(word): count for word, count in counts.items()}
    merges = []
    for _ in range(how_many):
        totals = given.count_pairs(list(words.items()))
        most = max(totals.values(), default=0)
        tied = [pair for pair in totals if totals[pair] == most]
        if not tied:
            break
        best = sorted(tied, key=lambda pair: [ids[piece] for piece in pair])[0]
        merges.append(list(best))
        ids.setdefault(best[0] + best[1], len(ids))
        words = {tuple(given.merge_pair(w, best)): count for w, count in words.items()}
    return merges
