"""The checks as classifiers: wrong answers accepted, right answers refused.

Two tables: on answers that the checks were built from, and on others; see `unseen`.
Every right answer that an exercise names (reference and alternatives) and every wrong
one (the misconceptions) is examined under several seeds.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

from course.examination.candidate import LocalCandidate
from course.examination.examiner import examine
from course.examination.exercise import Exercise
from course.examination.unseen import DRAWS, MUTANT_SEEDS, RIGHT_SEEDS, Unseen

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


def unseen_table(rows: Sequence[Unseen]) -> str:
    """The same for answers that the checks were not built from."""
    lines = [
        "| exercise | mutants tried | wrong | accepted | right answers | seeds "
        "| refused |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for r in rows:
        tried = r.equal + r.wrong
        share = f"{tried}" if tried == r.made else f"{tried} of {r.made}"
        counts = share, r.wrong, len(r.accepted), r.right, r.seeds, len(r.refused)
        lines.append(f"| `{r.exercise}` | {' | '.join(map(str, counts))} |")
    total = (
        f"{sum(r.equal + r.wrong for r in rows)} of {sum(r.made for r in rows)}",
        sum(r.wrong for r in rows),
        sum(len(r.accepted) for r in rows),
        sum(r.right for r in rows),
        "",
        sum(len(r.refused) for r in rows),
    )
    lines.append(f"| **all** | {' | '.join(map(str, total))} |")
    return "\n".join(lines) + "\n"


def document(rows: Sequence[Row], others: Sequence[Unseen], missing: int = 0) -> str:
    """The page that is kept in the repository.

    Args:
        rows: Figures on the answers that the exercises name.
        others: Figures on answers made by machine.
        missing: How many exercises have none of the latter yet.
    """
    left = f"Not measured yet: {missing} exercises.\n\n" if missing else ""
    return f"""# How well the checks judge

{UNSEEN}

*Wrong answers* are mutants: the reference and every right answer of an exercise, each
with one thing changed by machine (a bound, an axis, a comparison, a constant, a step
left out, a loop that stops early, another split of a text, a dtype). Mutants that do
the same as their original on {DRAWS} draws of what the docstring promises (a quarter
of that for layers, and where all would take long) are not counted. *Accepted* are
those that earned every point under one of the seeds {MUTANT_SEEDS}. *Right answers*
are the named ones and rewritings of each by machine (in TensorFlow, with einsum,
operands exchanged, reciprocals, other loops, double precision, through `tf.function`),
kept where the numbers agree; *refused* are those that missed a point under one of the
seeds, of which there are {len(RIGHT_SEEDS)}. Where time was short, "40 of 300" says how
many mutants were tried, the first of a fixed random order, and the seeds are fewer.

Written by `transformer-course audit --mutants --write`, which measures what has changed
since `course/checks/audit.json` was written; a small part of it is a test.

{left}{unseen_table(others)}
{NAMED}

Every right answer that an exercise names (its reference and its alternatives) and
every wrong one (its misconceptions) is examined under the seeds {SEEDS}. *Refused*
counts right answers that did not earn every point, *accepted* wrong answers that did,
*misnamed* wrong answers whose misconception was not named, or named wrongly. The tests
examine the same answers again.

{table(rows)}"""


UNSEEN = "## On answers they were not built from"
NAMED = "## On answers they were built from"

_COUNTS = ("right", "wrong", "false_rejects", "false_accepts", "misnamed")


def _verdict(exercise: Exercise, answer: Any, seed: int):
    return examine(exercise, LocalCandidate(answer), seed=seed)
