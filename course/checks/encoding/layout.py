"""Two texts among special tokens, and which text each token belongs to."""

import itertools

import numpy as np

from course.checks.encoding.samples import BERT, UNIT, ids
from course.examination import Call, Exercise, OneOf, Sizes


def lay_out(first, second, cls_id, sep_id):
    """One text, or two, laid out for a BERT.

    Args:
        first: List of ids: the first text.
        second: List of ids: the second text, which may have no tokens; None if there
            is only one text.
        cls_id, sep_id: The ids of the special tokens.

    Returns:
        ids: List of ids: [CLS] first [SEP], then second [SEP] if there is a second.
        type_ids: List as long: 0 up to and including the first [SEP], then 1.
    """
    head = [cls_id, *first, sep_id]
    tail = [] if second is None else [*second, sep_id]
    return head + tail, [0] * len(head) + [1] * len(tail)


layout = Exercise(
    "encoding.lay_out",
    unit=UNIT,
    answer="lay_out",
    reference=lay_out,
    parts={"pair": 2, "single": 1, "empty": 1},
    returns={"ids": ("token",), "type_ids": ("token",)},
    forbidden=(f"{__name__}.lay_out", "transformer_tf.text.Template"),
    hints=3,
    difficulty=1,
    importance=4,
    minutes=8,
    paper=BERT,
)


@layout.probe(part="pair")
def two_texts(rng):
    return Call(ids(rng, 5), ids(rng, 3), 2, 7)


@layout.probe(part="pair")
def a_longer_second_text(rng):
    return Call(ids(rng, 2), ids(rng, 6), 101, 102)


@layout.probe(part="single")
def one_text(rng):
    return Call(ids(rng, 4), None, 2, 7)


@layout.probe(part="empty")
def a_second_text_without_tokens(rng):
    return Call(ids(rng, 3), [], 5, 9)


@layout.promise(
    part="pair", first=Sizes(0, 6), second=OneOf(0, 1, 7), special=OneOf(0, 50_257)
)
def any_pair(rng, first, second, special):
    return Call(ids(rng, first), ids(rng, second), special, special + 1)


@layout.promise(part="single", first=Sizes(0, 6), special=OneOf(0, 50_257))
def any_text(rng, first, special):
    return Call(ids(rng, first), None, special, special + 1)


def _types(*lengths):
    return [kind for kind, length in enumerate(lengths) for _ in range(length)]


def _laid_out(first, second, cls_id, sep_id):
    """As asked; the mistakes begin here."""
    head = [cls_id, *first, sep_id]
    tail = [] if second is None else [*second, sep_id]
    return head + tail, _types(len(head), len(tail))


@layout.misconception
def last_separator_forgotten(first, second, cls_id, sep_id):
    found = [cls_id, *first, sep_id, *(second or [])]
    return found, _types(len(first) + 2, len(second or []))


@layout.misconception
def nothing_between(first, second, cls_id, sep_id):
    if second is None:
        return _laid_out(first, None, cls_id, sep_id)
    found = [cls_id, *first, *second, sep_id]
    return found, _types(len(first) + 1, len(second) + 1)


@layout.misconception
def started_again(first, second, cls_id, sep_id):
    if second is None:
        return _laid_out(first, None, cls_id, sep_id)
    found = [cls_id, *first, sep_id, cls_id, *second, sep_id]
    return found, _types(len(first) + 2, len(second) + 2)


@layout.misconception
def two_separators_between(first, second, cls_id, sep_id):
    if second is None:
        return _laid_out(first, None, cls_id, sep_id)
    found = [cls_id, *first, sep_id, sep_id, *second, sep_id]
    return found, _types(len(first) + 2, len(second) + 2)


@layout.misconception
def separator_of_the_second(first, second, cls_id, sep_id):
    found, types = _laid_out(first, second, cls_id, sep_id)
    if second is not None:
        types[len(first) + 1] = 1
    return found, types


@layout.misconception
def last_type_zero(first, second, cls_id, sep_id):
    found, types = _laid_out(first, second, cls_id, sep_id)
    return found, [*types[:-1], 0]


@layout.misconception
def all_types_zero(first, second, cls_id, sep_id):
    found, _ = _laid_out(first, second, cls_id, sep_id)
    return found, [0] * len(found)


@layout.misconception
def special_tokens_without_types(first, second, cls_id, sep_id):
    found, _ = _laid_out(first, second, cls_id, sep_id)
    return found, _types(len(first), len(second or []))


@layout.misconception
def empty_taken_for_none(first, second, cls_id, sep_id):
    return _laid_out(first, second or None, cls_id, sep_id)


@layout.misconception
def texts_exchanged(first, second, cls_id, sep_id):
    if second is None:
        return _laid_out(first, None, cls_id, sep_id)
    return _laid_out(second, first, cls_id, sep_id)


@layout.alternative
def token_by_token(first, second, cls_id, sep_id):
    found, types = [], []
    texts = [first] if second is None else [first, second]
    for kind, text in enumerate(texts):
        for token in ([cls_id] if kind == 0 else []) + text + [sep_id]:
            found.append(token)
            types.append(kind)
    return found, types


@layout.alternative
def from_the_first_separator(first, second, cls_id, sep_id):
    found = [cls_id] + first + [sep_id]
    if second is not None:
        found = found + second + [sep_id]
    return found, [int(place > len(first) + 1) for place in range(len(found))]


@layout.alternative
def chained(first, second, cls_id, sep_id):
    pair = second is not None
    parts = [[cls_id], first, [sep_id], second if pair else [], [sep_id] * pair]
    types = [0] * (len(first) + 2) + [1] * (len(second) + 1 if pair else 0)
    return list(itertools.chain(*parts)), types


@layout.alternative
def with_numpy(first, second, cls_id, sep_id):
    texts = [first] if second is None else [first, second]
    found = np.concatenate([[cls_id], *([*text, sep_id] for text in texts)])
    types = np.arange(len(found)) >= len(first) + 2
    return found.astype(int).tolist(), types.astype(int).tolist()
