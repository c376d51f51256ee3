"""decoders.segments: a text longer than the window, every token scored once."""

from course.checks.decoders.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes


def segments(length, size, stride):
    """Cuts a long text into overlapping windows that score each token once.

    Args:
        length: How many tokens the text has, at least 1.
        size: How many tokens a window holds at most, at least 2.
        stride: How far one window begins behind the one before; at least 1, and less
            than `size`, so that every scored token has one before it in its window.

    Returns:
        A list of (begin, end, first), all integers: a window holds the tokens `begin`
        to `end - 1`, and those from `first` on are scored in it. Together the windows
        score each token but the first of the text exactly once, and the last window
        is the first one that reaches the end. A text of one token has no window.
    """
    found, first = [], 1
    for begin in range(0, length, stride):
        if first >= length:
            break
        end = min(begin + size, length)
        found.append((begin, end, first))
        first = end
    return found


exercise = Exercise(
    "decoders.segments",
    unit=UNIT,
    answer="segments",
    reference=segments,
    parts={"windows": 3, "edges": 2},
    returns={"windows": ("window",)},
    forbidden=(f"{__name__}.segments",),
    hints=3,
    difficulty=3,
    importance=3,
    minutes=15,
    paper="https://arxiv.org/abs/1901.02860",
)


@exercise.probe(part="windows")
def last_one_shorter(rng):
    """By one, two or three tokens, and never by none."""
    return Call((20, 23, 25)[rng.integers(3)], 6, 4)


@exercise.probe(part="windows")
def little_overlap(rng):
    return Call(29, 8, 7)


@exercise.promise(
    part="windows", length=Sizes(9, 40), size=OneOf(3, 5, 8), stride=OneOf(1, 2)
)
def any_text(rng, length, size, stride):
    return Call(length, size, stride)


@exercise.promise(part="edges", length=OneOf(1, 2, 5, 6, 7, 12), size=OneOf(6, 4))
def short_texts(rng, length, size):
    return Call(length, size, size - 1)


@exercise.promise(part="edges", steps=Sizes(1, 4), size=OneOf(5, 7), stride=OneOf(2, 3))
def ends_with_a_window(rng, steps, size, stride):
    """The last window ends exactly where the text does."""
    return Call(size + steps * stride, size, stride)


def _windows(length, size, stride, first_of):
    """Windows until one reaches the end; `first_of(begin, end of the one before)`."""
    found, before = [], 1
    for begin in range(0, length, stride):
        if before >= length:
            break
        end = min(begin + size, length)
        found.append((begin, end, first_of(begin, before)))
        before = end
    return found


@exercise.misconception
def overlap_scored_twice(length, size, stride):
    """Everything but the first token of each window."""
    return _windows(length, size, stride, lambda begin, before: begin + 1)


@exercise.misconception
def no_overlap(length, size, stride):
    """Window after window: the first token of each is scored by nobody."""
    return _windows(length, size, size, lambda begin, before: begin + 1)


@exercise.misconception
def stride_taken_for_the_overlap(length, size, stride):
    return _windows(length, size, size - stride, lambda begin, before: before)


@exercise.misconception
def last_window_dropped(length, size, stride):
    """Only whole windows: the end of the text is never scored."""
    found = _windows(length, size, stride, lambda begin, before: before)
    return [window for window in found if window[1] - window[0] == size]


@exercise.misconception
def one_token_lost_between(length, size, stride):
    return _windows(
        length,
        size,
        stride,
        lambda begin, before: before + 1 if begin else before,
    )


@exercise.misconception
def very_first_scored(length, size, stride):
    return _windows(length, size, stride, lambda begin, before: before if begin else 0)


@exercise.misconception
def end_included(length, size, stride):
    found = _windows(length, size, stride, lambda begin, before: before)
    return [(begin, end - 1, first) for begin, end, first in found]


@exercise.misconception
def goes_on_behind_the_end(length, size, stride):
    """A window for each step, also when nothing is left to score."""
    found, first = [], 1
    for begin in range(0, length, stride):
        end = min(begin + size, length)
        found.append((begin, end, min(first, end)))
        first = end
    return found


@exercise.misconception
def as_many_as_asked_before(length, size, stride):
    """`first` counted inside the window, where the whole text was meant."""
    found = _windows(length, size, stride, lambda begin, before: before)
    return [(begin, end, first - begin) for begin, end, first in found]


@exercise.alternative
def with_while(length, size, stride):
    found, begin, first = [], 0, 1
    while first < length:
        end = begin + size if begin + size < length else length
        found += [(begin, end, first)]
        begin, first = begin + stride, end
    return found


@exercise.alternative
def by_counting_windows(length, size, stride):
    if length == 1:
        return []
    count = 1 + max(0, -(-(length - size) // stride))
    begins = [number * stride for number in range(count)]
    ends = [min(begin + size, length) for begin in begins]
    return list(zip(begins, ends, [1, *ends[:-1]]))


@exercise.alternative
def with_a_generator(length, size, stride):
    def windows():
        first = 1
        begin = 0
        while first < length:
            yield begin, min(begin + size, length), first
            first = min(begin + size, length)
            begin += stride

    return list(windows())


@exercise.alternative
def token_by_token(length, size, stride):
    """Each token looks for the first window that holds it."""
    found = {}
    for token in range(1, length):
        begin = max(0, -(-(token + 1 - size) // stride)) * stride
        found.setdefault(begin, token)
    return [(begin, min(begin + size, length), first) for begin, first in found.items()]


@exercise.alternative
def by_recursion(length, size, stride):
    def rest(begin, first):
        if first >= length:
            return []
        end = min(length, begin + size)
        return [(begin, end, first), *rest(begin + stride, end)]

    return rest(0, 1)


@exercise.alternative
def as_lists(length, size, stride):
    """The overlap is known beforehand: all windows but the first begin it."""
    found = []
    for begin in range(0, max(1, length - size + stride), stride):
        first = begin + size - stride if begin else 1
        if first < length:
            found.append([begin, min(length, begin + size), first])
    return found
