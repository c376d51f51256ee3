"""pipelines.by_length: batches of like length, and the way back."""

import numpy as np

from course.checks.pipelines.samples import TRANSFORMERS, UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of
from course.pieces import by_length

exercise = Exercise(
    "pipelines.by_length",
    unit=UNIT,
    answer="by_length",
    reference=by_length,
    parts={"batches": 3, "back": 2, "ties": 1},
    returns={"batches": (), "back": ()},
    forbidden=(
        "course.pieces.by_length",
        "transformer_tf.text.bucketing.bucket_by_length",
    ),
    hints=4,
    difficulty=2,
    importance=3,
    minutes=12,
    paper=TRANSFORMERS,
)


def _more(rng, *lengths):
    """The same order under every seed: it is no way back to itself."""
    least = int(rng.integers(0, 300))
    return [least + n for n in lengths]


@exercise.probe(part="batches")
def the_last_batch_is_short(rng):
    return Call(_more(rng, 3, 9, 5, 8, 1, 7, 2), 3)


@exercise.probe(part="batches")
def batches_of_four(rng):
    return Call(_more(rng, 4, 1, 6, 2, 8, 11, 3, 5), 4)


@exercise.probe(part="back")
def five_texts(rng):
    return Call(_more(rng, 4, 1, 6, 2, 8), 2)


@exercise.probe(part="back")
def one_batch(rng):
    return Call(_more(rng, 2, 7, 4, 9, 1, 3), 6)


@exercise.probe(part="ties")
def equally_long(rng):
    return Call(_more(rng, 5, 9, 5, 9, 1, 5, 2), 3)


@exercise.promise(
    part="batches", texts=Sizes(0, 9), size=OneOf(1, 3, 50), longest=OneOf(4, 400)
)
def any_lengths(rng, texts, size, longest):
    lengths = rng.integers(1, longest + 1, size=texts).tolist()
    return Call(lengths[:-1] + [longest] if texts else [], size)


_right = copy_of(by_length)


def _parts(order, size):
    return [order[first : first + size] for first in range(0, len(order), size)]


def _inverse(order):
    back = [0] * len(order)
    for place, number in enumerate(order):
        back[number] = place
    return back


@exercise.misconception
def order_is_no_way_back(lengths, size):
    """Sorting is undone by the inverse of the order, not by the order itself."""
    batches, _ = _right(lengths, size)
    return batches, sum(batches, [])


@exercise.misconception
def shortest_first(lengths, size):
    order = sorted(range(len(lengths)), key=lambda n: lengths[n])
    return _parts(order, size), _inverse(order)


@exercise.misconception
def not_sorted(lengths, size):
    order = list(range(len(lengths)))
    return _parts(order, size), order


@exercise.misconception
def last_batch_dropped(lengths, size):
    batches, back = _right(lengths, size)
    return [batch for batch in batches if len(batch) == size], back


@exercise.misconception
def lengths_for_numbers(lengths, size):
    batches, back = _right(lengths, size)
    return [[lengths[n] for n in batch] for batch in batches], back


@exercise.misconception
def ties_from_the_back(lengths, size):
    order = np.argsort(lengths, kind="stable")[::-1].tolist()
    return _parts(order, size), _inverse(order)


@exercise.misconception
def back_from_the_back(lengths, size):
    batches, back = _right(lengths, size)
    return batches, back[::-1]


@exercise.misconception
def place_within_the_batch(lengths, size):
    batches, back = _right(lengths, size)
    return batches, [place % size for place in back]


@exercise.misconception
def size_is_the_number_of_batches(lengths, size):
    """As many batches as each should have had texts."""
    order = sum(_right(lengths, size)[0], [])
    return _parts(order, -(-len(order) // size) or 1), _inverse(order)


@exercise.alternative
def by_argsort_twice(lengths, size):
    order = np.argsort([-n for n in lengths], kind="stable")
    back = np.argsort(order)
    return _parts(order.tolist(), size), back.tolist()


@exercise.alternative
def with_pairs(lengths, size):
    pairs = sorted((-length, number) for number, length in enumerate(lengths))
    order = [number for _, number in pairs]
    return _parts(order, size), [order.index(n) for n in range(len(order))]


@exercise.alternative
def sorted_in_reverse(lengths, size):
    order = sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True)
    return _parts(order, size), _inverse(order)


@exercise.alternative
def with_a_dict(lengths, size):
    order = sorted(range(len(lengths)), key=lambda n: (-lengths[n], n))
    places = {number: place for place, number in enumerate(order)}
    return _parts(order, size), [places[n] for n in range(len(order))]


@exercise.alternative
def batch_by_batch(lengths, size):
    waiting, batches = list(range(len(lengths))), []
    back = [0] * len(lengths)
    place = 0
    while waiting:
        batch = []
        while waiting and len(batch) < size:
            best = max(waiting, key=lambda n: (lengths[n], -n))
            waiting.remove(best)
            back[best] = place
            place += 1
            batch.append(best)
        batches.append(batch)
    return batches, back


@exercise.alternative
def by_counting(lengths, size):
    """Before each text stand the longer ones, and the equally long before it."""
    back = [
        sum(m > n or (m == n and j < i) for j, m in enumerate(lengths))
        for i, n in enumerate(lengths)
    ]
    order = [back.index(place) for place in range(len(back))]
    return _parts(order, size), back


@exercise.alternative
def with_array_split(lengths, size):
    order = np.argsort(-np.array(lengths, int), kind="stable")
    back = np.empty(len(order), int)
    back[order] = np.arange(len(order))
    batches = np.split(order, range(size, len(order), size)) if len(order) else []
    return [batch.tolist() for batch in batches], back.tolist()
