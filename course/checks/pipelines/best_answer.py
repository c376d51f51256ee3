"""pipelines.best_answer: one answer out of many windows, or none."""

import itertools

import numpy as np

from course.checks.pipelines.samples import UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of
from course.pieces import best_answer, best_span, stitch

exercise = Exercise(
    "pipelines.best_answer",
    unit=UNIT,
    answer="best_answer",
    reference=best_answer,
    parts={"answer": 2, "windows": 3, "none": 2, "longest": 1},
    returns={"score": (), "start": (), "end": ()},
    forbidden=(
        "course.pieces.best_answer",
        "transformer_tf.pipelines.spans.best_spans",
    ),
    stands_on=("course.pieces",),
    hints=4,
    difficulty=4,
    importance=5,
    minutes=25,
    paper="https://arxiv.org/abs/1806.03822",
)


def _text(rng, length, starts, ends, low=-4.0):
    """[token, 2] logits against no answer: low, but for those that are given."""
    logits = low + 0.5 * floats(rng, length, 2)
    for column, given in enumerate((starts, ends)):
        for place, value in given.items():
            logits[place, column] = value + 0.1 * rng.random()
    return logits


def _offsets(rng, length):
    found, at = [], 0
    for _ in range(length):
        at += int(rng.integers(1, 3))
        found.append((at, at + int(rng.integers(2, 6))))
        at = found[-1][1]
    return found


def _windows(logits, size, overlap, shifts):
    """The text in windows, whose logits all lie higher or lower by some shift."""
    found, first = [], 0
    while True:
        part = logits[first : first + size]
        shift = np.float32(shifts[len(found) % len(shifts)])
        null = np.zeros((1, 2), "float32")
        found.append((np.concatenate([null, part]) + shift).astype("float32"))
        if first + size >= len(logits):
            return found
        first += size - overlap


def _call(rng, logits, size=50, overlap=2, longest=6, shifts=((0.7, -0.4),)):
    windows = _windows(logits, size, overlap, shifts)
    return Call(windows, overlap, _offsets(rng, len(logits)), longest)


SHIFTS = ((6, 5), (-3, -4), (2, 0))


@exercise.probe(part="answer")
def three_tokens(rng):
    return _call(rng, _text(rng, 9, {3: 3, 6: 1}, {5: 2.5, 6: 1}))


@exercise.probe(part="answer")
def best_first_behind_the_best_last(rng):
    return _call(rng, _text(rng, 9, {6: 4, 2: 3}, {3: 4, 7: 1.5}))


@exercise.probe(part="windows")
def answer_in_the_last_window(rng):
    logits = _text(rng, 16, {2: 0.5, 13: 3}, {3: 0.5, 14: 3})
    return _call(rng, logits, 7, 2, shifts=SHIFTS)


@exercise.probe(part="windows")
def answer_in_the_second_of_five(rng):
    """Which has the lowest logits of all."""
    logits = _text(rng, 27, {1: 1, 8: 3.5, 24: 1}, {2: 1, 9: 3, 25: 1})
    return _call(rng, logits, 7, 2, shifts=SHIFTS)


@exercise.probe(part="windows")
def answer_across_an_edge(rng):
    """No window has both of its ends in the tokens that it judges."""
    logits = _text(rng, 14, {5: 3, 1: 1}, {8: 3, 2: 1})
    return _call(rng, logits, 8, 4, shifts=((1, 2), (4, 3)))


@exercise.probe(part="none")
def no_answer(rng):
    return _call(rng, _text(rng, 10, {4: -0.5}, {5: -0.7}, low=-3.0))


@exercise.probe(part="none")
def no_answer_in_any_window(rng):
    logits = _text(rng, 16, {3: -1, 12: -0.8}, {4: -1, 13: -0.9}, low=-3.0)
    return _call(rng, logits, 7, 2, shifts=SHIFTS)


@exercise.probe(part="none")
def first_wins_and_last_loses(rng):
    """The product decides: one end may well be less likely than none."""
    return _call(rng, _text(rng, 10, {4: 2.5}, {5: -1.2}))


@exercise.probe(part="longest")
def the_best_is_too_long(rng):
    logits = _text(rng, 12, {2: 3, 6: 1.5}, {8: 3, 4: 0.5})
    return _call(rng, logits, longest=3)


ENDS = ((2.5, -1.2), (-1.2, 2.5), (1.2, -2.5), (-2.5, 1.2))


@exercise.promise(part="none", ends=OneOf(*ENDS))
def one_end_against_the_other(rng, ends):
    """Answer or none: the two ends decide together, and neither of them alone."""
    return _call(rng, _text(rng, 10, {4: ends[0]}, {5: ends[1]}))


@exercise.promise(
    part="answer",
    tokens=Sizes(1, 20),
    size=OneOf(5, 9, 50),
    overlap=OneOf(0, 3),
    longest=OneOf(1, 4, 50),
)
def any_text(rng, tokens, size, overlap, longest):
    logits = 3 * floats(rng, tokens, 2)
    return _call(rng, logits, size, overlap, longest, SHIFTS)


PLACES = ((0, 1, 7), (0, 2, 7), (4, 1, 0), (1, 6, 0), (4, 9, 3))


@exercise.promise(part="answer", place=OneOf(*PLACES))
def any_place(rng, place):
    """The answer stands first, last or between, and is short or long."""
    first, width, behind = place
    logits = _text(rng, first + width + behind, {first: 4}, {first + width - 1: 4})
    return _call(rng, logits, longest=10)


_right = copy_of(best_answer)


def _softmax(logits):
    powers = np.exp(logits - np.max(logits, axis=0))
    return powers / powers.sum(axis=0)


def _whole(windows, overlap):
    """[1 + token, 2]: no answer first, each window less its own."""
    parts = [np.array(w, "float64") for w in windows]
    found = stitch([w[1:] - w[:1] for w in parts], overlap)
    return np.concatenate([np.zeros((1, 2)), found])


def _decided(logits, offsets, longest, score=np.multiply):
    """As is right, from the logits of the whole text."""
    first, last = _softmax(logits).T
    allowed = np.full(len(logits) - 1, True)
    i, j = best_span(logits[1:, 0], logits[1:, 1], allowed, longest)
    if first[0] * last[0] > first[i + 1] * last[j + 1]:
        return float(score(first[0], last[0])), 0, 0
    found = float(score(first[i + 1], last[j + 1]))
    return found, offsets[i][0], offsets[j][1]


@exercise.misconception
def windows_not_made_comparable(windows, overlap, offsets, longest):
    """The logits as they are, and no answer as the first window has it."""
    parts = [np.array(w, "float64") for w in windows]
    logits = np.concatenate([parts[0][:1], stitch([w[1:] for w in parts], overlap)])
    return _decided(logits, offsets, longest)


@exercise.misconception
def softmax_in_each_window(windows, overlap, offsets, longest):
    """The surest window wins, though each has shared out its own 1."""
    best, at = None, 0
    for window in windows:
        window = np.array(window, "float64")
        size = len(window) - 1
        found = _decided(window, offsets[at : at + size], longest)
        if best is None or (found[1:] != (0, 0), found[0]) > (
            best[1:] != (0, 0),
            best[0],
        ):
            best = found
        at += size - overlap
    return best


@exercise.misconception
def only_the_first_window(windows, overlap, offsets, longest):
    size = len(windows[0]) - 1
    return _right(windows[:1], overlap, offsets[:size], longest)


@exercise.misconception
def shared_tokens_twice(windows, overlap, offsets, longest):
    logits = _whole(windows, 0)
    offsets = [*offsets, *[offsets[-1]] * (len(logits) - 1 - len(offsets))]
    return _decided(logits, offsets, longest)


@exercise.misconception
def each_by_itself(windows, overlap, offsets, longest):
    logits = _whole(windows, overlap)
    first, last = _softmax(logits).T
    i, j = int(first[1:].argmax()), int(last[1:].argmax())
    score, none = first[i + 1] * last[j + 1], first[0] * last[0]
    if none > score:
        return float(none), 0, 0
    return float(score), offsets[i][0], offsets[j][1]


@exercise.misconception
def ends_where_the_last_begins(windows, overlap, offsets, longest):
    score, start, end = _right(windows, overlap, offsets, longest)
    begins = {b: a for a, b in offsets}
    return score, start, begins.get(end, 0)


@exercise.misconception
def tokens_for_characters(windows, overlap, offsets, longest):
    places = [(n, n) for n in range(len(offsets))]
    return _right(windows, overlap, places, longest)


@exercise.misconception
def longest_ignored(windows, overlap, offsets, longest):
    return _right(windows, overlap, offsets, len(offsets))


@exercise.misconception
def always_an_answer(windows, overlap, offsets, longest):
    logits = _whole(windows, overlap)
    first, last = _softmax(logits).T
    allowed = np.full(len(offsets), True)
    i, j = best_span(logits[1:, 0], logits[1:, 1], allowed, longest)
    return float(first[i + 1] * last[j + 1]), offsets[i][0], offsets[j][1]


@exercise.misconception
def no_answer_left_out(windows, overlap, offsets, longest):
    """It has no share of the probabilities either."""
    logits = _whole(windows, overlap)[1:]
    first, last = _softmax(logits).T
    allowed = np.full(len(offsets), True)
    i, j = best_span(logits[:, 0], logits[:, 1], allowed, longest)
    return float(first[i] * last[j]), offsets[i][0], offsets[j][1]


@exercise.misconception
def both_ends_must_win(windows, overlap, offsets, longest):
    """None, where one end alone is less likely than no answer."""
    logits = _whole(windows, overlap)
    first, last = _softmax(logits).T
    if first.argmax() == 0 or last.argmax() == 0:
        return float(first[0] * last[0]), 0, 0
    return _right(windows, overlap, offsets, longest)


@exercise.misconception
def one_window_without_is_enough(windows, overlap, offsets, longest):
    """No answer, as soon as any window has none."""
    for window in windows:
        window = np.array(window, "float64")
        places = [(n, n + 1) for n in range(len(window) - 1)]
        if _decided(window, places, longest)[1:] == (0, 0):
            first, last = _softmax(_whole(windows, overlap)).T
            return float(first[0] * last[0]), 0, 0
    return _right(windows, overlap, offsets, longest)


@exercise.misconception
def probabilities_added(windows, overlap, offsets, longest):
    logits = _whole(windows, overlap)
    return _decided(logits, offsets, longest, score=np.add)


@exercise.misconception
def one_softmax_for_both(windows, overlap, offsets, longest):
    """Being first and being last share out one 1."""
    logits = _whole(windows, overlap)
    both = _softmax(logits.ravel()).reshape(logits.shape)
    allowed = np.full(len(offsets), True)
    i, j = best_span(logits[1:, 0], logits[1:, 1], allowed, longest)
    score, none = both[i + 1, 0] * both[j + 1, 1], both[0, 0] * both[0, 1]
    if none > score:
        return float(none), 0, 0
    return float(score), offsets[i][0], offsets[j][1]


@exercise.alternative
def from_the_whole(windows, overlap, offsets, longest):
    return _decided(_whole(windows, overlap), offsets, longest)


@exercise.alternative
def all_pairs(windows, overlap, offsets, longest):
    first, last = _softmax(_whole(windows, overlap)).T
    best = (-1.0, 0, 0)
    for i, j in itertools.product(range(len(offsets)), repeat=2):
        if i <= j < i + longest and first[i + 1] * last[j + 1] > best[0]:
            best = (first[i + 1] * last[j + 1], offsets[i][0], offsets[j][1])
    if first[0] * last[0] > best[0]:
        return first[0] * last[0], 0, 0
    return best


@exercise.alternative
def in_logarithms(windows, overlap, offsets, longest):
    logits = _whole(windows, overlap)
    total = np.log(np.exp(logits - logits.max(axis=0)).sum(axis=0)) + logits.max(axis=0)
    start, end = (logits - total).T
    i, j = best_span(start[1:], end[1:], np.full(len(offsets), True), longest)
    answer, none = start[i + 1] + end[j + 1], start[0] + end[0]
    if none > answer:
        return float(np.exp(none)), 0, 0
    return float(np.exp(answer)), offsets[i][0], offsets[j][1]


@exercise.alternative
def with_a_matrix(windows, overlap, offsets, longest):
    first, last = _softmax(_whole(windows, overlap)).T
    products = np.outer(first[1:], last[1:])
    products = np.triu(products) - np.triu(products, longest)
    place = int(products.argmax())
    i, j = place // len(offsets), place % len(offsets)
    if first[0] * last[0] > products[i, j]:
        return float(first[0] * last[0]), 0, 0
    return float(products[i, j]), offsets[i][0], offsets[j][1]


@exercise.alternative
def by_margin(windows, overlap, offsets, longest):
    """An answer is there where its two logits sum to zero or more."""
    logits = _whole(windows, overlap)
    i, j = best_span(logits[1:, 0], logits[1:, 1], np.full(len(offsets), True), longest)
    first, last = _softmax(logits).T
    if logits[i + 1, 0] + logits[j + 1, 1] < 0:
        return first[0] * last[0], 0, 0
    return first[i + 1] * last[j + 1], offsets[i][0], offsets[j][1]


@exercise.alternative
def token_by_token(windows, overlap, offsets, longest):
    """Stitched by hand: each token from the window where it is farther inside."""
    rows, at = {}, 0
    for number, window in enumerate(windows):
        window = np.array(window, "float64")
        size = len(window) - 1
        begin = at + ((overlap + 1) // 2 if number else 0)
        for token in range(begin, at + size):
            rows[token] = window[1 + token - at] - window[0]
        at += size - overlap
    logits = np.array([[0.0, 0.0], *(rows[n] for n in range(len(offsets)))])
    return _decided(logits, offsets, longest)
