"""pipelines.entities: from the tags of words to the entities of a text."""

import itertools
import re

import numpy as np

from course.checks.pipelines.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import find_entities

exercise = Exercise(
    "pipelines.entities",
    unit=UNIT,
    answer="find_entities",
    reference=find_entities,
    parts={"words": 2, "borders": 3, "scores": 1},
    returns={"entities": ()},
    forbidden=(
        "course.pieces.find_entities",
        "course.datasets.tagging.slots",
        "transformer_tf.pipelines.tags.TagScheme",
    ),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=18,
    paper="https://aclanthology.org/W03-0419/",
)

KINDS = ("room", "device", "time")


def _offsets(rng, count):
    """Words of one to five letters with a blank or two between them."""
    found, at = [], 0
    for _ in range(count):
        at += int(rng.integers(1, 3))
        end = at + int(rng.integers(1, 6))
        found.append((at, end))
        at = end
    return found


def _call(rng, pattern):
    """From "O Bx Ix": the kinds x, y and z are drawn; all scores differ."""
    kinds = dict(zip("xyz", rng.permutation(KINDS).tolist(), strict=True))
    tags = [t if t == "O" else f"{t[0]}-{kinds[t[1]]}" for t in pattern.split()]
    scores = 0.99 - 0.04 * rng.permutation(len(tags)) - 0.01 * rng.random(len(tags))
    return Call(tags, scores.tolist(), _offsets(rng, len(tags)))


@exercise.probe(part="words")
def two_entities(rng):
    return _call(rng, "O Bx Ix O O By O")


@exercise.probe(part="words")
def at_both_ends(rng):
    return _call(rng, "Bx Ix O By Iy Iy")


@exercise.probe(part="borders")
def neighbours_of_one_kind(rng):
    return _call(rng, "O Bx Bx Ix O By By")


@exercise.probe(part="borders")
def the_kind_changes(rng):
    return _call(rng, "Bx Iy Iy O Bz Ix O")


@exercise.probe(part="borders")
def an_inside_after_nothing(rng):
    return _call(rng, "O Ix Ix O By O Iy")


@exercise.probe(part="borders")
def an_inside_at_the_beginning(rng):
    return _call(rng, "Iz O Bx Iz O O")


@exercise.probe(part="scores")
def the_first_is_neither_mean_nor_least(rng):
    tags = ["B-room", "I-room", "I-room", "O", "B-time", "I-time"]
    scores = [0.7, 0.95, 0.5, 0.9, 0.6, 0.8 + 0.1 * float(rng.random())]
    return Call(tags, scores, _offsets(rng, 6))


@exercise.promise(
    part="words",
    words=Sizes(0, 12),
    outside=OneOf(0.1, 0.5),
    kinds=OneOf(1, 3),
)
def any_tags(rng, words, outside, kinds):
    names = ["O", *(f"{p}-{kind}" for kind in KINDS[:kinds] for p in "BI")]
    likely = [outside, *([(1 - outside) / (2 * kinds)] * (2 * kinds))]
    tags = rng.choice(names, size=words, p=likely).tolist()
    return Call(tags, rng.uniform(0.3, 1, size=words).tolist(), _offsets(rng, words))


@exercise.promise(
    part="words",
    pattern=OneOf("By O Bx Ix", "Bx Ix O By", "O Bx Ix Ix Ix Ix Ix", "Bx"),
)
def alone_or_long(rng, pattern):
    """A kind that only the first or the last tag has; an entity of many words."""
    return _call(rng, pattern)


@exercise.promise(part="borders", one=OneOf(*KINDS), other=OneOf(*KINDS))
def inside_at_the_beginning(rng, one, other):
    """An I- tag first, and the last tag is of its kind; every two kinds meet."""
    tags = [f"I-{one}", f"I-{other}", f"B-{other}", f"I-{one}", "O", f"B-{one}"]
    scores = rng.uniform(0.3, 1, size=6).tolist()
    return Call(tags, scores, _offsets(rng, 6))


def _spans(tags):
    """(kind, first, behind the last) of every entity."""
    found, before = [], "O"
    for place, tag in enumerate(tags):
        if tag != "O":
            if tag[0] == "I" and before[2:] == tag[2:]:
                found[-1][2] = place + 1
            else:
                found.append([tag[2:], place, place + 1])
        before = tag
    return found


def _mean(scores):
    return sum(scores) / len(scores)


def _entities(spans, scores, offsets, score=_mean):
    return [
        [
            kind,
            float(score(scores[first:last])),
            offsets[first][0],
            offsets[last - 1][1],
        ]
        for kind, first, last in spans
    ]


def _grown(tags, continues):
    """Spans where `continues(before, tag)` decides."""
    found, before = [], "O"
    for place, tag in enumerate(tags):
        if tag != "O":
            if before != "O" and continues(before, tag):
                found[-1][2] = place + 1
            else:
                found.append([tag[2:], place, place + 1])
        before = tag
    return found


@exercise.misconception
def neighbours_grow_together(tags, scores, offsets):
    """B- is read like I-: two rooms in a row become one."""
    spans = _grown(tags, lambda before, tag: before[2:] == tag[2:])
    return _entities(spans, scores, offsets)


@exercise.misconception
def stray_inside_dropped(tags, scores, offsets):
    spans = [s for s in _spans(tags) if tags[s[1]][0] == "B"]
    return _entities(spans, scores, offsets)


@exercise.misconception
def last_one_lost(tags, scores, offsets):
    """What is still open at the end of the text is never written down."""
    spans = [span for span in _spans(tags) if span[2] < len(tags)]
    return _entities(spans, scores, offsets)


@exercise.misconception
def kind_of_the_rest_ignored(tags, scores, offsets):
    spans = _grown(tags, lambda before, tag: tag[0] == "I")
    return _entities(spans, scores, offsets)


@exercise.misconception
def ends_where_the_last_begins(tags, scores, offsets):
    return [
        [kind, float(_mean(scores[a:b])), offsets[a][0], offsets[b - 1][0]]
        for kind, a, b in _spans(tags)
    ]


@exercise.misconception
def one_word_too_far(tags, scores, offsets):
    return [
        [
            kind,
            float(_mean(scores[a:b])),
            offsets[a][0],
            offsets[min(b, len(tags) - 1)][1],
        ]
        for kind, a, b in _spans(tags)
    ]


@exercise.misconception
def words_for_characters(tags, scores, offsets):
    return [[kind, float(_mean(scores[a:b])), a, b] for kind, a, b in _spans(tags)]


@exercise.misconception
def score_of_the_first(tags, scores, offsets):
    return _entities(_spans(tags), scores, offsets, lambda part: part[0])


@exercise.misconception
def smallest_score(tags, scores, offsets):
    return _entities(_spans(tags), scores, offsets, min)


@exercise.misconception
def product_of_the_scores(tags, scores, offsets):
    return _entities(_spans(tags), scores, offsets, np.prod)


@exercise.misconception
def one_a_word(tags, scores, offsets):
    spans = [[t[2:], n, n + 1] for n, t in enumerate(tags) if t != "O"]
    return _entities(spans, scores, offsets)


@exercise.misconception
def whole_tags_for_kinds(tags, scores, offsets):
    spans = [[f"B-{kind}", a, b] for kind, a, b in _spans(tags)]
    return _entities(spans, scores, offsets)


@exercise.misconception
def outside_is_a_kind(tags, scores, offsets):
    """The words that are no entity are reported as well."""
    found, before = [], None
    for place, tag in enumerate(tags):
        same = before is not None and (before[2:] or "O") == (tag[2:] or "O")
        if same and tag[0] in "IO":
            found[-1][2] = place + 1
        else:
            found.append([tag[2:] or "O", place, place + 1])
        before = tag
    return _entities(found, scores, offsets)


@exercise.alternative
def from_spans(tags, scores, offsets):
    return _entities(_spans(tags), scores, offsets)


@exercise.alternative
def with_a_state(tags, scores, offsets):
    found, open_one = [], None
    for place, tag in enumerate([*tags, "O"]):
        prefix, _, kind = tag.partition("-")
        if open_one and not (prefix == "I" and kind == open_one[0]):
            name, first = open_one
            part = scores[first:place]
            mean = sum(part) / len(part)
            found.append((name, mean, offsets[first][0], offsets[place - 1][1]))
            open_one = None
        if prefix != "O" and open_one is None:
            open_one = (kind, place)
    return found


@exercise.alternative
def with_groups(tags, scores, offsets):
    numbers, number, before = [], 0, "O"
    for tag in tags:
        number += not (tag[0] == "I" and before[2:] == tag[2:])
        numbers.append(number)
        before = tag
    found = []
    for _, group in itertools.groupby(range(len(tags)), numbers.__getitem__):
        places = list(group)
        if tags[places[0]] != "O":
            mean = float(np.mean([scores[p] for p in places]))
            borders = offsets[places[0]][0], offsets[places[-1]][1]
            found.append([tags[places[0]][2:], mean, *borders])
    return found


@exercise.alternative
def with_a_pattern(tags, scores, offsets):
    """Letters for kinds; a capital begins an entity for certain."""
    kinds = sorted({tag[2:] for tag in tags if tag != "O"})
    letters = {kind: chr(ord("a") + n) for n, kind in enumerate(kinds)}
    line = "".join(
        "." if t == "O" else letters[t[2:]].upper() if t[0] == "B" else letters[t[2:]]
        for t in tags
    )
    pattern = "|".join(f"{a.upper()}{a}*|{a}+" for a in letters.values())
    found = []
    for match in re.finditer(pattern, line) if kinds else ():
        a, b = match.span()
        kind = kinds[ord(line[a].lower()) - ord("a")]
        mean = sum(scores[a:b]) / (b - a)
        found.append([kind, mean, offsets[a][0], offsets[b - 1][1]])
    return found


@exercise.alternative
def backwards(tags, scores, offsets):
    found, end, part = [], None, []
    for place in range(len(tags) - 1, -1, -1):
        tag = tags[place]
        if tag == "O":
            continue
        end = offsets[place][1] if end is None else end
        part.append(scores[place])
        before = tags[place - 1] if place else "O"
        if tag[0] == "I" and before[2:] == tag[2:]:
            continue
        found.append([tag[2:], sum(part) / len(part), offsets[place][0], end])
        end, part = None, []
    return found[::-1]


@exercise.alternative
def by_indices(tags, scores, offsets):
    begins = [
        n
        for n, tag in enumerate(tags)
        if tag != "O"
        and (tag[0] == "B" or n == 0 or tags[n - 1][1:] not in ("-" + tag[2:],))
    ]
    found = []
    for n in begins:
        last = n
        while last + 1 < len(tags) and tags[last + 1] == f"I-{tags[n][2:]}":
            last += 1
        mean = float(np.average(scores[n : last + 1]))
        found.append([tags[n][2:], mean, offsets[n][0], offsets[last][1]])
    return found
