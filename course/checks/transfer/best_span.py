"""transfer.best_span: the likeliest pair of tokens that can be an answer."""

import itertools

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.samples import floats
from course.checks.transfer.samples import BERT, UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import best_span

exercise = Exercise(
    "transfer.best_span",
    unit=UNIT,
    answer="best_span",
    reference=best_span,
    parts={"valid": 2, "text": 1, "longest": 2, "ties": 1},
    returns={"first": (), "last": ()},
    forbidden=("course.pieces.best_span", "transformer_tf.pipelines.spans.best_spans"),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=20,
    paper=BERT,
)


def _logits(rng, length, starts, ends, level=-3.0):
    """Low values, other for every token, but for those that are given."""
    start, end = (
        (level + 0.1 * rng.permutation(length)).astype("float32") for _ in range(2)
    )
    for place, value in starts.items():
        start[place] = value
    for place, value in ends.items():
        end[place] = value
    return start, end


def _text(length, begin, finish):
    places = np.arange(length)
    return (places >= begin) & (places < finish)


def _size(rng):
    return np.float32(rng.uniform(-0.05, 0.05))


@exercise.probe(part="valid")
def best_first_stands_behind_the_best_last(rng):
    start, end = _logits(rng, 9, {6: 5, 2: 4 + _size(rng)}, {3: 5, 7: 3.2}, -2)
    return Call(start, end, _text(9, 0, 9), 5)


@exercise.probe(part="valid")
def best_first_has_only_poor_lasts(rng):
    """The best pair has neither the best first nor the best last token."""
    start, end = _logits(
        rng, 11, {9: 6, 3: 5 + _size(rng)}, {1: 6, 5: 4.5, 10: -2.5}, -3
    )
    return Call(start, end, _text(11, 0, 11), 6)


@exercise.probe(part="valid")
def one_token(rng):
    start, end = _logits(rng, 8, {4: 5, 5: 2}, {4: 5 + _size(rng), 6: 2})
    return Call(start, end, _text(8, 0, 8), 5)


@exercise.probe(part="valid")
def all_below_zero(rng):
    """A product of two large negative numbers would be the largest of all."""
    start, end = _logits(rng, 7, {2: -1 + _size(rng)}, {3: -1.5}, -9)
    return Call(start, end, _text(7, 0, 7), 4)


@exercise.probe(part="text")
def the_question_has_the_largest(rng):
    start, end = _logits(rng, 10, {1: 9, 5: 3 + _size(rng), 8: 1}, {2: 9, 6: 3, 9: 8})
    return Call(start, end, _text(10, 4, 9), 4)


@exercise.probe(part="text", shows=("logits_multiplied",))
def the_question_begins_and_the_text_ends(rng):
    start, end = _logits(rng, 10, {3: 9, 5: 2 + _size(rng)}, {4: 4, 6: 3.5})
    return Call(start, end, _text(10, 4, 10), 5)


@exercise.probe(part="longest")
def the_best_pair_is_too_long(rng):
    start, end = _logits(rng, 9, {1: 5, 3: 3}, {4: 5 + _size(rng), 7: 4.5})
    return Call(start, end, _text(9, 0, 9), 3)


@exercise.probe(part="longest")
def far_too_long_and_a_little(rng):
    start, end = _logits(rng, 10, {1: 6}, {8: 6 + _size(rng), 4: 4, 3: 2})
    return Call(start, end, _text(10, 0, 10), 3)


@exercise.probe(part="longest")
def just_as_long_as_allowed(rng):
    start, end = _logits(rng, 9, {2: 5}, {5: 4 + _size(rng), 6: 5, 3: 1})
    return Call(start, end, _text(9, 0, 9), 4)


@exercise.probe(part="longest")
def a_single_token_is_allowed(rng):
    start, end = _logits(rng, 6, {1: 5, 3: 3.5}, {2: 5 + _size(rng), 3: 3.2})
    return Call(start, end, _text(6, 0, 6), 1)


@exercise.probe(part="ties")
def equal_sums(rng):
    start, end = np.full((2, 8), -4, "float32")
    start[[2, 5]], end[[4, 3, 6]] = 2, 2
    return Call(start, end, _text(8, 0, 8), int(rng.integers(3, 5)))


@exercise.promise(
    part="valid", length=Sizes(1, 12), longest=OneOf(1, 3, 50), cut=OneOf(0, 1)
)
def any_logits(rng, length, longest, cut):
    allowed = _text(length, min(cut * 3, length - 1), length)
    start, end = (4 * floats(rng, length) for _ in range(2))
    return Call(start, end, allowed, longest)


PLACES = ((0, 1, 7), (0, 2, 7), (4, 1, 0), (1, 6, 0), (4, 9, 3))


@exercise.promise(part="valid", place=OneOf(*PLACES))
def any_place(rng, place):
    """The best pair stands first, last or between, and is short or long."""
    first, width, behind = place
    length, last = first + width + behind, first + width - 1
    start, end = _logits(rng, length, {first: 5}, {last: 5})
    return Call(start, end, _text(length, 0, length), 10)


def _pairs(length, allowed, longest, least=1):
    return [
        (first, last)
        for first, last in itertools.product(range(length), repeat=2)
        if least <= last - first + 1 <= longest and allowed[first] and allowed[last]
    ]


def _best(start, end, pairs, score=lambda one, other: one + other):
    start, end = (np.array(part, "float64") for part in (start, end))
    if not pairs:
        return 0, 0
    return max(pairs, key=lambda p: (score(start[p[0]], end[p[1]]), -p[0], -p[1]))


@exercise.misconception
def each_by_itself(start, end, allowed, longest):
    kept = ops.logical_not(allowed)
    low = ops.where(kept, -1e9, 0.0)
    return int(ops.argmax(start + low)), int(ops.argmax(end + low))


@exercise.misconception
def end_moved_to_the_start(start, end, allowed, longest):
    first, last = each_by_itself(start, end, allowed, longest)
    return first, max(first, last)


@exercise.misconception
def start_first_then_end(start, end, allowed, longest):
    first, _ = each_by_itself(start, end, allowed, longest)
    pairs = [p for p in _pairs(len(start), allowed, longest) if p[0] == first]
    return _best(start, end, pairs)


@exercise.misconception
def question_allowed(start, end, allowed, longest):
    everything = np.full(len(start), True)
    return _best(start, end, _pairs(len(start), everything, longest))


@exercise.misconception
def only_the_first_in_the_text(start, end, allowed, longest):
    pairs = _pairs(len(start), np.full(len(start), True), longest)
    return _best(start, end, [p for p in pairs if allowed[p[0]]])


@exercise.misconception
def one_token_too_long(start, end, allowed, longest):
    return _best(start, end, _pairs(len(start), allowed, longest + 1))


@exercise.misconception
def one_token_too_short(start, end, allowed, longest):
    return _best(start, end, _pairs(len(start), allowed, longest - 1))


@exercise.misconception
def any_length(start, end, allowed, longest):
    return _best(start, end, _pairs(len(start), allowed, len(start)))


@exercise.misconception
def backwards_allowed(start, end, allowed, longest):
    length = len(start)
    pairs = [
        (first, last)
        for first, last in itertools.product(range(length), repeat=2)
        if last - first + 1 <= longest and allowed[first] and allowed[last]
    ]
    return _best(start, end, pairs)


@exercise.misconception
def logits_multiplied(start, end, allowed, longest):
    pairs = _pairs(len(start), allowed, longest)
    return _best(start, end, pairs, lambda one, other: one * other)


@exercise.misconception
def at_least_two_tokens(start, end, allowed, longest):
    return _best(start, end, _pairs(len(start), allowed, longest, least=2))


@exercise.misconception
def probabilities_added(start, end, allowed, longest):
    """A token that is nearly sure to be the first wins with any last one."""
    first, last = (np.exp(np.array(part) - np.max(part)) for part in (start, end))
    first, last = first / first.sum(), last / last.sum()
    return _best(first, last, _pairs(len(start), allowed, longest))


@exercise.alternative
def all_pairs(start, end, allowed, longest):
    return _best(start, end, _pairs(len(start), allowed, longest))


@exercise.alternative
def with_a_triangle(start, end, allowed, longest):
    start, end, allowed = np.array(start), np.array(end), np.array(allowed)
    length = len(start)
    band = np.triu(np.ones((length, length))) - np.triu(
        np.ones((length, length)), longest
    )
    valid = (band > 0) & allowed[:, None] & allowed[None, :]
    scores = np.where(valid, start[:, None] + end[None], -np.inf)
    return tuple(int(n) for n in np.unravel_index(scores.argmax(), scores.shape))


@exercise.alternative
def masked_first(start, end, allowed, longest):
    start, end = (tf.where(allowed, part, -1e9) for part in (start, end))
    best, found = -np.inf, (0, 0)
    for first in range(len(start)):
        for last in range(first, min(first + longest, len(start))):
            score = float(start[first]) + float(end[last])
            if score > best and allowed[first] and allowed[last]:
                best, found = score, (first, last)
    return found


@exercise.alternative
def with_band_part(start, end, allowed, longest):
    both = tf.logical_and(allowed[:, None], allowed[None])
    ones = tf.ones((len(start), len(start)))
    band = tf.linalg.band_part(ones, 0, min(longest, len(start)) - 1)
    scores = tf.where(both & (band > 0), start[:, None] + end[None], -np.inf)
    best = int(tf.argmax(tf.reshape(scores, [-1])))
    return divmod(best, len(start))


@exercise.alternative
def product_of_probabilities(start, end, allowed, longest):
    """The logarithm of a product is a sum: the same pair."""
    first, last = (ops.log_softmax(ops.cast(p, "float64")) for p in (start, end))
    first, last = (ops.convert_to_numpy(ops.exp(part)) for part in (first, last))
    pairs = _pairs(len(start), allowed, longest)
    return max(
        pairs, key=lambda p: (round(first[p[0]] * last[p[1]], 300), -p[0], -p[1])
    )


@exercise.alternative
def last_by_last(start, end, allowed, longest):
    best = None
    for last in range(len(start)):
        for first in range(max(0, last - longest + 1), last + 1):
            if allowed[first] and allowed[last]:
                key = (float(start[first]) + float(end[last]), -first, -last)
                best = key if best is None else max(best, key)
    return [-best[1], -best[2]]
