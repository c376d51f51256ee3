"""The machinery of examinations: requests go in, replies come out, a verdict is made.

`exercise` says what there is to ask, `perform` asks it of an object, `judge` and
`diagnose` compare what came back, `examiner` ties them together.
"""

from typing import TYPE_CHECKING, Any

from course.examination.candidate import Candidate, LocalCandidate, MissingCandidate
from course.examination.exercise import REGISTRY, Call, Case, Exercise, Value
from course.examination.promise import OneOf, Promise, Sizes
from course.examination.request import Reply, Request
from course.examination.verdict import Finding, Outcome, Part, Verdict

if TYPE_CHECKING:
    from course.examination.examiner import PRACTICE_SEED, ask, examine, judge_replies

__all__ = [
    "PRACTICE_SEED",
    "REGISTRY",
    "Call",
    "Candidate",
    "Case",
    "Exercise",
    "Finding",
    "LocalCandidate",
    "MissingCandidate",
    "OneOf",
    "Outcome",
    "Part",
    "Promise",
    "Reply",
    "Request",
    "Sizes",
    "Value",
    "Verdict",
    "ask",
    "examine",
    "judge_replies",
]


def __getattr__(name: str) -> Any:
    """What judges is imported when it is asked for: a learner's process never does."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from course.examination import examiner

    return getattr(examiner, name)
