"""seq2seq.rouge_l: the longest common subsequence of a summary and another."""

import functools
from bisect import bisect_left
from collections import Counter

import numpy as np

from course.checks.seq2seq.samples import UNIT
from course.checks.seq2seq.texts import changed, words
from course.examination import Call, Exercise, OneOf, Sizes


def rouge_l(candidate, reference):
    """ROUGE-L of one summary: the F measure of its longest common subsequence.

    Args:
        candidate: List of tokens, possibly empty.
        reference: List of tokens, possibly empty.

    Returns:
        A float from 0 to 1: the harmonic mean of precision and recall, where the
        matches are the longest sequence of tokens that both have in the same order,
        others possibly in between; 0 if there is none.
    """
    longest = [0] * (len(reference) + 1)
    for token in candidate:
        before = longest.copy()
        for place, other in enumerate(reference):
            if token == other:
                longest[place + 1] = before[place] + 1
            else:
                longest[place + 1] = max(before[place + 1], longest[place])
    total = len(candidate) + len(reference)
    return 2 * longest[-1] / total if total else 0.0


exercise = Exercise(
    "seq2seq.rouge_l",
    unit=UNIT,
    answer="rouge_l",
    reference=rouge_l,
    parts={"values": 3, "greedy_fails": 1, "nothing": 1},
    returns={"rouge_l": ()},
    forbidden=(f"{__name__}.rouge_l",),
    hints=4,
    difficulty=4,
    importance=3,
    minutes=20,
    paper="https://aclanthology.org/W04-1013/",
)

right = exercise.reference  # a copy: nobody may call the answer itself

WRONG = (
    "longest_run",
    "order_ignored",
    "as_sets",
    "beta_of_the_old_script",
    "mean_of_both",
    "divided_by_the_union",
    "letters_not_words",
    "recall_only",
    "precision_only",
)


@exercise.probe(part="values", shows=(*WRONG, "greedy"))
def words_in_another_order(rng):
    text = words(rng, 9, few=True)
    return Call(changed(rng, [*text[4:], *text[:4]], 7, 0.2), text)


@exercise.probe(part="values", shows=WRONG)
def longer_than_the_reference(rng):
    text = words(rng, 6)
    moved = [*text[:2], *words(rng, 2), *text[4:], *text[2:4], *words(rng, 2)]
    return Call(moved, text)


@exercise.probe(part="values")
def tokens_of_every_kind(rng):
    candidate = "El niño , 3 ß 😀 日本 ?".split()
    return Call(candidate, "¿ el niño ß 😀 , 3 日本 語 ?".split())


@exercise.probe(part="greedy_fails")
def a_greedy_choice_is_wrong(rng):
    """Whoever takes the first that fits takes the d, and nothing after it."""
    return Call("d a b c".split(), "a b c d e".split())


@exercise.probe(part="greedy_fails")
def from_the_other_side(rng):
    return Call("w x y z v".split(), "z w x y".split())


@exercise.probe(part="values")
def one_token_again_and_again(rng):
    """Each token of the reference is found once."""
    return Call(["a", "a", "a", "b"], ["b", "a"])


@exercise.probe(part="values")
def a_token_in_many_places(rng):
    return Call("a a a a a a b".split(), "a b a a a a a a c".split())


@exercise.probe(part="nothing")
def nothing_written(rng):
    return Call([], words(rng, 5))


@exercise.probe(part="nothing")
def nothing_in_common(rng):
    return Call(["a", "b", "a"], ["x", "y"])


@exercise.promise(
    part="values",
    one=Sizes(0, 12),
    other=Sizes(0, 13),
    few=OneOf(True, False),
    rate=OneOf(0.1, 0.4),
)
def any_texts(rng, one, other, few, rate):
    text = words(rng, other, few)
    candidate = changed(rng, text, one, rate) if text else words(rng, one, few)
    return Call(candidate, text)


@exercise.promise(part="greedy_fails", length=Sizes(1, 20), turned=OneOf(True, False))
def first_comes_last(rng, length, turned):
    text = [str(n) for n in rng.permutation(100)[:length].tolist()]
    pair = [[text[-1], *text[:-1]], text]
    return Call(*(pair[::-1] if turned else pair))


def _common(one, other):
    """The length of the longest common subsequence."""
    table = np.zeros((len(one) + 1, len(other) + 1), int)
    for row, column in np.ndindex(len(one), len(other)):
        table[row + 1, column + 1] = (
            table[row, column] + 1
            if one[row] == other[column]
            else max(table[row, column + 1], table[row + 1, column])
        )
    return int(table[-1, -1])


def _f(matches, one, other, square=1.0):
    if not matches:
        return 0.0
    p, r = matches / one, matches / other
    return float((1 + square) * p * r / (square * p + r))


@exercise.misconception
def longest_run(candidate, reference):
    """The longest common substring: no others in between."""
    runs = {
        tuple(reference[a:b])
        for a in range(len(reference))
        for b in range(a + 1, len(reference) + 1)
    }
    lengths = [
        b - a
        for a in range(len(candidate))
        for b in range(a + 1, len(candidate) + 1)
        if tuple(candidate[a:b]) in runs
    ]
    return _f(max(lengths, default=0), len(candidate), len(reference))


@exercise.misconception
def order_ignored(candidate, reference):
    """That is ROUGE-1."""
    matches = (Counter(candidate) & Counter(reference)).total()
    return _f(matches, len(candidate), len(reference))


@exercise.misconception
def as_sets(candidate, reference):
    one, other = set(candidate), set(reference)
    return _f(len(one & other), len(one), len(other))


@exercise.misconception
def greedy(candidate, reference):
    """Each token takes the first place behind the last one that has it."""
    place = matches = 0
    for token in candidate:
        if token in reference[place:]:
            place = reference.index(token, place) + 1
            matches += 1
    return _f(matches, len(candidate), len(reference))


@exercise.misconception
def recall_only(candidate, reference):
    return _common(candidate, reference) / max(1, len(reference))


@exercise.misconception
def precision_only(candidate, reference):
    return _common(candidate, reference) / max(1, len(candidate))


@exercise.misconception
def beta_of_the_old_script(candidate, reference):
    """Recall counts more: beta 1.2."""
    matches = _common(candidate, reference)
    return _f(matches, len(candidate), len(reference), 1.2**2)


@exercise.misconception
def mean_of_both(candidate, reference):
    matches = _common(candidate, reference)
    one, other = max(1, len(candidate)), max(1, len(reference))
    return (matches / one + matches / other) / 2


@exercise.misconception
def divided_by_the_longer(candidate, reference):
    return _common(candidate, reference) / max(1, len(candidate), len(reference))


@exercise.misconception
def divided_by_the_union(candidate, reference):
    """matches / (all of both, matches counted once)."""
    matches = _common(candidate, reference)
    return matches / max(1, len(candidate) + len(reference) - matches)


@exercise.misconception
def letters_not_words(candidate, reference):
    return right(" ".join(candidate), " ".join(reference))


@exercise.misconception
def up_to_a_hundred(candidate, reference):
    return 100 * right(candidate, reference)


@exercise.alternative
def with_a_table(candidate, reference):
    return _f(_common(candidate, reference), len(candidate), len(reference))


@exercise.alternative
def by_recursion(candidate, reference):
    @functools.cache
    def common(i, j):
        if i == len(candidate) or j == len(reference):
            return 0
        if candidate[i] == reference[j]:
            return 1 + common(i + 1, j + 1)
        return max(common(i + 1, j), common(i, j + 1))

    return _f(common(0, 0), len(candidate), len(reference))


@exercise.alternative
def by_increasing_places(candidate, reference):
    """A common subsequence is an increasing sequence of places in the reference."""
    places = {}
    for place, token in enumerate(reference):
        places.setdefault(token, []).insert(0, place)
    ends = []
    for token in candidate:
        for place in places.get(token, []):
            at = bisect_left(ends, place)
            ends[at : at + 1] = [place]
    return _f(len(ends), len(candidate), len(reference))


@exercise.alternative
def with_rows_of_a_table(candidate, reference):
    above = [0] * (len(reference) + 1)
    for token in candidate:
        row = [0]
        for place, other in enumerate(reference, start=1):
            row.append(
                above[place - 1] + 1 if token == other else max(above[place], row[-1])
            )
        above = row
    p, r = (above[-1] / max(1, len(text)) for text in (candidate, reference))
    return 2 * p * r / (p + r) if p + r else 0.0


@exercise.alternative
def with_reduce(candidate, reference):
    def line(above, token):
        found = np.where([token == other for other in reference], above[:-1] + 1, 0)
        found = np.maximum(np.array(found, int), above[1:])
        return np.concatenate([[0], np.maximum.accumulate(found)]).astype(int)

    if not candidate or not reference:
        return 0.0
    start = np.zeros(len(reference) + 1, int)
    matches = int(functools.reduce(line, candidate, start)[-1])
    return 2 * matches / (len(candidate) + len(reference))


@exercise.alternative
def from_the_end(candidate, reference):
    table = np.zeros((len(candidate) + 1, len(reference) + 1))
    for i in reversed(range(len(candidate))):
        for j in reversed(range(len(reference))):
            table[i, j] = max(
                table[i + 1, j],
                table[i, j + 1],
                table[i + 1, j + 1] + (candidate[i] == reference[j]),
            )
    return _f(table[0, 0], len(candidate), len(reference))
