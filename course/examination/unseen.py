"""The checks judged on answers they were not built from.

Wrong answers are mutants of right ones that really differ on inputs which the docstring
promises: drawn freely from the promises, and from the probes under other seeds. Right
answers are the ones that an exercise names, and rewritings of each, under many seeds.
"""

import dataclasses
import random
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
from course.examination.trial import Trial, answer_in_time
from course.examination.verdict import Finding, Outcome

DRAWS = 60  # inputs that a mutant and its original are compared on
PATIENCE = 3.0  # seconds of the processor: after them a quarter of the draws will do
FAR = 10.0  # tolerances: what lies nearer is no other answer, but other rounding
MUTANT_SEEDS = (0, 1, 20261122)
RIGHT_SEEDS = tuple(range(25))


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
    equal = wrong = 0
    accepted, refused = [], set()
    trial = Trial(exercise, MUTANT_SEEDS)
    until = time.monotonic() + seconds
    for label, mutant in made:
        if time.monotonic() > until:
            break
        if not trial.accepts(mutant.answer):
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


def accepts(exercise: Exercise, answer: Any, seed: int) -> bool:
    """Whether an answer earns every point; stops at the first thing that is wrong."""
    candidate = LocalCandidate(answer)
    asked = list(zip(ask(exercise, seed), truths(exercise, seed), strict=True))
    asked.sort(key=lambda pair: pair[0].requests[0].mode != "eager")
    for question, truth in asked:
        replies = answer_in_time(candidate, question.requests)
        finding = judge_question(exercise, question, replies, truth)
        if finding.outcome is not Outcome.RIGHT:
            return False
    return True


def differs(exercise: Exercise, answer: Any, draws: int = DRAWS) -> Any:
    """A promised case on which an answer is far from right, or None if none is."""
    candidate, until = LocalCandidate(answer), time.process_time() + PATIENCE
    few = _quarter(draws)
    for number, probe, case in _promised(exercise, draws):
        if number >= few and time.process_time() > until:
            return None
        truth = _truth(exercise, probe, number, case)
        (reply,) = answer_in_time(candidate, [case.request])
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
    for number, probe, case in _promised(exercise, draws=4):
        truth = _truth(exercise, probe, number, case)
        (reply,) = answer_in_time(candidate, [case.request])
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


def _promised(exercise: Exercise, draws: int) -> Iterator[tuple[int, Probe, Any]]:
    """Promised inputs that no check has used, and of which draw each is."""
    layers = any(q.requests[0].construct is not None for q in ask(exercise, 0))
    draws = _quarter(draws) if layers else draws  # a layer takes its time
    for number in range(draws):
        for probe, case in _cases(exercise, 1000 + number, number < draws / 10):
            yield number, probe, case


def _quarter(draws: int) -> int:
    return -(-draws // 4)


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


def _truth(exercise: Exercise, probe: Probe, number: int, case: Any) -> Reply:
    key = (exercise.name, probe.name, number)
    if key not in _TRUTHS:
        if _TRUTHS and next(iter(_TRUTHS))[0] != exercise.name:
            _TRUTHS.clear()  # one exercise after the other
        reference = LocalCandidate(exercise.reference)
        (_TRUTHS[key],) = reference.answer([case.request.in_float64()])
    return _TRUTHS[key]
