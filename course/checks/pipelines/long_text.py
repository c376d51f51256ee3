"""pipelines.long_text: a long text in parts, cut between its sentences."""

import itertools

import numpy as np

from course.checks.pipelines.samples import TRANSFORMERS, UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of


def pack_sentences(counts, limit):
    """Cuts a long text between its sentences into parts that a model can read.

    Args:
        counts: List of integers: the number of tokens of each sentence.
        limit: The most tokens of a part.

    Returns:
        parts: List of lists of integers: the numbers of the sentences of each part,
            counted from 0, in their order. Every part has as many as fit. A sentence
            that has more tokens than the limit is a part of its own.
        too_long: List of integers: the numbers of such sentences.
    """
    parts, room = [], 0
    for number, count in enumerate(counts):
        if parts and count <= room:
            parts[-1].append(number)
            room -= count
        else:
            parts.append([number])
            room = limit - count
    return parts, [number for number, count in enumerate(counts) if count > limit]


exercise = Exercise(
    "pipelines.long_text",
    unit=UNIT,
    answer="pack_sentences",
    reference=pack_sentences,
    parts={"parts": 3, "too_long": 2},
    returns={"parts": (), "too_long": ()},
    forbidden=(f"{__name__}.pack_sentences",),
    hints=3,
    difficulty=2,
    importance=3,
    minutes=10,
    paper=TRANSFORMERS,
)


@exercise.probe(part="parts")
def several_parts(rng):
    by = int(rng.integers(1, 4))
    return Call([by * n for n in (4, 5, 3, 6, 2, 2, 7, 1)], by * 10)


@exercise.probe(part="parts")
def just_full(rng):
    """Three and seven are ten; and a small sentence fits only into the next part."""
    by = int(rng.integers(1, 40))
    return Call([by * n for n in (3, 7, 9, 5, 1, 4, 3, 2)], by * 10)


@exercise.probe(part="parts")
def all_in_one(rng):
    return Call(rng.integers(1, 5, size=5).tolist(), 30)


@exercise.probe(part="too_long")
def one_in_the_middle(rng):
    much = int(rng.integers(300, 400))
    return Call([20, 40, much, 10, 30, 60, 5, 90], 90)


@exercise.probe(part="too_long")
def first_and_last(rng):
    much = int(rng.integers(30, 40))
    return Call([much, 4, 8, 6, much + 5, much], 15)


@exercise.promise(
    part="parts",
    sentences=Sizes(0, 12),
    longest=OneOf(1, 12, 300),
    limit=OneOf(1, 20, 512),
)
def any_sentences(rng, sentences, longest, limit):
    return Call(rng.integers(1, longest + 1, size=sentences).tolist(), limit)


@exercise.promise(part="parts", over=OneOf(-1, 0, 1), limit=OneOf(9, 300))
def one_more_or_less(rng, over, limit):
    """Two sentences have a token less than fits, as many as fit, or one too many."""
    firsts = rng.integers(2, limit - 1, size=4).tolist()
    return Call([n for first in firsts for n in (first, limit - first + over)], limit)


@exercise.promise(part="parts", sentences=Sizes(7, 12), limit=OneOf(2, 5))
def one_token_each(rng, sentences, limit):
    return Call([1] * sentences, limit)


_right = copy_of(pack_sentences)


def _too_long(counts, limit):
    return [number for number, count in enumerate(counts) if count > limit]


@exercise.misconception
def too_long_dropped(counts, limit):
    parts, too_long = _right(counts, limit)
    return [part for part in parts if part[0] not in too_long], too_long


@exercise.misconception
def last_part_lost(counts, limit):
    """What is still open at the end is never written down."""
    parts, too_long = _right(counts, limit)
    return parts[:-1], too_long


@exercise.misconception
def empty_parts(counts, limit):
    """A part is closed before anything stands in it."""
    parts, part, size = [], [], 0
    for number, count in enumerate(counts):
        if size + count > limit:
            parts.append(part)
            part, size = [], 0
        part.append(number)
        size += count
    return [*parts, part], _too_long(counts, limit)


@exercise.misconception
def just_full_counts_as_too_full(counts, limit):
    parts, _ = _right(counts, limit - 1)
    return parts, _too_long(counts, limit)


@exercise.misconception
def last_sentence_twice(counts, limit):
    """Each part begins with the last sentence of the one before."""
    parts, too_long = _right(counts, limit)
    begun = [[one[-1], *other] for one, other in itertools.pairwise(parts)]
    return [*parts[:1], *begun], too_long


@exercise.misconception
def count_never_starts_anew(counts, limit):
    """Once the sum is above the limit, every sentence is a part of its own."""
    parts, size = [], 0
    for number, count in enumerate(counts):
        size += count
        if parts and size <= limit:
            parts[-1].append(number)
        else:
            parts.append([number])
    return parts, _too_long(counts, limit)


@exercise.misconception
def one_a_part(counts, limit):
    return [[number] for number in range(len(counts))], _too_long(counts, limit)


@exercise.misconception
def holes_filled_out_of_order(counts, limit):
    """A sentence goes into the first part that has room: the order is lost."""
    parts, rooms = [], []
    for number, count in enumerate(counts):
        place = next((n for n, room in enumerate(rooms) if count <= room), None)
        if place is None:
            parts.append([number])
            rooms.append(limit - count)
        else:
            parts[place].append(number)
            rooms[place] -= count
    return parts, _too_long(counts, limit)


@exercise.misconception
def the_rest_follows_the_too_long(counts, limit):
    """A sentence that is too long takes in what comes behind it."""
    parts, size = [], 0
    for number, count in enumerate(counts):
        if parts and (size + count <= limit or size > limit):
            parts[-1].append(number)
            size = count if size > limit else size + count
        else:
            parts.append([number])
            size = count
    return parts, _too_long(counts, limit)


@exercise.misconception
def closed_after_it_is_too_full(counts, limit):
    """The sentence that no longer fits is still taken in."""
    parts, part, size = [], [], 0
    for number, count in enumerate(counts):
        part.append(number)
        size += count
        if size > limit:
            parts.append(part)
            part, size = [], 0
    return [*parts, part] if part else parts, _too_long(counts, limit)


@exercise.misconception
def just_full_is_too_long(counts, limit):
    parts, _ = _right(counts, limit)
    return parts, [n for n, count in enumerate(counts) if count >= limit]


@exercise.alternative
def with_a_size(counts, limit):
    parts, part, size = [], [], 0
    for number, count in enumerate(counts):
        if part and size + count > limit:
            parts.append(part)
            part, size = [], 0
        part.append(number)
        size += count
    if part:
        parts.append(part)
    return parts, _too_long(counts, limit)


@exercise.alternative
def by_sums(counts, limit):
    parts = []
    for number, count in enumerate(counts):
        if parts and sum(counts[n] for n in parts[-1]) + count <= limit:
            parts[-1] += [number]
        else:
            parts += [[number]]
    return parts, [n for n in range(len(counts)) if counts[n] > limit]


@exercise.alternative
def with_two_loops(counts, limit):
    parts, first = [], 0
    while first < len(counts):
        last = first + 1
        while last < len(counts) and sum(counts[first : last + 1]) <= limit:
            last += 1
        parts.append(list(range(first, last)))
        first = last
    return parts, _too_long(counts, limit)


@exercise.alternative
def by_cumulated_counts(counts, limit):
    ends = np.concatenate([[0], np.cumsum(counts, dtype=int)])
    parts, first = [], 0
    while first < len(counts):
        fits = int(np.searchsorted(ends, ends[first] + limit, side="right")) - 1
        last = max(fits, first + 1)
        parts.append(list(range(first, last)))
        first = last
    return parts, np.flatnonzero(np.array(counts, int) > limit).tolist()


@exercise.alternative
def from_a_queue(counts, limit):
    waiting, parts = list(enumerate(counts)), []
    while waiting:
        number, room = waiting[0][0], limit - waiting.pop(0)[1]
        parts.append([number])
        while waiting and waiting[0][1] <= room:
            number, count = waiting.pop(0)
            parts[-1].append(number)
            room -= count
    return parts, _too_long(counts, limit)


@exercise.alternative
def by_numbers_of_parts(counts, limit):
    numbers, size = [], 0
    for count in counts:
        fits = bool(numbers) and size + count <= limit
        size = size + count if fits else count
        numbers.append(numbers[-1] + (not fits) if numbers else 0)
    parts = [
        list(group)
        for _, group in itertools.groupby(range(len(counts)), numbers.__getitem__)
    ]
    return parts, _too_long(counts, limit)
