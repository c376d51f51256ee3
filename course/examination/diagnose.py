"""Names the misconception behind a wrong answer, by comparing outputs with outputs.

Each misconception of an exercise is a small wrong implementation. When an answer is
wrong, what it returned is compared with what they return on the same inputs. A match
on every probe names the mistake; anything less is no match: never a guess.
"""

import functools
from collections.abc import Sequence

from course.examination.candidate import LocalCandidate
from course.examination.codec import pack, unpack
from course.examination.exercise import Exercise
from course.examination.judge import asked_dtype, same_data
from course.examination.request import Reply, Request, request_from_tree, to_tree


def diagnose(
    exercise: Exercise,
    requests: Sequence[Request],
    replies: Sequence[Reply],
    wrong: Sequence[bool],
) -> str | None:
    """The one misconception that does what this answer does, or None.

    Args:
        exercise: Whose misconceptions are compared.
        requests: Everything that was asked.
        replies: What the answer replied, one each.
        wrong: Whether the probe that each request belongs to was failed.
    """
    questions = list(zip(requests, replies, wrong, strict=True))
    eager = [question for question in questions if question[0].mode == "eager"]
    if any(failed for _, _, failed in eager):
        questions = eager
    else:  # only the graph or the compiled program shows the mistake
        questions = [question for question in questions if question[2]]
    # The failed ones first, the cheap ones before: most misconceptions part ways there.
    questions.sort(key=lambda question: (not question[2], _cost(question[0])))
    matches = [
        name
        for name in exercise.misconceptions
        if _does_the_same(exercise, name, questions)
    ]
    return matches[0] if len(matches) == 1 else None


def _cost(request: Request) -> tuple:
    """What makes a request slow to answer, the worst first."""
    return (
        request.mode != "eager",
        request.save_and_load,
        request.train is not None,
        request.gradient is not None,
        request.inside != "",
    )


def _does_the_same(exercise: Exercise, name: str, questions: Sequence) -> bool:
    told_apart = False
    for request, reply, failed in questions:
        # Nothing is watched: of these replies only what came out is compared.
        plain = request.replace(forbidden=(), intermediates=())
        theirs = _reply(exercise, name, pack(to_tree(plain)))
        if not _same_reply(request, reply, theirs):
            return False
        spoke = reply.error is None and reply.problem is None
        told_apart |= failed and (spoke or request.mode != "eager")
    return told_apart


@functools.lru_cache(maxsize=512)
def _reply(exercise: Exercise, name: str, packed: bytes) -> Reply:
    """What a misconception replies: the same for every answer it is compared with."""
    request = request_from_tree(unpack(packed))
    return _candidate(exercise, name).answer([request])[0]


@functools.lru_cache(maxsize=64)
def _candidate(exercise: Exercise, name: str) -> LocalCandidate:
    return LocalCandidate(exercise.misconceptions[name], _shelf(exercise))


@functools.lru_cache(maxsize=8)
def _shelf(exercise: Exercise):
    """The misconceptions of an exercise differ in how they compute, seldom in what
    they are built of: one layer serves them all."""
    # Imported here: an examination that only talks over a wire needs no TensorFlow.
    from course.examination.shelf import Shelf

    return Shelf(related=True)


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
