"""transfer.align: labels of words on the pieces that a tokenizer made of them."""

import itertools

from course.checks.transfer.samples import BERT, UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of
from course.pieces import align_labels

exercise = Exercise(
    "transfer.align",
    unit=UNIT,
    answer="align_labels",
    reference=align_labels,
    parts={"whole_words": 1, "pieces": 3, "special": 2},
    returns={"aligned": ("piece",)},
    forbidden=("course.pieces.align_labels",),
    hints=3,
    difficulty=2,
    importance=5,
    minutes=10,
    paper=BERT,
)


def _call(rng, pieces, most=9, special=(True, True)):
    """From the number of pieces of each word; labels differ from word to word."""
    first = int(rng.integers(1, most))
    labels = [(first + 3 * n) % (most + 1) for n in range(len(pieces))]
    word_ids = [n for n, count in enumerate(pieces) for _ in range(count)]
    before, behind = ([None] if flag else [] for flag in special)
    return Call([*before, *word_ids, *behind], labels)


@exercise.probe(part="whole_words")
def one_piece_a_word(rng):
    return _call(rng, [1] * 5, special=(False, False))


@exercise.probe(part="pieces")
def one_two_and_three_pieces(rng):
    return _call(rng, [2, 1, 3, 1, 2], special=(False, False))


@exercise.probe(part="pieces")
def neighbours_with_one_label(rng):
    label, other = (int(n) for n in rng.choice(range(1, 9), size=2, replace=False))
    return Call([0, 0, 1, 2, 2, 2, 3], [label, label, label, other])


@exercise.probe(part="special")
def special_tokens_around(rng):
    return _call(rng, [2, 1, 1, 3])


@exercise.probe(part="special")
def special_tokens_inside(rng):
    labels = [int(n) for n in rng.choice(range(1, 9), size=4, replace=False)]
    return Call([None, 0, 0, 1, None, 2, None, None, 3, 3, None], labels)


@exercise.promise(
    part="pieces",
    words=Sizes(0, 7),
    most=OneOf(1, 3),
    labels=OneOf(2, 1000),
)
def any_words(rng, words, most, labels):
    pieces = rng.integers(1, most + 1, size=words).tolist()
    word_ids = [n for n, count in enumerate(pieces) for _ in range(count)]
    drawn = rng.integers(0, labels, size=words).tolist()
    return Call([None, *word_ids, None] if words else [], drawn)


def _starts(word_ids):
    pairs = itertools.pairwise([None, *word_ids])
    return [word is not None and word != before for before, word in pairs]


_right = copy_of(align_labels)


@exercise.misconception
def every_piece(word_ids, labels):
    return [-100 if word is None else labels[word] for word in word_ids]


@exercise.misconception
def one_label_a_token(word_ids, labels):
    """As if nothing had been cut: labels run out, and shift before that."""
    labels = iter(labels)
    return [-100 if word is None else next(labels, -100) for word in word_ids]


@exercise.misconception
def last_piece(word_ids, labels):
    starts = [*_starts(word_ids)[1:], True]
    ends = [
        word is not None and (begins or following is None)
        for word, following, begins in zip(
            word_ids, [*word_ids[1:], None], starts, strict=False
        )
    ]
    return [
        labels[word] if end else -100 for word, end in zip(word_ids, ends, strict=False)
    ]


@exercise.misconception
def specials_are_outside(word_ids, labels):
    right = _right(word_ids, labels)
    return [
        0 if word is None else label
        for word, label in zip(word_ids, right, strict=True)
    ]


@exercise.misconception
def rest_is_outside(word_ids, labels):
    right = _right(word_ids, labels)
    return [
        0 if word is not None and label == -100 else label
        for word, label in zip(word_ids, right, strict=True)
    ]


@exercise.misconception
def specials_take_the_last_word(word_ids, labels):
    """None read as -1, and -1 is the last one."""
    found, before = [], object()
    for word in word_ids:
        place = -1 if word is None else word
        found.append(labels[place] if word != before and labels else -100)
        before = word
    return found


@exercise.misconception
def continuations_only(word_ids, labels):
    return [
        labels[word] if word is not None and not begins else -100
        for word, begins in zip(word_ids, _starts(word_ids), strict=True)
    ]


@exercise.misconception
def compared_by_label(word_ids, labels):
    """A word counts as begun where the label changes: equal neighbours are lost."""
    found, before = [], None
    for word in word_ids:
        label = None if word is None else labels[word]
        found.append(label if label is not None and label != before else -100)
        before = label
    return found


@exercise.misconception
def zero_for_no_label(word_ids, labels):
    return [max(label, 0) for label in _right(word_ids, labels)]


@exercise.alternative
def with_pairs(word_ids, labels):
    return [
        labels[word] if begins else -100
        for word, begins in zip(word_ids, _starts(word_ids), strict=True)
    ]


@exercise.alternative
def with_a_set(word_ids, labels):
    seen, found = {None}, []
    for word in word_ids:
        found.append(-100 if word in seen else labels[word])
        seen.add(word)
    return found


@exercise.alternative
def with_groups(word_ids, labels):
    found = []
    for word, group in itertools.groupby(word_ids):
        count = len(list(group))
        found += [-100] * count
        if word is not None:
            found[-count] = labels[word]
    return found


@exercise.alternative
def word_by_word(word_ids, labels):
    found = [-100] * len(word_ids)
    for word, label in enumerate(labels):
        if word in word_ids:
            found[word_ids.index(word)] = label
    return found


@exercise.alternative
def by_index(word_ids, labels):
    found = []
    for place, word in enumerate(word_ids):
        if word is None or (place and word_ids[place - 1] == word):
            found.append(-100)
        else:
            found.append(labels[word])
    return found


@exercise.alternative
def backwards(word_ids, labels):
    places = {}
    for place in range(len(word_ids) - 1, -1, -1):
        places[word_ids[place]] = place
    return [
        labels[word] if word is not None and places[word] == place else -100
        for place, word in enumerate(word_ids)
    ]
