"""The checks as classifiers: wrong answers accepted, right answers refused.

Every right answer that an exercise names (reference and alternatives) and every wrong
one (the misconceptions) is examined under several seeds.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

from course.examination.candidate import LocalCandidate
from course.examination.examiner import examine
from course.examination.exercise import Exercise

SEEDS = (0, 1, 20261122)  # those of tests/test_every_exercise.py


@dataclasses.dataclass(frozen=True)
class Row:
    """One exercise's counts, over all seeds.

    Args:
        exercise: The exercise's name.
        right, wrong: How many examinations of right and of wrong answers there were.
        false_rejects: Right answers that did not earn every point.
        false_accepts: Wrong answers that did.
        misnamed: Wrong answers whose misconception was not named, or misnamed.
    """

    exercise: str
    right: int
    wrong: int
    false_rejects: int
    false_accepts: int
    misnamed: int


def audit(exercise: Exercise, seeds: Sequence[int] = SEEDS) -> Row:
    """Examines everything that an exercise names."""
    right = [exercise.reference, *exercise.alternatives.values()]
    rejects = sum(not _verdict(exercise, a, s).right for a in right for s in seeds)
    accepts = misnamed = 0
    for name, answer in exercise.misconceptions.items():
        for seed in seeds:
            verdict = _verdict(exercise, answer, seed)
            accepts += verdict.score == exercise.points
            misnamed += verdict.diagnosis != name
    return Row(
        exercise=exercise.name,
        right=len(right) * len(seeds),
        wrong=len(exercise.misconceptions) * len(seeds),
        false_rejects=rejects,
        false_accepts=accepts,
        misnamed=misnamed,
    )


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, with their sum."""
    lines = [
        "| exercise | right answers | refused | wrong answers | accepted | misnamed |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    total = Row("**all**", *(sum(getattr(r, f) for r in rows) for f in _COUNTS))
    for row in [*rows, total]:
        name = row.exercise if row is total else f"`{row.exercise}`"
        lines.append(
            f"| {name} | {row.right} | {row.false_rejects} | {row.wrong} "
            f"| {row.false_accepts} | {row.misnamed} |"
        )
    return "\n".join(lines) + "\n"


def document(rows: Sequence[Row]) -> str:
    """The page that is kept in the repository."""
    return f"""# How well the checks judge

Every right answer that an exercise names (its reference and its alternatives) and
every wrong one (its misconceptions) is examined under the seeds {SEEDS}. *Refused*
counts right answers that did not earn every point, *accepted* wrong answers that did,
*misnamed* wrong answers whose misconception was not named, or named wrongly. Written
by `transformer-course audit --write`; the tests examine the same answers anew.

{table(rows)}"""


_COUNTS = ("right", "wrong", "false_rejects", "false_accepts", "misnamed")


def _verdict(exercise: Exercise, answer: Any, seed: int):
    return examine(exercise, LocalCandidate(answer), seed=seed)
