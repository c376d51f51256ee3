"""transfer.entity_f1: entities are right or wrong as wholes."""

import collections

import numpy as np

from course.checks.transfer.samples import KINDS, UNIT
from course.datasets.tagging import slots
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of
from course.pieces import entity_f1

exercise = Exercise(
    "transfer.entity_f1",
    unit=UNIT,
    answer="entity_f1",
    reference=entity_f1,
    parts={"one_text": 2, "borders": 3, "texts": 2, "nothing": 1},
    returns={"f1": ()},
    forbidden=("course.pieces.entity_f1", "course.datasets.tagging.slots"),
    hints=4,
    difficulty=4,
    importance=4,
    minutes=20,
    paper="https://aclanthology.org/W03-0419/",
)


def _tags(rng, *texts):
    """Texts such as "Bx Ix O By" with kinds drawn for x, y and z."""
    kinds = dict(zip("xyz", rng.permutation(KINDS).tolist(), strict=True))
    return [
        ["O" if tag == "O" else f"{tag[0]}-{kinds[tag[1]]}" for tag in text.split()]
        for text in texts
    ]


def _call(rng, *pairs):
    drawn = _tags(rng, *(text for pair in pairs for text in pair))
    return Call(drawn[::2], drawn[1::2])


@exercise.probe(part="one_text")
def more_found_than_there_are(rng):
    return _call(rng, ("Bx Ix O O By O", "Bx Ix O Bz By Bx"))


@exercise.probe(part="one_text")
def fewer_found_than_there_are(rng):
    return _call(rng, ("Bx O By Iy O Bz Bx", "Bx O By Iy O O O"))


@exercise.probe(part="borders")
def one_word_too_few(rng):
    return _call(rng, ("Bx Ix Ix O By O Bz", "Bx Ix O O By O O"))


@exercise.probe(part="borders")
def neighbours_of_one_kind(rng):
    return _call(rng, ("Bx Bx O By Iy By O Bz", "Bx Ix O By Iy By O O"))


@exercise.probe(part="borders")
def the_kind_changes_inside(rng):
    return _call(rng, ("Bx Iy Iy O Bz", "Bx By Iy O O"))


@exercise.probe(part="borders")
def the_kind_is_wrong(rng):
    return _call(rng, ("Bx Ix O By O Bz", "By Iy O By O O"))


@exercise.probe(part="borders")
def an_inside_after_nothing(rng):
    return _call(rng, ("O Bx Ix O By", "O Ix Ix O O"), ("Iz Iz O", "Bz Iz O"))


@exercise.probe(part="borders")
def at_the_end_of_the_text(rng):
    return _call(rng, ("O O Bx Ix", "O By Bx Ix"), ("Bz O", "Bz O"))


@exercise.probe(part="texts")
def an_end_before_a_beginning(rng):
    """What ends one text does not go on in the next."""
    return _call(
        rng, ("O By Iy", "O By Iy"), ("Iy O Bx", "Iy O O"), ("O O Bz", "Bz O Bz")
    )


@exercise.probe(part="texts")
def texts_of_many_and_of_few(rng):
    return _call(
        rng,
        ("Bx O By O Bz O Bx", "Bx O By O Bz O O"),
        ("O Bx", "O By"),
        ("O O O", "O Bz O"),
    )


@exercise.probe(part="nothing")
def no_entity_anywhere(rng):
    return _call(rng, ("O O O", "O O O"), ("O", "O"))


@exercise.probe(part="nothing")
def nothing_found(rng):
    return _call(rng, ("Bx O By", "O O O"))


@exercise.promise(
    part="texts",
    texts=Sizes(0, 6),
    words=Sizes(1, 12),
    outside=OneOf(0.1, 0.6),
    kinds=OneOf(1, 3),
)
def any_tags(rng, texts, words, outside, kinds):
    names = ["O", *(f"{p}-{kind}" for kind in KINDS[:kinds] for p in "BI")]
    likely = [outside, *([(1 - outside) / (2 * kinds)] * (2 * kinds))]
    gold = [rng.choice(names, size=words, p=likely).tolist() for _ in range(texts)]
    said = [
        [tag if rng.random() < 0.6 else str(rng.choice(names)) for tag in row]
        for row in gold
    ]
    return Call(gold, said)


_right = copy_of(entity_f1)
entities = copy_of(slots)


def _share(right, total):
    return 2 * right / total if total else 0.0


def _counted(gold, predicted, found=entities):
    right = total = 0
    for one, other in zip(gold, predicted, strict=True):
        true, said = found(one), found(other)
        right, total = right + len(true & said), total + len(true) + len(said)
    return _share(right, total)


@exercise.misconception
def token_accuracy(gold, predicted):
    pairs = [p for a, b in zip(gold, predicted) for p in zip(a, b)]
    return sum(a == b for a, b in pairs) / len(pairs) if pairs else 0.0


@exercise.misconception
def token_f1(gold, predicted):
    """Tags other than O, one by one."""
    pairs = [p for a, b in zip(gold, predicted) for p in zip(a, b)]
    right = sum(a == b != "O" for a, b in pairs)
    return _share(right, sum((a != "O") + (b != "O") for a, b in pairs))


@exercise.misconception
def inside_must_follow(gold, predicted):
    """An I- tag after nothing is no entity."""

    def strict(tags):
        return {e for e in entities(tags) if tags[e[1]].startswith("B-")}

    return _counted(gold, predicted, strict)


@exercise.misconception
def neighbours_merged(gold, predicted):
    """B- read like I-: entities of one kind that touch become one."""

    def merged(tags):
        return entities(["I" + tag[1:] if tag != "O" else tag for tag in tags])

    return _counted(gold, predicted, merged)


@exercise.misconception
def kind_ignored(gold, predicted):
    def places(tags):
        return {(first, last) for _, first, last in entities(tags)}

    return _counted(gold, predicted, places)


@exercise.misconception
def mean_over_texts(gold, predicted):
    each = [_counted([a], [b]) for a, b in zip(gold, predicted)]
    return sum(each) / len(each) if each else 0.0


@exercise.misconception
def mean_over_kinds(gold, predicted):
    names = {e[0] for tags in (*gold, *predicted) for e in entities(tags)}

    def of(kind):
        return lambda tags: {e for e in entities(tags) if e[0] == kind}

    each = [_counted(gold, predicted, of(kind)) for kind in sorted(names)]
    return sum(each) / len(each) if each else 0.0


@exercise.misconception
def last_one_lost(gold, predicted):
    """An entity is closed by the tag behind it, and the last has none."""

    def closed(tags):
        return {e for e in entities(tags) if e[2] < len(tags) - 1}

    return _counted(gold, predicted, closed)


@exercise.misconception
def precision_only(gold, predicted):
    right = sum(len(entities(a) & entities(b)) for a, b in zip(gold, predicted))
    said = sum(len(entities(b)) for b in predicted)
    return right / said if said else 0.0


@exercise.misconception
def recall_only(gold, predicted):
    right = sum(len(entities(a) & entities(b)) for a, b in zip(gold, predicted))
    true = sum(len(entities(a)) for a in gold)
    return right / true if true else 0.0


@exercise.misconception
def beginning_is_enough(gold, predicted):
    def starts(tags):
        return {(kind, first) for kind, first, _ in entities(tags)}

    return _counted(gold, predicted, starts)


@exercise.misconception
def texts_joined(gold, predicted):
    """One long row of tags: what ends a text goes on in the next."""
    one, other = ([tag for tags in part for tag in tags] for part in (gold, predicted))
    return _counted([one], [other])


@exercise.misconception
def any_inside_continues(gold, predicted):
    """The kind of an I- tag is not looked at."""

    def loose(tags):
        kinds, rows = "", []
        for tag in tags:
            if tag.startswith("B-") or tag == "O" or not kinds:
                kinds = tag[2:]
            rows.append(tag if tag == "O" else f"{tag[:2]}{kinds}")
        return entities(rows)

    return _counted(gold, predicted, loose)


@exercise.alternative
def with_one_set(gold, predicted):
    true = {(n, *e) for n, tags in enumerate(gold) for e in entities(tags)}
    said = {(n, *e) for n, tags in enumerate(predicted) for e in entities(tags)}
    return _share(len(true & said), len(true) + len(said))


@exercise.alternative
def from_precision_and_recall(gold, predicted):
    true = [(n, *e) for n, tags in enumerate(gold) for e in entities(tags)]
    said = [(n, *e) for n, tags in enumerate(predicted) for e in entities(tags)]
    right = len([e for e in said if e in true])
    if not right:
        return 0.0
    precision, recall = right / len(said), right / len(true)
    return 2 * precision * recall / (precision + recall)


@exercise.alternative
def by_borders(gold, predicted):
    """The beginnings first, then how far each goes."""

    def found(tags):
        starts = [
            n
            for n, tag in enumerate(tags)
            if tag != "O" and (tag[0] == "B" or n == 0 or tags[n - 1][2:] != tag[2:])
        ]
        spans = set()
        for start in starts:
            end = start + 1
            while end < len(tags) and tags[end] == "I" + tags[start][1:]:
                end += 1
            spans.add((tags[start][2:], start, end))
        return spans

    return _counted(gold, predicted, found)


@exercise.alternative
def with_counters(gold, predicted):
    true, said = (
        collections.Counter((n, *e) for n, t in enumerate(part) for e in entities(t))
        for part in (gold, predicted)
    )
    return _share((true & said).total(), true.total() + said.total())


@exercise.alternative
def word_by_word(gold, predicted):
    right = total = 0
    for one, other in zip(gold, predicted):
        for tags in (one, other):
            before = "O"
            for tag in tags:
                total += tag != "O" and (tag[0] == "B" or before[2:] != tag[2:])
                before = tag
        right += len(entities(one) & entities(other))
    return 2 * right / total if total else 0


@exercise.alternative
def as_an_array(gold, predicted):
    return np.float64(_right(gold, predicted))
