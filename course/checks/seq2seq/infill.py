"""seq2seq.infill: one mask for a span of any length, and for none (BART)."""

import itertools

from course.checks.seq2seq.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes


def infill(ids, spans, mask):
    """Puts one mask in the place of each span, however long it is.

    Args:
        ids: List of ids. It stays as it is.
        spans: List of (start, length): places in `ids`, in order; none reaches into the
            next. A span of length 0 takes nothing: its mask stands before the token
            at `start`, or at the end of the text.
        mask: The id of the mask.

    Returns:
        A list of ids.
    """
    found, place = [], 0
    for start, length in spans:
        found += [*ids[place:start], mask]
        place = start + length
    return [*found, *ids[place:]]


exercise = Exercise(
    "seq2seq.infill",
    unit=UNIT,
    answer="infill",
    reference=infill,
    parts={"one_span": 1, "several": 2, "empty": 2},
    returns={"ids": ("position",)},
    forbidden=(f"{__name__}.infill",),
    hints=3,
    difficulty=2,
    importance=3,
    minutes=10,
    paper="https://arxiv.org/abs/1910.13461",
)

right = exercise.reference  # a copy: nobody may call the answer itself


def _call(rng, length, spans, mask=4):
    return Call(rng.permutation(range(10, 900))[:length].tolist(), spans, mask)


@exercise.probe(part="one_span")
def in_the_middle(rng):
    return _call(rng, 7, [(2, 3)])


@exercise.probe(part="several")
def three_spans(rng):
    return _call(rng, 11, [(1, 2), (5, 3), (9, 1)])


@exercise.probe(part="several")
def at_both_ends(rng):
    return _call(rng, 9, [(0, 3), (4, 1), (7, 2)], mask=950)


@exercise.probe(part="several")
def no_span(rng):
    return _call(rng, 5, [])


@exercise.probe(part="empty")
def empty_spans(rng):
    return _call(rng, 8, [(2, 0), (4, 2), (7, 0)])


@exercise.probe(part="empty")
def empty_at_both_ends(rng):
    return _call(rng, 6, [(0, 0), (3, 2), (6, 0)])


@exercise.promise(
    part="several", spans=Sizes(0, 5), longest=Sizes(1, 4), gap=OneOf(1, 2, 3)
)
def any_spans(rng, spans, longest, gap):
    pairs, place = [], int(rng.integers(0, 2))
    for _ in range(spans):
        length = int(rng.integers(1, longest + 1))
        pairs.append((place, length))
        place += length + gap
    return _call(rng, place + 2, pairs)


@exercise.promise(part="empty", length=Sizes(0, 7), start=OneOf("first", "last"))
def one_empty_span(rng, length, start):
    return _call(rng, length, [(0 if start == "first" else length, 0)])


@exercise.misconception
def mask_for_each_token(ids, spans, mask):
    """As in BERT: the text stays as long as it was."""
    found = list(ids)
    for start, length in spans:
        found[start : start + length] = [mask] * length
    return found


@exercise.misconception
def empty_spans_ignored(ids, spans, mask):
    return right(ids, [(start, length) for start, length in spans if length], mask)


@exercise.misconception
def places_move_along(ids, spans, mask):
    """Cut from the front: what stands behind has moved by then."""
    found = list(ids)
    for start, length in spans:
        found[start : start + length] = [mask]
    return found


@exercise.misconception
def deleted_without_a_mask(ids, spans, mask):
    taken = {start + n for start, length in spans for n in range(length)}
    return [token for place, token in enumerate(ids) if place not in taken]


@exercise.misconception
def length_is_the_end(ids, spans, mask):
    """(start, end) is read."""
    pairs = [(start, max(0, length - start)) for start, length in spans]
    return right(ids, pairs, mask)


@exercise.misconception
def one_token_too_many(ids, spans, mask):
    return right(ids, [(start, length + 1) for start, length in spans], mask)


@exercise.misconception
def empty_span_takes_a_token(ids, spans, mask):
    return right(ids, [(start, max(1, length)) for start, length in spans], mask)


@exercise.misconception
def rest_forgotten(ids, spans, mask):
    """What stands behind the last span is lost."""
    found, place = [], 0
    for start, length in spans:
        found += [*ids[place:start], mask]
        place = start + length
    return found


@exercise.misconception
def masks_numbered(ids, spans, mask):
    """As in T5: each span has a mask of its own."""
    found, place = [], 0
    for number, (start, length) in enumerate(spans):
        found += [*ids[place:start], mask + number]
        place = start + length
    return [*found, *ids[place:]]


@exercise.misconception
def list_of_the_caller(ids, spans, mask):
    for start, length in reversed(spans):
        ids[start : start + length] = [mask]
    return ids


@exercise.alternative
def from_the_back(ids, spans, mask):
    found = list(ids)
    for start, length in reversed(spans):
        found[start : start + length] = [mask]
    return found


@exercise.alternative
def with_an_offset(ids, spans, mask):
    found, moved = list(ids), 0
    for start, length in spans:
        found[start + moved : start + moved + length] = [mask]
        moved += 1 - length
    return found


@exercise.alternative
def in_pieces(ids, spans, mask):
    starts = [start for start, _ in spans] + [len(ids)]
    ends = [0] + [start + length for start, length in spans]
    pieces = [ids[end:start] for end, start in zip(ends, starts)]
    found = list(pieces[0])
    for piece in pieces[1:]:
        found += [mask, *piece]
    return found


@exercise.alternative
def with_a_generator(ids, spans, mask):
    def tokens():
        place = 0
        for start, length in spans:
            yield from ids[place:start]
            yield mask
            place = start + length
        yield from ids[place:]

    return list(tokens())


@exercise.alternative
def place_by_place(ids, spans, mask):
    taken = {start + n for start, length in spans for n in range(length)}
    found = []
    for place in range(len(ids) + 1):
        found += [mask for start, _ in spans if start == place]
        if place < len(ids) and place not in taken:
            found.append(ids[place])
    return found


@exercise.alternative
def by_chaining(ids, spans, mask):
    ends = itertools.accumulate(spans, lambda _, span: sum(span), initial=0)
    parts = [[*ids[end:start], mask] for end, (start, _) in zip(ends, spans)]
    last = sum(spans[-1]) if spans else 0
    return list(itertools.chain(*parts, ids[last:]))
