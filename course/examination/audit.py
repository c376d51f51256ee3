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
        "| exercise | wrong answers | accepted | right answers | refused |",
        "|---|--:|--:|--:|--:|",
    ]
    counts = [
        (f"`{r.exercise}`", r.wrong, len(r.accepted), r.right, len(r.refused))
        for r in rows
    ]
    total = ("**all**", *(sum(column) for column in list(zip(*counts))[1:]))
    for row in [*counts, total]:
        lines.append(f"| {' | '.join(map(str, row))} |")
    return "\n".join(lines) + "\n"


def document(rows: Sequence[Row], unseen_section: str) -> str:
    """The page that is kept in the repository."""
    return f"""# How well the checks judge

{unseen_section}
{NAMED}

Every right answer that an exercise names (its reference and its alternatives) and
every wrong one (its misconceptions) is examined under the seeds {SEEDS}. *Refused*
counts right answers that did not earn every point, *accepted* wrong answers that did,
*misnamed* wrong answers whose misconception was not named, or named wrongly. The tests
examine the same answers again.

{table(rows)}"""


def unseen_section(rows: Sequence[Unseen]) -> str:
    """The first part of the page: what the figures in README.md are taken from."""
    return f"""{UNSEEN}

*Wrong answers* are mutants: the reference and every right answer of an exercise, each
with one thing changed by machine (a bound, an axis, a comparison, a constant, a step
left out, a loop that stops early, another split of a text, a dtype). Mutants that do
the same as their original on {DRAWS} draws of what the docstring promises (a quarter
of that for layers) are not counted. *Accepted* are those that earned every point
under one of the seeds {MUTANT_SEEDS}. *Right answers* are the named ones and
rewritings of each by machine (in TensorFlow, with einsum, operands exchanged,
reciprocals, other loops, double precision, through `tf.function`), kept where the
numbers agree; *refused* are those that missed a point under one of
{len(RIGHT_SEEDS)} seeds. Written by `transformer-course audit --mutants --write`, which
takes an hour; a small part of it is a test.

{unseen_table(rows)}"""


def kept_section(page: str) -> str:
    """The part on unseen answers as the page has it, when only the rest is new."""
    if UNSEEN not in page:
        return f"{UNSEEN}\n\nNot measured yet: `transformer-course audit --mutants`.\n"
    return page[page.index(UNSEEN) : page.index(NAMED)].rstrip() + "\n"


UNSEEN = "## On answers they were not built from"
NAMED = "## On answers they were built from"

_COUNTS = ("right", "wrong", "false_rejects", "false_accepts", "misnamed")


def _verdict(exercise: Exercise, answer: Any, seed: int):
    return examine(exercise, LocalCandidate(answer), seed=seed)
