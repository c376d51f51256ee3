"""Which of the library's modules a submission's process is without, and until when."""

import contextlib
import functools

from course.examination.forbidden import resolve
from course.grading.runner import withheld
from course.grading.worker.runners import RunnerDied

_LIBRARY = ("transformer_tf.", "course.pieces.")
# What checks arguments and makes weights computes nothing that an exercise asks for.
_ANY = tuple(
    f"transformer_tf.{name}"
    for name in (
        *("arguments", "initializers", "keras_internals", "layer", "logits", "shapes"),
        *("attention.pairs", "recurrent.cell"),
    )
)


class Withheld:
    """The library's modules that one runner is without.

    Args:
        runner: A `Runner` that has run no cell yet.
        exercises: Those that will be checked in it, a list of `Exercise`.
    """

    def __init__(self, runner, exercises):
        self._runner = runner
        self._asked = {one.grade_id: modules_of(one) for one in exercises}
        names = {name for one in exercises for name in one.stands_on}
        self._kept = {
            module: tuple(sorted(_inside(module, names)))
            for module in sorted(set().union(*self._asked.values()))
        }
        if self._kept:
            runner.withhold(self._kept)

    def after_check(self, grade_id):
        """After a check: what no later one asks for is there again."""
        done = self._asked.pop(grade_id, set()).difference(*self._asked.values())
        with contextlib.suppress(RunnerDied):  # the next step meets it too
            for module in sorted(done):
                codes = _codes_of(module, self._kept[module])
                self._runner.give_back(module, codes)


def modules_of(exercise):
    """The library's modules that hold what an exercise asks for, a set of names."""
    things = [resolve(n) for n in exercise.forbidden if n.startswith(_LIBRARY)]
    return {thing.__module__ for thing in things if thing is not None}


@functools.cache
def _codes_of(module, kept):
    """As the library is in this process, which never withholds anything itself."""
    return withheld.codes_of(module, kept)


def _inside(module, names):
    """What dotted names say is in a module, without the module's own name."""
    return [n[len(module) + 1 :] for n in names if n.startswith(f"{module}.")]


def odd(exercise, candidate):
    """What a human should look at of an examined answer, a list of str.

    Args:
        exercise: An `Exercise`.
        candidate: The `IsolatedCandidate` that has answered.
    """
    others = [
        module
        for module in candidate.modules
        if not any(_one_in_the_other(module, n) for n in (*exercise.stands_on, *_ANY))
    ]
    told = [f"calls the library's {module}" for module in others]
    told += [f"runs TensorFlow's own {kind}" for kind in candidate.ran]
    return [f"needs manual review: {exercise.name} {what}" for what in told]


def _one_in_the_other(one, other):
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")
