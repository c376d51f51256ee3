"""Names the misconception behind a wrong answer, by comparing outputs with outputs.

Each misconception of an exercise is a small wrong implementation. When an answer is
wrong, what it returned is compared with what they return on the same inputs. A mistake
has a name only if the misconception's own replies are the same on every probe *and* are
judged the same on each: wrong where the answer is wrong, with the same outcome, right
where it is right. Anything less is no match, and two matches are none: never a guess.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from course.examination.candidate import LocalCandidate
from course.examination.codec import Array, pack, unpack
from course.examination.exercise import Exercise
from course.examination.explaining import shapes
from course.examination.judge import asked_dtype, same_data
from course.examination.request import Reply, Request, request_from_tree, to_tree
from course.examination.verdict import Finding, Outcome

# What of a finding depends on how a value was rounded, or is said of the code.
LOOSE = {"right", "where", "region", "axis", "place", "first", "fine", "text"}
LOOSE |= {"kind", "about"}
LOOSE |= {"cell", "line", "code", "missing", "extra", "wrong", "count", "expected"}

# Where two errors are the same if their messages are: these name sizes.
ABOUT_SHAPES = {function.__name__ for function in shapes.MISMATCHES}


class Told(NamedTuple):
    """One question, what an answer replied, and what that showed."""

    requests: list[Request]
    replies: list[Reply]
    finding: Finding

    @property
    def failed(self) -> bool:
        return self.finding.outcome is not Outcome.RIGHT


def diagnose(
    exercise: Exercise,
    told: Sequence[Told],
    main: Finding,
    judge: Callable[[int, list[Reply]], Finding],
) -> str | None:
    """The one misconception that does what this answer does, or None.

    Args:
        exercise: Whose misconceptions are compared.
        told: Everything that was asked and found.
        main: The finding that the learner will read: what a name must explain.
        judge: From the number of a question and replies to what they show.
    """
    numbered = list(enumerate(told))
    # Two mistakes at once: another part may be wrong in a way of its own. A shape is
    # none: with one head, a place for each head looks like an axis too many.
    inside = [
        (n, t)
        for n, t in numbered
        if t.finding.part == main.part
        or not t.failed
        or main.outcome is t.finding.outcome is Outcome.WRONG_SHAPE
    ]
    for chosen in (numbered, inside):
        named = [
            name
            for name in exercise.misconceptions
            if _explains(exercise, name, _compare(chosen), main, judge)
        ]
        if named:
            return named[0] if len(named) == 1 else None
    return None


def _compare(told: list[tuple[int, Told]]) -> list[tuple[int, Told]]:
    """The questions that tell mistakes apart, the failed and the cheap ones first."""
    eager = [(n, t) for n, t in told if all(r.mode == "eager" for r in t.requests)]
    if any(t.failed for _, t in eager):
        told = eager
    else:  # only the graph or the compiled program shows the mistake
        told = [(n, t) for n, t in told if t.failed]
    return sorted(told, key=lambda one: (not one[1].failed, _cost(one[1].requests[0])))


def _explains(
    exercise: Exercise,
    name: str,
    compared: list[tuple[int, Told]],
    main: Finding,
    judge: Callable[[int, list[Reply]], Finding],
) -> bool:
    theirs: list[list[Reply]] = []
    for _, told in compared:
        theirs.append([])
        for request, reply in zip(told.requests, told.replies, strict=True):
            their = reply_of(exercise, name, request)
            if not _same_reply(request, reply, their):
                return False
            theirs[-1].append(their)
    spoken = any(_spoke(told.replies) for _, told in compared if told.failed)
    explained = False
    for (number, told), replies in zip(compared, theirs, strict=True):
        if not _same_finding(told.finding, judge(number, replies)):
            # No gradient at all is a matter of its own: an answer that uses NumPy.
            if told.finding is main or told.finding.key != "no_gradient":
                return False
            continue
        if not told.failed:
            continue
        # A list of numbers has no dtype of its own that a name could tell of.
        if told.finding.outcome is Outcome.WRONG_DTYPE and not _built_alike(
            [reply.output for reply in told.replies], [r.output for r in replies]
        ):
            return False
        if spoken or told.requests[0].mode != "eager":
            explained |= _spoke(told.replies) or told.requests[0].mode != "eager"
        elif _raise_alike(told.replies, replies):
            explained = True
        else:
            return False
    return explained


def _built_alike(one: Any, other: Any) -> bool:
    """Whether two trees have arrays, and lists, in the same places."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_built_alike, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            _built_alike(one[key], other[key]) for key in one
        )
    return isinstance(one, Array) == isinstance(other, Array)


def _spoke(replies: Sequence[Reply]) -> bool:
    return all(reply.error is None and reply.problem is None for reply in replies)


def _raise_alike(some: Sequence[Reply], others: Sequence[Reply]) -> bool:
    """Whether two answers that give no values fail at the same shapes."""
    return all(
        one.error is not None
        and other.error is not None
        and one.error.kind in ABOUT_SHAPES
        and (one.error.kind, one.error.message)
        == (other.error.kind, other.error.message)
        for one, other in zip(some, others, strict=True)
    )


def _same_finding(one: Finding, other: Finding) -> bool:
    """Whether two answers fail a probe in the same way, or both pass it."""
    if (one.outcome, one.key) != (other.outcome, other.key):
        return False
    if one.outcome is Outcome.WRONG_VALUES:
        return one.details.get("output") == other.details.get("output")
    strict = [
        {k: v for k, v in finding.details.items() if k not in LOOSE}
        for finding in (one, other)
    ]
    return strict[0] == strict[1]


def _cost(request: Request) -> tuple:
    """What makes a request slow to answer, the worst first."""
    return (
        request.mode != "eager",
        request.save_and_load,
        request.train is not None,
        request.gradient is not None,
        request.inside != "",
    )


def reply_of(exercise: Exercise, name: str, request: Request) -> Reply:
    """What a misconception replies. Nothing is watched: what comes out is compared."""
    plain = request.replace(forbidden=(), intermediates=())
    return _reply(exercise, name, pack(to_tree(plain)))


@functools.lru_cache(maxsize=512)
def _reply(exercise: Exercise, name: str, packed: bytes) -> Reply:
    """What a misconception replies: the same for every answer it is compared with."""
    request = request_from_tree(unpack(packed))
    return _candidate(exercise, name).answer([request])[0]


@functools.lru_cache(maxsize=64)
def _candidate(exercise: Exercise, name: str) -> LocalCandidate:
    return LocalCandidate(exercise.misconceptions[name], _cache(exercise))


@functools.lru_cache(maxsize=8)
def _cache(exercise: Exercise):
    """The misconceptions of an exercise differ in how they compute, seldom in what
    they are built of: one layer serves them all."""
    # Imported here: an examination that only talks over a wire needs no TensorFlow.
    from course.examination.layer_cache import LayerCache

    return LayerCache(related=True)


def _same_reply(request: Request, one: Reply, other: Reply) -> bool:
    if one.problem or other.problem:
        return one.problem == other.problem
    if one.error or other.error:
        return bool(one.error and other.error and one.error.type == other.error.type)
    dtype = asked_dtype(request)
    if not same_data(one.output, other.output, dtype):
        return False
    if not same_data(one.inputs, other.inputs, dtype):
        return False
    if request.gradient is None or not any(
        gradient is not None for gradient in one.gradients.values()
    ):
        return True  # no gradient at all is a matter of its own (a NumPy answer)
    return all(
        same_data(gradient, other.gradients[name], dtype)
        for name, gradient in one.gradients.items()
        if name in other.gradients
    )
