"""transfer.span_targets: from the characters of an answer to its tokens."""

import bisect

from course.checks.transfer.samples import BERT, UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of
from course.pieces import span_targets

exercise = Exercise(
    "transfer.span_targets",
    unit=UNIT,
    answer="span_targets",
    reference=span_targets,
    parts={"whole_tokens": 2, "inside_tokens": 2, "windows": 2},
    returns={"first": (), "last": ()},
    forbidden=("course.pieces.span_targets",),
    hints=4,
    difficulty=4,
    importance=4,
    minutes=20,
    paper=BERT,
)


def _layout(rng, question, text, begin=0, joined=-1):
    """Offsets of a question's tokens and of a text's, a special one around each.

    Tokens have one to four characters; a blank stands before some of them, never
    before the text's token `joined`. The text's tokens begin `begin` characters into
    it: a window on a long document.
    """

    def offsets(count, at, joined=-1):
        found = []
        for number in range(count):
            at += int(rng.integers(2)) if number != joined else 0
            end = at + int(rng.integers(1, 5))
            found.append((at, end))
            at = end
        return found

    asked, read = offsets(question, 0), offsets(text, begin, joined)
    places = [(0, 0), *asked, (0, 0), *read, (0, 0)]
    inside = [False] * (question + 2) + [True] * text + [False]
    return places, inside, question + 2


def _call(rng, first, last, text=9, cut=(0, 0), begin=0):
    """The answer runs from text token `first` to `last`, and `cut` characters less.

    Where it ends the next token begins: who counts `end` in takes that one, too.
    """
    offsets, inside, shift = _layout(rng, 4, text, begin, joined=last + 1)
    start, end = offsets[shift + first][0] + cut[0], offsets[shift + last][1] - cut[1]
    return Call(offsets, inside, start, end)


@exercise.probe(part="whole_tokens")
def three_tokens(rng):
    return _call(rng, 4, 6)


@exercise.probe(part="whole_tokens")
def a_single_token(rng):
    return _call(rng, 6, 6)


@exercise.probe(part="whole_tokens")
def at_the_beginning(rng):
    """Where the question has tokens at the same characters."""
    return _call(rng, 0, 2)


@exercise.probe(part="whole_tokens")
def at_the_end(rng):
    return _call(rng, 7, 8)


@exercise.promise(part="whole_tokens", first=OneOf(1, 37), count=OneOf(1, 2))
def far_from_an_end(rng, first, count):
    """A text of 40 tokens: who walks inwards has a long way to go on one side."""
    return _call(rng, first, first + count - 1, text=40)


@exercise.probe(part="whole_tokens")
def a_long_answer(rng):
    return _call(rng, 2, 36, text=40)


@exercise.probe(part="inside_tokens")
def begins_and_ends_inside_tokens(rng):
    offsets = [(0, 0), (0, 3), (3, 6), (0, 0), (0, 2), (3, 8), (9, 11), (11, 16)]
    inside = [False] * 4 + [True] * 4
    start, end = int(rng.integers(4, 6)), int(rng.integers(13, 15))
    return Call([*offsets, (0, 0)], [*inside, False], start, end)


@exercise.probe(part="inside_tokens")
def inside_one_token(rng):
    offsets = [(0, 0), (0, 4), (0, 0), (0, 3), (4, 12), (12, 13), (0, 0)]
    start = int(rng.integers(6, 8))
    inside = [False, False, False, True, True, True, False]
    return Call(offsets, inside, start, start + 3)


@exercise.probe(part="windows")
def begins_before_the_window(rng):
    offsets, inside, shift = _layout(rng, 3, 7, begin=40)
    return Call(offsets, inside, 37, offsets[shift + 2][1])


@exercise.probe(part="windows")
def ends_behind_the_window(rng):
    offsets, inside, shift = _layout(rng, 3, 7, begin=40)
    return Call(offsets, inside, offsets[shift + 5][0], offsets[-2][1] + 4)


@exercise.probe(part="windows")
def not_in_the_window(rng):
    offsets, inside, _ = _layout(rng, 3, 7, begin=40)
    return Call(offsets, inside, 20, 26)


@exercise.probe(part="windows")
def a_later_window(rng):
    return _call(rng, 2, 5, begin=300)


@exercise.promise(
    part="whole_tokens",
    question=Sizes(0, 6),
    text=Sizes(1, 12),
    begin=OneOf(0, 50, 1000),
)
def any_answer(rng, question, text, begin):
    offsets, inside, shift = _layout(rng, question, text, begin)
    first = int(rng.integers(text))
    last = int(rng.integers(first, text))
    start, end = offsets[shift + first][0], offsets[shift + last][1]
    return Call(offsets, inside, start, end)


@exercise.promise(part="whole_tokens", tokens=Sizes(1, 8))
def the_text_alone(rng, tokens):
    """Neither question nor special tokens."""
    offsets, _, shift = _layout(rng, 0, tokens)
    offsets = offsets[shift:-1]
    first = int(rng.integers(tokens))
    return Call(offsets, [True] * tokens, offsets[first][0], offsets[-1][1])


@exercise.promise(part="whole_tokens", first=OneOf(0, 1, 2), count=OneOf(1, 2))
def from_the_first_on(rng, first, count):
    """The text alone, and an answer that begins with its token 0, 1 or 2."""
    offsets, _, shift = _layout(rng, 0, 5)
    offsets = offsets[shift:-1]
    start, end = offsets[first][0], offsets[first + count - 1][1]
    return Call(offsets, [True] * 5, start, end)


def _overlapping(offsets, chosen, start, end):
    return [n for n in chosen if offsets[n][0] < end and offsets[n][1] > start]


def _text(in_text):
    return [n for n, inside in enumerate(in_text) if inside]


def _whole(offsets, inside, start, end):
    if not inside or offsets[inside[0]][0] > start or offsets[inside[-1]][1] < end:
        return 0, 0
    return inside[0], inside[-1]


_right = copy_of(span_targets)


@exercise.misconception
def end_beyond_the_last(offsets, in_text, start, end):
    """The last token excluded, as slices do it."""
    first, last = _right(offsets, in_text, start, end)
    return (first, last + 1) if last or in_text[0] else (0, 0)


@exercise.misconception
def characters_for_tokens(offsets, in_text, start, end):
    return start, end


@exercise.misconception
def found_in_the_question(offsets, in_text, start, end):
    inside = _overlapping(offsets, range(len(offsets)), start, end)
    return _whole(offsets, inside, start, end)


@exercise.misconception
def must_begin_and_end_a_token(offsets, in_text, start, end):
    firsts = [n for n in _text(in_text) if offsets[n][0] == start]
    lasts = [n for n in _text(in_text) if offsets[n][1] == end]
    return (firsts[0], lasts[0]) if firsts and lasts else (0, 0)


@exercise.misconception
def end_included(offsets, in_text, start, end):
    """The character at `end` counts as one of the answer."""
    inside = _overlapping(offsets, _text(in_text), start, end + 1)
    return _whole(offsets, inside, start, end)


@exercise.misconception
def cut_answers_kept(offsets, in_text, start, end):
    inside = _overlapping(offsets, _text(in_text), start, end)
    return (inside[0], inside[-1]) if inside else (0, 0)


@exercise.misconception
def counted_within_the_text(offsets, in_text, start, end):
    first, last = _right(offsets, in_text, start, end)
    if (first, last) == (0, 0):
        return 0, 0
    shift = in_text.index(True)
    return first - shift, last - shift


@exercise.misconception
def only_tokens_wholly_inside(offsets, in_text, start, end):
    chosen = _text(in_text)
    if not chosen or offsets[chosen[0]][0] > start or offsets[chosen[-1]][1] < end:
        return 0, 0
    whole = [n for n in chosen if offsets[n][0] >= start and offsets[n][1] <= end]
    return (whole[0], whole[-1]) if whole else (0, 0)


@exercise.misconception
def windows_count_from_zero(offsets, in_text, start, end):
    """Takes the text's first token for the beginning of the document."""
    begin = offsets[in_text.index(True)][0] if True in in_text else 0
    moved = [(a - begin, b - begin) for a, b in offsets]
    return _right(moved, in_text, start, end)


@exercise.alternative
def with_two_loops(offsets, in_text, start, end):
    first = last = None
    for place, (begin, finish) in enumerate(offsets):
        if not in_text[place]:
            continue
        if begin <= start < finish or (first is None and start < begin < end):
            first = place if first is None else first
        if begin < end <= finish or start < finish <= end:
            last = place
    tokens = _text(in_text)
    if first is None or last is None:
        return 0, 0
    if offsets[tokens[0]][0] > start or offsets[tokens[-1]][1] < end:
        return 0, 0
    return first, last


@exercise.alternative
def by_bisection(offsets, in_text, start, end):
    tokens = _text(in_text)
    starts = [offsets[n][0] for n in tokens]
    ends = [offsets[n][1] for n in tokens]
    if not tokens or starts[0] > start or ends[-1] < end:
        return 0, 0
    first = bisect.bisect_right(ends, start)
    last = bisect.bisect_left(starts, end) - 1
    return tokens[first], tokens[last]


@exercise.alternative
def window_first(offsets, in_text, start, end):
    tokens = _text(in_text)
    if offsets[tokens[0]][0] > start or offsets[tokens[-1]][1] < end:
        return [0, 0]
    first = next(n for n in tokens if offsets[n][1] > start)
    last = next(n for n in reversed(tokens) if offsets[n][0] < end)
    return [first, last]


@exercise.alternative
def by_characters(offsets, in_text, start, end):
    owner = {
        place: n
        for n in _text(in_text)
        for place in range(offsets[n][0], offsets[n][1])
    }
    tokens = _text(in_text)
    if offsets[tokens[0]][0] > start or offsets[tokens[-1]][1] < end:
        return 0, 0
    found = [owner[place] for place in range(start, end) if place in owner]
    return min(found), max(found)


@exercise.alternative
def walking_inwards(offsets, in_text, start, end):
    tokens = _text(in_text)
    low, high = 0, len(tokens) - 1
    if offsets[tokens[low]][0] > start or offsets[tokens[high]][1] < end:
        return 0, 0
    while offsets[tokens[low]][1] <= start:
        low += 1
    while offsets[tokens[high]][0] >= end:
        high -= 1
    return tokens[low], tokens[high]


@exercise.alternative
def with_zip(offsets, in_text, start, end):
    rows = [
        (n, begin, finish)
        for n, ((begin, finish), inside) in enumerate(zip(offsets, in_text))
        if inside
    ]
    if rows[0][1] > start or rows[-1][2] < end:
        return 0, 0
    touched = [n for n, begin, finish in rows if max(begin, start) < min(finish, end)]
    return touched[0], touched[-1]
