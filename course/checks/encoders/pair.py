"""encoders.pair: two sentences in a row, token types, and whether they follow."""

from course.checks.encoders.samples import BERT, CLS, SEP, UNIT, words
from course.examination import Call, Exercise, OneOf, Sizes


def pair_example(document, place, other, draw, cls_id, sep_id):
    """An example of next-sentence prediction: does the second follow the first?

    Args:
        document: List of lists of integers: sentences in order, as token ids.
        place: The number of the first sentence; not that of the last one.
        other: List of integers: a sentence of another document.
        draw: A float in [0, 1). Below 0.5 the second sentence is the one that follows
            in the document, else it is `other`.
        cls_id: The id of [CLS].
        sep_id: The id of [SEP].

    Returns:
        ids: List of integers: [CLS] first [SEP] second [SEP].
        types: List of integers, one a token: 0 from [CLS] to the first [SEP], that one
            included, 1 from there on.
        label: 0 if the second sentence follows in the document, 1 if it does not.
    """
    follows = draw < 0.5
    first = [cls_id, *document[place], sep_id]
    second = [*(document[place + 1] if follows else other), sep_id]
    types = [0] * len(first) + [1] * len(second)
    return first + second, types, 0 if follows else 1


exercise = Exercise(
    "encoders.pair",
    unit=UNIT,
    answer="pair_example",
    reference=pair_example,
    parts={"ids": 2, "types": 2, "label": 2},
    returns={"ids": ("token",), "types": ("token",), "label": ()},
    forbidden=(f"{__name__}.pair_example",),
    hints=3,
    difficulty=2,
    importance=3,
    minutes=10,
    paper=BERT,
)


def _sentences(rng, *lengths):
    return [words(rng, length).tolist() for length in lengths]


def _call(rng, draw, place, lengths=(3, 2, 4, 1, 5), ids=(CLS, SEP), other=6):
    *document, other = _sentences(rng, *lengths, other)
    return Call(document, place, other, draw, *ids)


@exercise.probe(part="ids")
def follows(rng):
    return _call(rng, 0.2, 1)


@exercise.probe(part="ids")
def does_not_follow(rng):
    return _call(rng, 0.8, 2)


@exercise.probe(part="types")
def one_token_then_many(rng):
    return _call(rng, 0.4, 3)


@exercise.probe(part="label")
def exactly_half(rng):
    return _call(rng, 0.5, 0)


@exercise.probe(part="label")
def the_same_sentence_by_chance(rng):
    """A sentence of another document that says the same: it does not follow."""
    case = _call(rng, 0.9, 1)
    document, place = case.request.args[:2]
    return Call(document, place, document[place + 1], 0.9, CLS, SEP)


@exercise.promise(
    part="ids",
    sentences=Sizes(2, 6),
    length=Sizes(1, 9),
    other=Sizes(1, 7),
    draw=OneOf(0.0, 0.49, 0.5, 0.99),
    ids=OneOf((1, 2), (101, 102)),
    last=OneOf(True, False),
)
def any_document(rng, sentences, length, other, draw, ids, last):
    lengths = rng.integers(1, length + 1, size=sentences)
    lengths[0] = length
    place = sentences - 2 if last else 0
    return _call(rng, draw, place, lengths.tolist(), ids, other)


def _example(first, second, is_other, cls_id, sep_id):
    first, second = [cls_id, *first, sep_id], [*second, sep_id]
    return first + second, [0] * len(first) + [1] * len(second), int(is_other)


def _second(document, place, other, draw):
    return document[place + 1] if draw < 0.5 else other


def _right(document, place, other, draw, cls_id, sep_id):
    second = _second(document, place, other, draw)
    return _example(document[place], second, draw >= 0.5, cls_id, sep_id)


@exercise.misconception
def label_upside_down(document, place, other, draw, cls_id, sep_id):
    second = _second(document, place, other, draw)
    return _example(document[place], second, draw < 0.5, cls_id, sep_id)


@exercise.misconception
def draw_upside_down(document, place, other, draw, cls_id, sep_id):
    second = _second(document, place, other, 0.0 if draw >= 0.5 else 1.0)
    return _example(document[place], second, draw < 0.5, cls_id, sep_id)


@exercise.misconception
def half_follows(document, place, other, draw, cls_id, sep_id):
    """`draw <= 0.5`"""
    follows = draw <= 0.5
    second = document[place + 1] if follows else other
    return _example(document[place], second, not follows, cls_id, sep_id)


@exercise.misconception
def label_by_comparing(document, place, other, draw, cls_id, sep_id):
    second = _second(document, place, other, draw)
    is_other = second != document[place + 1]
    return _example(document[place], second, is_other, cls_id, sep_id)


@exercise.misconception
def first_sep_in_the_second(document, place, other, draw, cls_id, sep_id):
    ids, types, label = _right(document, place, other, draw, cls_id, sep_id)
    types[len(document[place]) + 1] = 1
    return ids, types, label


@exercise.misconception
def second_begins_late(document, place, other, draw, cls_id, sep_id):
    ids, types, label = _right(document, place, other, draw, cls_id, sep_id)
    types[len(document[place]) + 2] = 0
    return ids, types, label


@exercise.misconception
def all_types_zero(document, place, other, draw, cls_id, sep_id):
    ids, types, label = _right(document, place, other, draw, cls_id, sep_id)
    return ids, [0] * len(types), label


@exercise.misconception
def types_from_one(document, place, other, draw, cls_id, sep_id):
    ids, types, label = _right(document, place, other, draw, cls_id, sep_id)
    return ids, [kind + 1 for kind in types], label


@exercise.misconception
def last_sep_forgotten(document, place, other, draw, cls_id, sep_id):
    ids, types, label = _right(document, place, other, draw, cls_id, sep_id)
    return ids[:-1], types[:-1], label


@exercise.misconception
def sep_between_forgotten(document, place, other, draw, cls_id, sep_id):
    second = _second(document, place, other, draw)
    first = [cls_id, *document[place]]
    types = [0] * len(first) + [1] * (len(second) + 1)
    return [*first, *second, sep_id], types, int(draw >= 0.5)


@exercise.misconception
def cls_before_both(document, place, other, draw, cls_id, sep_id):
    second = [cls_id, *_second(document, place, other, draw)]
    return _example(document[place], second, draw >= 0.5, cls_id, sep_id)


@exercise.misconception
def other_of_the_same_document(document, place, other, draw, cls_id, sep_id):
    """A sentence of the same document is no stranger: it may well follow."""
    second = _second(document, place, document[place], draw)
    return _example(document[place], second, draw >= 0.5, cls_id, sep_id)


@exercise.misconception
def other_first(document, place, other, draw, cls_id, sep_id):
    second = _second(document, place, other, draw)
    return _example(second, document[place], draw >= 0.5, cls_id, sep_id)


@exercise.alternative
def step_by_step(document, place, other, draw, cls_id, sep_id):
    ids, types = [cls_id], [0]
    for token in document[place]:
        ids.append(token)
        types.append(0)
    ids.append(sep_id)
    types.append(0)
    if draw < 0.5:
        second, label = document[place + 1], 0
    else:
        second, label = other, 1
    for token in second:
        ids.append(token)
        types.append(1)
    return ids + [sep_id], types + [1], label


@exercise.alternative
def by_addition(document, place, other, draw, cls_id, sep_id):
    label = int(draw >= 0.5)
    first, second = document[place], (document[place + 1], other)[label]
    ids = [cls_id] + first + [sep_id] + second + [sep_id]
    types = [0] * (len(first) + 2) + [1] * (len(second) + 1)
    return ids, types, label


@exercise.alternative
def types_by_place(document, place, other, draw, cls_id, sep_id):
    first = document[place]
    second = other if draw >= 0.5 else document[place + 1]
    ids = [cls_id, *first, sep_id, *second, sep_id]
    border = len(first) + 2
    return ids, [int(n >= border) for n in range(len(ids))], int(draw >= 0.5)


@exercise.alternative
def by_parts(document, place, other, draw, cls_id, sep_id):
    is_other = 1 if draw >= 0.5 else 0
    second = [document[place + 1], other][is_other]
    parts = [[cls_id, *document[place], sep_id], [*second, sep_id]]
    ids = [token for part in parts for token in part]
    types = [kind for kind, part in enumerate(parts) for _ in part]
    return ids, types, is_other


@exercise.alternative
def as_tuples(document, place, other, draw, cls_id, sep_id):
    follows = not draw >= 0.5
    second = tuple(document[place + 1]) if follows else tuple(other)
    first = (cls_id, *document[place], sep_id)
    types = tuple([0] * len(first) + [1] * len(second) + [1])
    return (*first, *second, sep_id), types, 1 - follows


@exercise.alternative
def counting_separators(document, place, other, draw, cls_id, sep_id):
    pair = [document[place], document[place + 1] if draw < 0.5 else other]
    ids, types = [cls_id], [0]
    for kind, sentence in enumerate(pair):
        ids.extend([*sentence, sep_id])
        types.extend([kind] * (len(sentence) + 1))
    return ids, types, 0 if draw < 0.5 else 1
