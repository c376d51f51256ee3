"""The machinery of examinations: requests go in, replies come out, a verdict is made.

`exercise` says what there is to ask, `perform` asks it of an object, `judge` and
`diagnose` compare what came back, `examine` ties them together.
"""

from course.examination.candidate import Candidate, LocalCandidate, MissingCandidate
from course.examination.examine import PRACTICE_SEED, ask, examine, judge_replies
from course.examination.exercise import REGISTRY, Call, Case, Exercise, Value
from course.examination.request import Reply, Request
from course.examination.verdict import Finding, Outcome, Part, Verdict

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
    "Outcome",
    "Part",
    "Reply",
    "Request",
    "Value",
    "Verdict",
    "ask",
    "examine",
    "judge_replies",
]
