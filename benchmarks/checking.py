"""How long a learner waits for the verdict on a wrong answer, of every exercise.

In one process, as a notebook is one: the first check of an exercise asks the reference
too, and the first wrong one the named mistakes; both are counted apart from the rest.
Seconds are the processor's, as a busy machine's clock tells nothing.
"""

import time

from benchmarks.paired import Row

SLOWEST = 10  # that are named
TARGET = 1.0


def seconds_of(exercises):
    """(seconds, exercise, mistake, whether it was the exercise's first wrong one)."""
    import course

    for exercise in exercises:
        right = next(iter(exercise.alternatives.values()))
        course.examine(exercise.name, right)
        for number, (name, answer) in enumerate(exercise.misconceptions.items()):
            begun = time.process_time()
            course.examine(exercise.name, answer)
            yield time.process_time() - begun, exercise.name, name, number == 0


def rows(pairs):
    """The slowest check of a wrong answer; `pairs` is not used."""
    from course.checks import exercises

    taken = sorted(seconds_of(exercises().values()), reverse=True)
    slowest = [
        f"{name} ({mistake}{', the first' if first else ''}) {seconds:.2f} s"
        for seconds, name, mistake, first in taken[:SLOWEST]
    ]
    yield Row(
        "slowest check of a wrong answer",
        f"<= {TARGET:.1f} s",
        f"{taken[0][0]:.2f} s",
        taken[0][0] <= TARGET,
        f"{len(taken)} wrong answers; {', '.join(slowest)}",
    )
