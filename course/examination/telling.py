"""Drawing a probe's case again until every mistake that it is there for shows.

Random inputs let a mistake pass by coincidence: the nearest row may be the longest too.
A probe that names mistakes (`shows`) is drawn until each of them is wrong, and no two
of them alike. The draws are the same wherever the seed is.
"""

import functools
import itertools
from typing import Any

from course.examination.candidate import LocalCandidate
from course.examination.diagnose import reply_of
from course.examination.exercise import Exercise, Probe
from course.examination.judge import judge
from course.examination.verdict import Outcome

ATTEMPTS = 1000


def drawn(exercise: Exercise, probe: Probe, seed: int) -> Any:
    """The case of a probe for a seed; a running generator for a property."""
    return _draw_telling(exercise, probe, seed) if probe.shows else probe.case(seed)


@functools.lru_cache(maxsize=256)
def _draw_telling(exercise: Exercise, probe: Probe, seed: int) -> Any:
    for attempt in range(ATTEMPTS):
        case = probe.case(seed, attempt)
        if _all_show(exercise, probe, case):
            return case
    raise RuntimeError(
        f"{exercise.name}: in {ATTEMPTS} draws of {probe.name} no case in which all of "
        f"{', '.join(probe.shows)} are wrong and different"
    )


def _all_show(exercise: Exercise, probe: Probe, case: Any) -> bool:
    reference = LocalCandidate(exercise.reference)
    (truth,) = reference.answer([case.request.in_float64()])
    replies = []
    for name in probe.shows:
        reply = reply_of(exercise, name, case.request)
        if judge(exercise, probe, case, reply, truth).outcome is Outcome.RIGHT:
            return False
        replies.append(reply)
    # Told apart as two answers are: by the judge, with one in the place of the truth.
    return not any(
        judge(exercise, probe, case, one, other).outcome is Outcome.RIGHT
        for one, other in itertools.combinations(replies, 2)
        if not (one.error or other.error or one.problem or other.problem)
    )
