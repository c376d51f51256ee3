"""The checks judged on answers they were not built from.

Wrong answers are mutants of right ones that really differ on inputs which the docstring
promises: drawn freely from the promises, and from the probes under other seeds. Right
answers are the ones that an exercise names, and rewritings of each, under many seeds.
"""

import contextlib
import dataclasses
import random
import signal
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from course.examination.candidate import LocalCandidate
from course.examination.codec import Array
from course.examination.examiner import ask, judge_question, truths
from course.examination.exercise import Exercise, Probe
from course.examination.judge import asked_dtype, judge, same_data
from course.examination.mutants import mutants
from course.examination.request import Reply
from course.examination.rewrites import rewrites
from course.examination.telling import drawn
from course.examination.tolerance import deviation
from course.examination.verdict import Finding, Outcome

DRAWS = 60  # inputs that a mutant and its original are compared on
FAR = 10.0  # tolerances: what lies nearer is no other answer, but other rounding
MUTANT_SEEDS = (0, 1, 20261122)
RIGHT_SEEDS = tuple(range(25))
SECONDS = 3.0  # of the processor: a mutant may never end


@dataclasses.dataclass(frozen=True)
class Unseen:
    """One exercise's counts.

    Args:
        exercise: The exercise's name.
        made: How many mutants there are.
        equal: Those tried that do the same as what they were made of.
        wrong: Those tried that do not, each examined under `MUTANT_SEEDS`.
        accepted: Those that earned every point under any of the seeds, by name.
        right: Right answers.
        seeds: Under how many of `RIGHT_SEEDS` each of them was examined.
        refused: Those that did not earn every point under all of them, by name.
    """

    exercise: str
    made: int
    equal: int
    wrong: int
    accepted: tuple[str, ...]
    right: int
    seeds: int
    refused: tuple[str, ...]


def unseen(
    exercise: Exercise, seconds: float = float("inf"), draws: int = DRAWS
) -> Unseen:
    """Makes the answers and has them examined.

    Args:
        exercise: Whose answers.
        seconds: After so long the mutants not yet tried are left out; those tried are
            the first of a fixed random order. The right answers have as long again, and
            every one is examined under at least one seed.
        draws: Inputs that a mutant and its original are compared on.
    """
    answers = {"reference": exercise.original, **exercise.alternatives}
    if not callable(exercise.original):
        answers = {}
    made = [(label, m) for label, answer in answers.items() for m in mutants(answer)]
    random.Random(exercise.name).shuffle(made)
    until = time.monotonic() + seconds
    equal = wrong = 0
    accepted, refused = [], set()
    for label, mutant in made:
        if time.monotonic() > until:
            break
        if not accepted_under(exercise, mutant.answer, MUTANT_SEEDS):
            wrong += 1
        elif differs(exercise, mutant.answer, draws) is None:
            equal += 1
        else:
            wrong += 1
            accepted.append(f"{label}, {mutant.name}")
    until = time.monotonic() + seconds
    right, seeds = dict(right_answers(exercise)), 0
    for seed in RIGHT_SEEDS:
        if seeds and time.monotonic() > until:
            break
        seeds += 1
        refused |= {n for n, a in right.items() if not accepts(exercise, a, seed)}
    counts = len(made), equal, wrong, tuple(accepted)
    rest = len(right), seeds, tuple(sorted(refused))
    return Unseen(exercise.name, *counts, *rest)


def right_answers(exercise: Exercise) -> Iterator[tuple[str, Any]]:
    """Everything that is named right, and each rewriting that computes the same."""
    answers = {"reference": exercise.original, **exercise.alternatives}
    asked = [request for question in ask(exercise, 0) for request in question.requests]
    tensors = any(_tensors((request.args, request.kwargs)) for request in asked)
    for label, answer in answers.items():
        yield label, exercise.reference if answer is exercise.original else answer
        for other in rewrites(answer, tensors):
            if _computes_the_same(exercise, other.answer):
                yield f"{label}, {other.name}", other.answer


def accepted_under(exercise: Exercise, answer: Any, seeds) -> bool:
    """Whether an answer earns every point under any of these seeds."""
    return any(accepts(exercise, answer, seed) for seed in seeds)


def accepts(exercise: Exercise, answer: Any, seed: int) -> bool:
    """Whether an answer earns every point; stops at the first thing that is wrong."""
    candidate = LocalCandidate(answer)
    asked = list(zip(ask(exercise, seed), truths(exercise, seed), strict=True))
    asked.sort(key=lambda pair: pair[0].requests[0].mode != "eager")
    for question, truth in asked:
        replies = _in_time(candidate, question.requests)
        finding = judge_question(exercise, question, replies, truth)
        if finding.outcome is not Outcome.RIGHT:
            return False
    return True


def differs(exercise: Exercise, answer: Any, draws: int = DRAWS) -> Any:
    """A promised case on which an answer is far from right, or None if none is."""
    candidate = LocalCandidate(answer)
    for probe, case, truth in _promised(exercise, draws):
        (reply,) = _in_time(candidate, [case.request])
        finding = judge(exercise, probe, case, reply, truth)
        if finding.outcome is not Outcome.RIGHT and _is_far(
            finding, case, reply, truth
        ):
            return case
    return None


def _is_far(finding: Finding, case: Any, reply: Reply, truth: Reply) -> bool:
    if finding.key not in ("values", "gradient"):
        return True
    pairs = [*_leaves(reply.output, truth.output)]
    pairs += [*_leaves(reply.gradients, truth.gradients)]
    dtype = asked_dtype(case.request)
    return any(deviation(*pair, dtype).max(initial=0) >= FAR for pair in pairs)


def _leaves(one: Any, other: Any) -> Iterator[tuple[Array, Array]]:
    """The arrays of two trees, pair by pair, where both have one of the same shape."""
    if isinstance(one, Array) and isinstance(other, Array) and one.shape == other.shape:
        yield one, other
    elif isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() & other.keys():
            yield from _leaves(one[key], other[key])
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple):
        for a, b in zip(one, other, strict=False):
            yield from _leaves(a, b)


def _tensors(tree: Any) -> bool:
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, list | tuple):
        return any(map(_tensors, tree))
    return isinstance(tree, Array)


def _computes_the_same(exercise: Exercise, answer: Any) -> bool:
    """Whether the outputs agree to four digits, container and dtype aside.

    Rougher than the checks, and no part of them: they decide about the rest.
    """
    candidate = LocalCandidate(answer)
    for _, case, truth in _promised(exercise, draws=4):
        (reply,) = _in_time(candidate, [case.request])
        if reply.error or reply.problem or not _alike(reply.output, truth.output):
            return False
    return True


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, Array) and isinstance(other, Array):
        if one.shape != other.shape or one.dtype == "string":
            return False
        a, b = one.values.astype("float64"), other.values.astype("float64")
        rough = 0.05 if "16" in one.dtype else 1e-4
        return bool(np.allclose(a, b, rtol=rough, atol=rough, equal_nan=True))
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_alike, one, other))
    return same_data(one, other)


def _promised(exercise: Exercise, draws: int) -> Iterator[tuple[Probe, Any, Reply]]:
    """Promised inputs that no check has used, and what is right for them."""
    layers = any(q.requests[0].construct is not None for q in ask(exercise, 0))
    draws = -(-draws // 4) if layers else draws  # a layer takes its time
    for number in range(draws):
        for probe, case in _cases(exercise, 1000 + number, number < draws / 10):
            yield probe, case, _truth(exercise, probe, 1000 + number, case)


def _cases(exercise: Exercise, seed: int, probes: bool) -> Iterator[tuple[Probe, Any]]:
    for promise in exercise.promises:
        probe = Probe(promise.name, promise.part, promise.make)
        yield probe, promise.drawn(seed)
    for probe in exercise.probes if probes else ():
        if not probe.is_property:
            case = drawn(exercise, probe, seed)
            if case.request.mode == "eager":
                yield probe, case


_TRUTHS: dict[tuple, Reply] = {}


def _truth(exercise: Exercise, probe: Probe, seed: int, case: Any) -> Reply:
    key = (exercise.name, probe.name, seed)
    if key not in _TRUTHS:
        if _TRUTHS and next(iter(_TRUTHS))[0] != exercise.name:
            _TRUTHS.clear()  # one exercise after the other
        reference = LocalCandidate(exercise.reference)
        (_TRUTHS[key],) = reference.answer([case.request.in_float64()])
    return _TRUTHS[key]


def _in_time(candidate: LocalCandidate, requests: list) -> list[Reply]:
    """The replies; an answer that does not end raises in its own code."""
    replies: list[Reply] = []
    with _limited(SECONDS):
        replies = candidate.answer(requests)
    return replies or [Reply() for _ in requests]


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raises TimeoutError in the code inside, again and again, once time is over."""

    def end(*_):
        raise TimeoutError(f"no end after {seconds} s")

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds, seconds)
    try:
        with contextlib.suppress(TimeoutError):  # raised between two of its calls
            yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
