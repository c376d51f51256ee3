"""seq2seq.span_corruption: what T5 reads and writes while it is pretrained."""

import itertools

from course.checks.seq2seq.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes


def corrupt_spans(ids, noise, sentinel, end):
    """Takes spans out of a text; each leaves a sentinel, and is to be written.

    Args:
        ids: List of ids: the text, without its end.
        noise: List of booleans, as long: True for tokens to be taken out. Neighbouring
            ones are one span.
        sentinel: The id of the first sentinel; the second has the id below, the third
            the one below that, and so on.
        end: The id that ends a text.

    Returns:
        inputs: List of ids: the text with one sentinel for each span, and the end.
        targets: List of ids: for each span its sentinel and then its tokens; behind
            the last the next sentinel, and the end.
    """
    inputs, targets, before = [], [], False
    for token, taken in zip(ids, noise):
        if taken and not before:
            inputs.append(sentinel)
            targets.append(sentinel)
            sentinel -= 1
        (targets if taken else inputs).append(token)
        before = taken
    return [*inputs, end], [*targets, sentinel, end]


exercise = Exercise(
    "seq2seq.span_corruption",
    unit=UNIT,
    answer="corrupt_spans",
    reference=corrupt_spans,
    parts={"inside": 2, "borders": 2, "extremes": 1},
    returns={"inputs": ("position",), "targets": ("position",)},
    forbidden=(f"{__name__}.corrupt_spans",),
    hints=3,
    difficulty=3,
    importance=5,
    minutes=15,
    paper="https://arxiv.org/abs/1910.10683",
)

right = exercise.reference  # a copy: nobody may call the answer itself


def _call(rng, marks, sentinel=999, end=1):
    """`marks` says with an x which tokens are taken out."""
    ids = rng.permutation(range(10, 900))[: len(marks)].tolist()
    return Call(ids, [mark == "x" for mark in marks], sentinel, end)


@exercise.probe(part="inside")
def two_spans(rng):
    return _call(rng, "..xx..xxx..")


@exercise.probe(part="inside")
def one_token_apart(rng):
    return _call(rng, ".xx.x.xx.", sentinel=32099)


@exercise.probe(part="borders")
def at_the_beginning(rng):
    return _call(rng, "x..xx...")


@exercise.probe(part="borders")
def at_both_ends(rng):
    return _call(rng, "xx...x..xx", sentinel=950, end=2)


@exercise.probe(part="extremes")
def nothing_taken(rng):
    return _call(rng, ".....")


@exercise.probe(part="extremes")
def everything_taken(rng):
    return _call(rng, "xxxx")


@exercise.promise(
    part="borders",
    spans=Sizes(1, 4),
    longest=Sizes(1, 4),
    first=OneOf(True, False),
    last=OneOf(True, False),
    sentinel=OneOf(999, 32099, 901),
)
def any_spans(rng, spans, longest, first, last, sentinel):
    marks = "" if first else "." * int(rng.integers(1, 4))
    for number in range(spans):
        marks += "x" * int(rng.integers(1, longest + 1))
        marks += "." * int(rng.integers(1, 4)) if number < spans - 1 or not last else ""
    return _call(rng, marks, sentinel=sentinel)


@exercise.promise(part="extremes", length=Sizes(0, 7), mark=OneOf("x", "."))
def all_alike(rng, length, mark):
    return _call(rng, mark * length)


def _spans(ids, noise):
    """[(taken, ids)] of the runs of a text."""
    runs = itertools.groupby(zip(ids, noise, strict=True), key=lambda pair: pair[1])
    return [(taken, [token for token, _ in run]) for taken, run in runs]


def _written(ids, noise, sentinel, end, step=-1, closing=False, last=True):
    inputs, targets = [], []
    for taken, tokens in _spans(ids, noise):
        if taken:
            inputs.append(sentinel)
            targets += [*tokens, sentinel] if closing else [sentinel, *tokens]
            sentinel += step
        else:
            inputs += tokens
    return [*inputs, end], [*targets, *[sentinel] * last, end]


@exercise.misconception
def sentinels_count_upwards(ids, noise, sentinel, end):
    return _written(ids, noise, sentinel, end, step=1)


@exercise.misconception
def the_same_sentinel_always(ids, noise, sentinel, end):
    return _written(ids, noise, sentinel, end, step=0)


@exercise.misconception
def no_last_sentinel(ids, noise, sentinel, end):
    return _written(ids, noise, sentinel, end, last=False)


@exercise.misconception
def sentinel_closes_the_span(ids, noise, sentinel, end):
    return _written(ids, noise, sentinel, end, closing=True)


@exercise.misconception
def sentinel_for_each_token(ids, noise, sentinel, end):
    inputs, targets = [], []
    for token, taken in zip(ids, noise):
        if taken:
            inputs.append(sentinel)
            targets += [sentinel, token]
            sentinel -= 1
        else:
            inputs.append(token)
    return [*inputs, end], [*targets, sentinel, end]


@exercise.misconception
def no_end(ids, noise, sentinel, end):
    inputs, targets = right(ids, noise, sentinel, end)
    return inputs[:-1], targets[:-1]


@exercise.misconception
def end_on_the_targets_alone(ids, noise, sentinel, end):
    inputs, targets = right(ids, noise, sentinel, end)
    return inputs[:-1], targets


@exercise.misconception
def whole_text_as_target(ids, noise, sentinel, end):
    """As BART is trained: everything is written again."""
    return right(ids, noise, sentinel, end)[0], [*ids, end]


@exercise.misconception
def kept_text_as_target(ids, noise, sentinel, end):
    kept = right(ids, [not taken for taken in noise], sentinel, end)
    return right(ids, noise, sentinel, end)[0], kept[1]


@exercise.misconception
def first_token_never_taken(ids, noise, sentinel, end):
    """A span begins where the flag changes, and nothing changes at place 0."""
    noise = [taken and place > 0 for place, taken in enumerate(noise)]
    return right(ids, noise, sentinel, end)


@exercise.misconception
def masks_instead_of_spans(ids, noise, sentinel, end):
    """A sentinel for each token on the side of the inputs, all of them the first."""
    inputs = [sentinel if taken else token for token, taken in zip(ids, noise)]
    return [*inputs, end], right(ids, noise, sentinel, end)[1]


@exercise.alternative
def by_runs(ids, noise, sentinel, end):
    return _written(ids, noise, sentinel, end)


@exercise.alternative
def by_places(ids, noise, sentinel, end):
    before = [False, *noise[:-1]]
    starts = [now and not then for now, then in zip(noise, before)]
    numbers = list(itertools.accumulate(starts, initial=0))[1:]
    inputs, targets = [], []
    for token, taken, first, number in zip(ids, noise, starts, numbers):
        if first:
            inputs.append(sentinel - number + 1)
            targets.append(sentinel - number + 1)
        (targets if taken else inputs).append(token)
    return inputs + [end], targets + [sentinel - sum(starts), end]


@exercise.alternative
def with_a_regular_expression(ids, noise, sentinel, end):
    import re

    marks = "".join("x" if taken else "." for taken in noise)
    inputs, targets, at, number = [], [], 0, 0
    for number, span in enumerate(re.finditer("x+", marks), start=1):
        inputs += [*ids[at : span.start()], sentinel - number + 1]
        targets += [sentinel - number + 1, *ids[span.start() : span.end()]]
        at = span.end()
    return [*inputs, *ids[at:], end], [*targets, sentinel - number, end]


@exercise.alternative
def with_while(ids, noise, sentinel, end):
    inputs, targets, place, next_one = [], [], 0, sentinel
    while place < len(ids):
        if not noise[place]:
            inputs.append(ids[place])
            place += 1
            continue
        inputs.append(next_one)
        targets.append(next_one)
        while place < len(ids) and noise[place]:
            targets.append(ids[place])
            place += 1
        next_one -= 1
    inputs.append(end)
    targets.extend((next_one, end))
    return inputs, targets


@exercise.alternative
def with_numpy(ids, noise, sentinel, end):
    import numpy as np

    taken = np.array(noise, bool)
    starts = taken & ~np.concatenate([[False], taken[:-1]])
    marks = sentinel + 1 - np.cumsum(starts)
    inputs = np.where(starts, marks, ids)[~taken | starts]
    pairs = [
        [mark, token] if first else [token]
        for mark, token, first, now in zip(marks, ids, starts, taken)
        if now
    ]
    targets = [int(number) for pair in pairs for number in pair]
    last = sentinel - int(starts.sum())
    return [*map(int, inputs), end], [*targets, last, end]


@exercise.alternative
def by_recursion(ids, noise, sentinel, end):
    if True not in noise:
        return [*ids, end], [sentinel, end]
    start = noise.index(True)
    rest = noise[start:]
    stop = start + (rest.index(False) if False in rest else len(rest))
    inputs, targets = by_recursion(ids[stop:], noise[stop:], sentinel - 1, end)
    return (
        [*ids[:start], sentinel, *inputs],
        [sentinel, *ids[start:stop], *targets],
    )
