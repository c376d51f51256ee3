"""A pair of texts that is too long: the longer one gives way."""

from course.checks.encoding.samples import BERT, UNIT, ids
from course.examination import Call, Exercise, OneOf, Sizes

SPECIAL = 3  # [CLS] first [SEP] second [SEP]


def truncated_pair(first, second, max_length):
    """A pair cut at its ends until it fits, as evenly as possible.

    Args:
        first, second: Lists of ids, without special tokens.
        max_length: How many tokens the pair may have with its three special tokens.

    Returns:
        first, second: Lists of ids. As long as the pair is too long, the longer text
        loses its last token. Where both end up being cut and the room is odd, the one
        that was longer keeps one token more (the second, if they were equally long).
    """
    room = max_length - 3
    shorter = min(len(first), len(second), room // 2)
    longer = room - shorter
    if len(first) > len(second):
        return first[:longer], second[:shorter]
    return first[:shorter], second[:longer]


truncation = Exercise(
    "encoding.truncated_pair",
    unit=UNIT,
    answer="truncated_pair",
    reference=truncated_pair,
    parts={"one_long": 2, "both_long": 2, "odd": 1, "fits": 1},
    returns={"first": ("token",), "second": ("token",)},
    forbidden=(f"{__name__}.truncated_pair", "transformer_tf.text.Truncation"),
    hints=4,
    difficulty=3,
    importance=3,
    minutes=15,
    paper=BERT,
)


def _pair(rng, first, second, room):
    both = ids(rng, first + second)
    return Call(both[:first], both[first:], room + SPECIAL)


@truncation.probe(part="one_long")
def a_long_first(rng):
    return _pair(rng, 11, 3, room=10)


@truncation.probe(part="one_long")
def a_long_second(rng):
    return _pair(rng, 2, 13, room=9)


@truncation.probe(part="both_long")
def both_too_long(rng):
    return _pair(rng, 9, 12, room=10)


@truncation.probe(part="both_long")
def both_too_long_the_first_longer(rng):
    return _pair(rng, 14, 7, room=12)


@truncation.probe(part="odd")
def an_odd_room_the_first_longer(rng):
    return _pair(rng, 12, 8, room=7)


@truncation.probe(part="odd")
def an_odd_room_for_two_alike(rng):
    return _pair(rng, 8, 8, room=11)


@truncation.probe(part="fits")
def everything_fits(rng):
    return _pair(rng, 4, 6, room=10)


@truncation.probe(part="fits")
def much_room_left(rng):
    return _pair(rng, 3, 2, room=20)


@truncation.promise(
    part="both_long", first=Sizes(0, 14), second=Sizes(0, 15), room=OneOf(0, 1, 8, 40)
)
def any_pair(rng, **sizes):
    return _pair(rng, **sizes)


def _cut(first, second, room, length):
    """Nothing if the pair fits, else both cut to `length(room)` tokens."""
    if len(first) + len(second) <= room:
        return first, second
    one, other = length(room)
    return first[: max(0, one)], second[: max(0, other)]


def _fitted(first, second, room):
    """As asked, for texts that have all of this room."""
    shorter = min(len(first), len(second), room // 2)
    if len(first) > len(second):
        return first[: room - shorter], second[:shorter]
    return first[:shorter], second[: room - shorter]


@truncation.misconception
def halves_for_both(first, second, max_length):
    room = max_length - SPECIAL
    return _cut(first, second, room, lambda r: (r // 2, r - r // 2))


@truncation.misconception
def only_the_first(first, second, max_length):
    room = max_length - SPECIAL
    return _cut(first, second, room, lambda r: (r - len(second), len(second)))


@truncation.misconception
def only_the_second(first, second, max_length):
    room = max_length - SPECIAL
    return _cut(first, second, room, lambda r: (len(first), r - len(first)))


@truncation.misconception
def the_end_of_both_together(first, second, max_length):
    both = (first + second)[: max_length - SPECIAL]
    return both[: len(first)], both[len(first) :]


@truncation.misconception
def in_proportion(first, second, max_length):
    total = len(first) + len(second)
    room = max_length - SPECIAL
    return _cut(
        first,
        second,
        room,
        lambda r: (r * len(first) // total, r - r * len(first) // total),
    )


@truncation.misconception
def special_tokens_forgotten(first, second, max_length):
    return _fitted(first, second, max_length)


@truncation.misconception
def cut_at_the_beginning(first, second, max_length):
    one, other = _fitted(first, second, max_length - SPECIAL)
    return first[len(first) - len(one) :], second[len(second) - len(other) :]


@truncation.misconception
def only_the_longer(first, second, max_length):
    room = max_length - SPECIAL
    if len(first) > len(second):
        return only_the_first(first, second, max_length)
    return _cut(first, second, room, lambda r: (len(first), r - len(first)))


@truncation.misconception
def the_odd_one_elsewhere(first, second, max_length):
    room = max_length - SPECIAL
    shorter = min(len(first), len(second), (room + 1) // 2)
    if len(first) > len(second):
        return first[: room - shorter], second[:shorter]
    return first[:shorter], second[: room - shorter]


@truncation.misconception
def emptied_in_place(first, second, max_length):
    one, other = _fitted(first, second, max_length - SPECIAL)
    del first[len(one) :], second[len(other) :]
    return first, second


@truncation.alternative
def token_by_token(first, second, max_length):
    first, second = list(first), list(second)
    first_was_longer = len(first) > len(second)
    while len(first) + len(second) > max_length - 3:
        if len(first) == len(second):
            (second if first_was_longer else first).pop()
        else:
            max(first, second, key=len).pop()
    return first, second


@truncation.alternative
def by_cases(first, second, max_length):
    room = max_length - 3
    if len(first) + len(second) <= room:
        return first, second
    half = room // 2
    if len(first) > len(second):
        rest = len(second) if len(second) <= half else half
        return first[: room - rest], second[:rest]
    if len(first) <= half:
        return first, second[: room - len(first)]
    return first[:half], second[: room - half]


@truncation.alternative
def by_lengths(first, second, max_length):
    lengths = [len(first), len(second)]
    was_longer = int(lengths[0] <= lengths[1])
    while sum(lengths) > max_length - 3:
        alike = lengths[0] == lengths[1]
        shrinking = 1 - was_longer if alike else lengths.index(max(lengths))
        lengths[shrinking] -= 1
    return first[: lengths[0]], second[: lengths[1]]
