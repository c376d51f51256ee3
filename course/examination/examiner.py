"""The examination: asks a candidate everything at once and returns a verdict.

It is pure: the same replies give the same verdict, wherever they come from.
"""

import dataclasses
import functools
from collections.abc import Sequence
from typing import Any

from course.examination.candidate import Candidate, LocalCandidate
from course.examination.diagnose import Told, diagnose
from course.examination.exercise import Case, Exercise, Probe
from course.examination.judge import Wrong, judge, refuse_failures, same_data
from course.examination.request import Reply, Request
from course.examination.telling import drawn
from course.examination.verdict import Finding, Outcome, Part, Verdict
from course.examination.wording import describe

PRACTICE_SEED = 0


@dataclasses.dataclass
class Question:
    """A probe for one seed: its requests, and how the replies will be judged."""

    probe: Probe
    case: Any  # a Case, or the running generator of a property
    requests: list[Request]


def ask(exercise: Exercise, seed: int) -> list[Question]:
    """Every question of an exercise, in order; the requests can travel together."""
    return [ask_one(exercise, probe, seed) for probe in exercise.probes]


def ask_one(exercise: Exercise, probe: Probe, seed: int) -> Question:
    """The question that one probe is for a seed."""
    case = drawn(exercise, probe, seed)
    if probe.is_property:
        requests = next(case)
        requests = [r.request if isinstance(r, Case) else r for r in requests]
    else:
        steps = exercise.intermediates if case.steps else ()
        requests = [case.request.replace(intermediates=steps)]
    requests = [r.replace(forbidden=exercise.forbidden) for r in requests]
    return Question(probe, case, requests)


def examine(
    exercise: Exercise,
    candidate: Candidate,
    seed: int = PRACTICE_SEED,
    language: str = "en",
) -> Verdict:
    """Examines a candidate and says what was found.

    Args:
        exercise: What was to be written.
        candidate: The answer, behind the candidate interface.
        seed: Draws the values of the inputs; shapes never depend on it.
        language: "en" or "es", of the verdict's message.
    """
    questions = ask(exercise, seed)
    requests = [request for q in questions for request in q.requests]
    replies = candidate.answer(requests)
    if len(replies) != len(requests):
        raise ValueError(f"{len(requests)} requests, but {len(replies)} replies")
    return judge_replies(exercise, questions, replies, seed, language)


def judge_replies(
    exercise: Exercise,
    questions: Sequence[Question],
    replies: Sequence[Reply],
    seed: int,
    language: str = "en",
) -> Verdict:
    """The verdict on replies to `ask(exercise, seed)`; see `examine`."""
    remaining = list(replies)
    told: list[Told] = []
    for question, truth in zip(questions, truths(exercise, seed), strict=True):
        taken = [remaining.pop(0) for _ in question.requests]
        finding = judge_question(exercise, question, taken, truth)
        told.append(Told(question.requests, taken, finding))
    findings = [one.finding for one in told]
    main = _main_finding(findings)
    diagnosis = None
    undiagnosed = (Outcome.RIGHT, Outcome.NOT_ATTEMPTED, Outcome.DELEGATED)
    if main.outcome not in undiagnosed:

        def judged(number: int, replies: list[Reply]) -> Finding:
            # A property can be asked only once.
            asked = ask_one(exercise, exercise.probes[number], seed)
            truth = truths(exercise, seed)[number]
            return judge_question(exercise, asked, replies, truth)

        diagnosis = diagnose(exercise, told, main, judged)
    parts = _parts(exercise, findings)
    return Verdict(
        exercise=exercise.name,
        outcome=main.outcome,
        score=sum(part.earned for part in parts.values()),
        points=exercise.points,
        parts=parts,
        diagnosis=diagnosis,
        message=describe(exercise, main, diagnosis, language),
        findings=tuple(findings),
        language=language,
    )


def judge_question(
    exercise: Exercise,
    question: Question,
    replies: list[Reply],
    truth: tuple[Reply, ...],
) -> Finding:
    """What the replies to one question show; `truth` is empty for a property."""
    if question.probe.is_property:
        return _judge_property(question, replies)
    finding = judge(exercise, question.probe, question.case, replies[0], truth[0])
    return _with_first_difference(exercise, finding, replies[0], truth[0])


def _judge_property(question: Question, replies: list[Reply]) -> Finding:
    probe = question.probe
    try:
        for request, reply in zip(question.requests, replies, strict=True):
            refuse_failures(reply, request)
    except Wrong as wrong:
        return Finding(probe.name, probe.part, wrong.outcome, wrong.key, wrong.details)
    try:
        question.case.send(replies)
    except StopIteration as stop:
        holds = bool(stop.value)
    except (AttributeError, TypeError, ValueError, IndexError, KeyError):
        holds = False  # the replies have no form in which the property could hold
    else:
        raise RuntimeError(f"the property {probe.name} asks more than once")
    if holds:
        return Finding(probe.name, probe.part, Outcome.RIGHT)
    details = {"property": probe.name}
    return Finding(probe.name, probe.part, Outcome.WRONG_VALUES, "property", details)


def _with_first_difference(
    exercise: Exercise, finding: Finding, reply: Reply, truth: Reply
) -> Finding:
    """Adds the first local variable, in order of computation, that is not right."""
    if finding.key not in ("values", "nan"):
        return finding
    right = []
    for name in exercise.intermediates:
        if name not in reply.intermediates or name not in truth.intermediates:
            continue
        if same_data(reply.intermediates[name], truth.intermediates[name], "float32"):
            right.append(name)
            continue
        details = {**finding.details, "first": name, "fine": ", ".join(right)}
        return dataclasses.replace(finding, details=details)
    return finding


def _main_finding(findings: Sequence[Finding]) -> Finding:
    """The one to tell the learner: delegation, else the first that is not right."""
    wrong = [f for f in findings if f.outcome is not Outcome.RIGHT]
    delegated = [f for f in wrong if f.outcome is Outcome.DELEGATED]
    return (delegated or wrong or findings)[0]


def _parts(exercise: Exercise, findings: Sequence[Finding]) -> dict[str, Part]:
    delegated = any(f.outcome is Outcome.DELEGATED for f in findings)
    parts = {}
    for name, points in exercise.parts.items():
        outcomes = [f.outcome for f in findings if f.part == name]
        # No evidence, no points: a part without a probe is worth nothing.
        earned = bool(outcomes) and all(o is Outcome.RIGHT for o in outcomes)
        parts[name] = Part(name, points, points if earned and not delegated else 0)
    return parts


def _plain(request: Request) -> Request:
    """For the reference, whose every call need not be watched: that is slow."""
    return request.in_float64().replace(forbidden=())


@functools.lru_cache(maxsize=64)
def truths(exercise: Exercise, seed: int) -> tuple[tuple[Reply, ...], ...]:
    """What the reference replies in float64, question by question."""
    reference = LocalCandidate(exercise.reference)
    return tuple(
        tuple(
            reference.answer([_plain(request) for request in question.requests])
            if not question.probe.is_property
            else ()
        )
        for question in ask(exercise, seed)
    )
