"""Merging one pair: the second half of byte-pair training."""

import re
from functools import reduce

from course.checks.tokenizers.samples import (
    ALPHABETS,
    PAIRS,
    UNIT,
    drawn_pieces,
    renamed,
)
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import merge_pair

merging = Exercise(
    "tokenizers.merge_pair",
    unit=UNIT,
    answer="merge_pair",
    reference=merge_pair,
    parts={"merges": 2, "repeats": 2, "pieces": 1, "nothing": 1},
    returns={"merged": ("piece",)},
    forbidden=("course.pieces.merge_pair",),
    hints=4,
    difficulty=2,
    importance=5,
    minutes=12,
    paper=PAIRS,
)


def _case(rng, pieces, pair):
    pieces, pair = renamed(rng, (pieces, pair))
    return Call(pieces.split(), tuple(pair.split()))


@merging.probe(part="merges")
def several_places(rng):
    return _case(rng, "a b c b a b d a", "a b")


@merging.probe(part="merges")
def at_the_end(rng):
    return _case(rng, "c d b a c", "a c")


@merging.probe(part="repeats")
def three_in_a_row(rng):
    return _case(rng, "b a a a c", "a a")


@merging.probe(part="repeats")
def many_in_a_row(rng):
    return _case(rng, "a a a a a b a a", "a a")


@merging.probe(part="pieces")
def whole_pieces_only(rng):
    return _case(rng, "ca b a b ab c a bd", "a b")


@merging.probe(part="pieces")
def spelt_alike(rng):
    return _case(rng, "a bc ab c abc c", "ab c")


@merging.probe(part="nothing")
def not_there(rng):
    return _case(rng, "b a c b", "a b")


@merging.probe(part="nothing")
def one_piece(rng):
    return _case(rng, "a", "a b")


@merging.promise(
    part="merges",
    letters=OneOf(*ALPHABETS),
    count=Sizes(1, 14),
    same=OneOf(False, True),
)
def any_pieces(rng, letters, count, same):
    pieces = drawn_pieces(rng, letters, count, longest=2)
    one, other = rng.choice(pieces, size=2)
    return Call(pieces, (str(one), str(one if same else other)))


def _at(pieces, place, pair):
    return tuple(pieces[place : place + 2]) == tuple(pair)


@merging.misconception
def merged_twice(pieces, pair):
    merged = []
    for place, piece in enumerate(pieces):
        if _at(pieces, place, pair):
            merged.append(pair[0] + pair[1])
        elif place == 0 or not _at(pieces, place - 1, pair):
            merged.append(piece)
    return merged


@merging.misconception
def from_the_right(pieces, pair):
    merged, place = [], len(pieces)
    while place > 0:
        both = place > 1 and _at(pieces, place - 2, pair)
        place -= 1 + both
        merged.insert(0, "".join(pieces[place : place + 1 + both]))
    return merged


@merging.misconception
def first_place_only(pieces, pair):
    for place in range(len(pieces) - 1):
        if _at(pieces, place, pair):
            return [*pieces[:place], pair[0] + pair[1], *pieces[place + 2 :]]
    return list(pieces)


@merging.misconception
def replaced_in_text(pieces, pair):
    return " ".join(pieces).replace(" ".join(pair), "".join(pair)).split(" ")


@merging.misconception
def either_order(pieces, pair):
    merged, place = [], 0
    while place < len(pieces):
        both = _at(pieces, place, pair) or _at(pieces, place, pair[::-1])
        merged.append("".join(pieces[place : place + 1 + both]))
        place += 1 + both
    return merged


@merging.misconception
def right_one_kept(pieces, pair):
    whole = pair[0] + pair[1]
    return [whole if _at(pieces, n, pair) else piece for n, piece in enumerate(pieces)]


@merging.misconception
def last_piece_lost(pieces, pair):
    merged, place = [], 0
    while place < len(pieces) - 1:
        found = _at(pieces, place, pair)
        merged.append(pair[0] + pair[1] if found else pieces[place])
        place += 1 + found
    return merged


@merging.misconception
def input_changed(pieces, pair):
    place = 0
    while place < len(pieces) - 1:
        if _at(pieces, place, pair):
            pieces[place : place + 2] = [pair[0] + pair[1]]
        place += 1
    return pieces


@merging.misconception
def same_spelling(pieces, pair):
    merged, place, whole = [], 0, pair[0] + pair[1]
    while place < len(pieces):
        both = "".join(pieces[place : place + 2]) == whole and place + 1 < len(pieces)
        merged.append(whole if both else pieces[place])
        place += 1 + both
    return merged


@merging.alternative
def into_the_last(pieces, pair):
    merged, open_to_merge = [], False
    for piece in pieces:
        if open_to_merge and (merged[-1], piece) == tuple(pair):
            merged[-1] += piece
            open_to_merge = False
        else:
            merged.append(piece)
            open_to_merge = True
    return merged


@merging.alternative
def by_deleting(pieces, pair):
    merged, place = list(pieces), 0
    while place < len(merged) - 1:
        if merged[place] == pair[0] and merged[place + 1] == pair[1]:
            merged[place] += merged.pop(place + 1)
        place += 1
    return merged


@merging.alternative
def with_a_pattern(pieces, pair):
    left, right = map(re.escape, pair)
    pattern = rf"(?<!\S){left} {right}(?!\S)"
    return re.sub(pattern, "".join(pair), " ".join(pieces)).split(" ")


@merging.alternative
def folded(pieces, pair):
    def add(found, piece):
        merged, waiting = found
        if waiting and piece == pair[1]:
            return [*merged[:-1], pair[0] + pair[1]], False
        return [*merged, piece], piece == pair[0]

    return reduce(add, pieces, ([], False))[0]
