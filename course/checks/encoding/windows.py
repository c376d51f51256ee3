"""A long document read through windows that overlap."""

from course.checks.encoding.samples import UNIT, ids
from course.examination import Call, Exercise, OneOf, Sizes


def windows_of(document, length, overlap):
    """A document in windows, each of which repeats the end of the one before.

    Args:
        document: List of ids, at least one.
        length: The most tokens that a window may have.
        overlap: How many tokens a window shares with the one before, fewer than
            `length`.

    Returns:
        List of lists of ids. Windows begin `length - overlap` tokens apart, the first
        one at the beginning; the first window that reaches the end of the document is
        the last one, and may be shorter.
    """
    windows = []
    for start in range(0, len(document), length - overlap):
        windows.append(document[start : start + length])
        if start + length >= len(document):
            break
    return windows


windows = Exercise(
    "encoding.windows_of",
    unit=UNIT,
    answer="windows_of",
    reference=windows_of,
    parts={"overlapping": 2, "end": 2, "fits": 1, "no_overlap": 1},
    returns={"windows": ("window", "token")},
    forbidden=(f"{__name__}.windows_of", "transformer_tf.text.Truncation"),
    hints=3,
    difficulty=2,
    importance=3,
    minutes=10,
    paper="https://arxiv.org/abs/1901.08634",
)


@windows.probe(part="overlapping")
def a_shorter_last_window(rng):
    return Call(ids(rng, 17), 6, 2)


@windows.probe(part="overlapping")
def a_large_overlap(rng):
    return Call(ids(rng, 13), 5, 3)


@windows.probe(part="end")
def a_window_that_ends_with_the_document(rng):
    return Call(ids(rng, 14), 6, 2)


@windows.probe(part="fits")
def one_window_is_enough(rng):
    return Call(ids(rng, 5), 7, 4)


@windows.probe(part="no_overlap")
def side_by_side(rng):
    return Call(ids(rng, 11), 4, 0)


@windows.promise(
    part="overlapping",
    document=Sizes(1, 40),
    length=OneOf(1, 4, 50),
    overlap=OneOf(0, 1, 3),
)
def any_document(rng, document, length, overlap):
    return Call(ids(rng, document), length, min(overlap, length - 1))


def _cut(document, length, step):
    found = []
    for start in range(0, len(document), step):
        found.append(document[start : start + length])
        if start + length >= len(document):
            break
    return found


@windows.misconception
def overlap_forgotten(document, length, overlap):
    return _cut(document, length, length)


@windows.misconception
def one_window_too_many(document, length, overlap):
    starts = range(0, len(document), length - overlap)
    return [document[start : start + length] for start in starts]


@windows.misconception
def incomplete_window_lost(document, length, overlap):
    starts = range(0, len(document) - length + 1, length - overlap)
    return [document[start : start + length] for start in starts]


@windows.misconception
def last_window_moved_back(document, length, overlap):
    found = _cut(document, length, length - overlap)
    return [*found[:-1], document[-length:]]


@windows.misconception
def one_token_too_far(document, length, overlap):
    return _cut(document, length, length - overlap + 1)


@windows.misconception
def overlap_added(document, length, overlap):
    found = []
    for start in range(0, len(document), length):
        found.append(document[max(0, start - overlap) : start + length])
    return found


@windows.misconception
def overlap_on_both_sides(document, length, overlap):
    return _cut(document, length, max(1, length - 2 * overlap))


@windows.misconception
def stepping_by_the_overlap(document, length, overlap):
    return _cut(document, length, max(1, overlap))


@windows.misconception
def first_window_only(document, length, overlap):
    return [document[:length]]


@windows.alternative
def while_something_is_left(document, length, overlap):
    found, start = [document[:length]], 0
    while start + length < len(document):
        start += length - overlap
        found.append(document[start : start + length])
    return found


@windows.alternative
def counted_before(document, length, overlap):
    step = length - overlap
    beyond = max(0, len(document) - length)
    count = 1 + -(-beyond // step)
    return [document[n * step : n * step + length] for n in range(count)]


@windows.alternative
def by_recursion(document, length, overlap):
    def seen_through(rest):
        if len(rest) <= length:
            return [rest]
        return [rest[:length], *seen_through(rest[length - overlap :])]

    return seen_through(document)


@windows.alternative
def unwanted_ones_left_out(document, length, overlap):
    starts = range(0, len(document), length - overlap)
    return [
        document[start : start + length]
        for start in starts
        if start == 0 or len(document) - start > overlap
    ]
