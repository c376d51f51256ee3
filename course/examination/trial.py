"""Wrong answers to one exercise by the hundred, each examined no further than needed.

An examination says everything that is wrong with an answer. To know that something is,
less will do: the probe that refused the answers before is asked first, what is asked
alike under every seed is asked once, and nobody watches what an answer calls.
"""

import contextlib
import signal
from collections.abc import Iterator, Sequence
from typing import Any

from course.examination.candidate import LocalCandidate
from course.examination.codec import pack
from course.examination.examiner import Question, ask, ask_one, judge_question, truths
from course.examination.exercise import Exercise
from course.examination.request import Reply, Request, to_tree
from course.examination.verdict import Outcome

SECONDS = 3.0  # of the processor: a wrong answer may never end


class NoEnd(Exception):
    """An answer ran out of time: it would under every other seed, too."""


class Trial:
    """Tells of answer after answer whether any seed gives it every point.

    Args:
        exercise: What the answers are to.
        seeds: An answer is accepted if it is right under any of them.
    """

    def __init__(self, exercise: Exercise, seeds: Sequence[int]):
        self._exercise, self._seeds = exercise, seeds
        self._questions = {seed: ask(exercise, seed) for seed in seeds}
        self._twins = {s: [*map(_key_of, qs)] for s, qs in self._questions.items()}
        modes = [q.requests[0].mode for q in self._questions[seeds[0]]]
        numbers = range(len(modes))
        self._quick = [n for n in numbers if modes[n] == "eager"]
        self._compiled = [n for n in numbers if modes[n] != "eager"]

    def accepts(self, answer: Any) -> bool:
        """Whether an answer earns every point under any of the seeds."""
        candidate = LocalCandidate(answer)
        known: dict[Any, bool] = {}
        try:
            return any(self._is_right(candidate, seed, known) for seed in self._seeds)
        except NoEnd:
            return False

    def _is_right(self, candidate: LocalCandidate, seed: int, known: dict) -> bool:
        for numbers in (self._quick, self._compiled):
            for number in numbers:
                twin = self._twins[seed][number]
                if twin not in known:
                    known[twin] = self._passes(candidate, seed, number)
                if not known[twin]:
                    numbers.remove(number)
                    numbers.insert(0, number)
                    return False
        return True

    def _passes(self, candidate: LocalCandidate, seed: int, number: int) -> bool:
        question = self._questions[seed][number]
        if question.probe.is_property:  # its generator can be asked only once
            question = ask_one(self._exercise, question.probe, seed)
        plain = [r.replace(forbidden=(), intermediates=()) for r in question.requests]
        replies = answer_in_time(candidate, plain)
        if any(reply.error and reply.error.type == "TimeoutError" for reply in replies):
            raise NoEnd
        truth = truths(self._exercise, seed)[number]
        finding = judge_question(self._exercise, question, replies, truth)
        return finding.outcome is Outcome.RIGHT


def _key_of(question: Question) -> Any:
    """Alike for two seeds that ask the same: the promises' forced cases."""
    if question.probe.is_property:
        return object()  # the generator may judge by what it has drawn
    return question.probe.name, pack(to_tree(question.requests[0]))


def answer_in_time(candidate: LocalCandidate, requests: list[Request]) -> list[Reply]:
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
