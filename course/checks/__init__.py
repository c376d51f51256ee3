"""What "right" means, one module a unit: every graded exercise is defined here once."""

import functools
import importlib
import pkgutil

from course.examination.exercise import REGISTRY, Exercise
from course.examination.silence import silence


@functools.cache
def _load() -> None:
    with silence():  # TensorFlow and its libraries have much to say when they start
        for module in pkgutil.iter_modules(__path__):
            importlib.import_module(f"{__name__}.{module.name}")


def exercises() -> dict[str, Exercise]:
    """Every exercise by name, unit by unit, in the order in which they are taught."""
    _load()
    return dict(sorted(REGISTRY.items(), key=lambda item: item[1].unit))


def exercise(name: str) -> Exercise:
    """One exercise by name.

    Raises:
        ValueError: there is none of that name.
    """
    known = exercises()
    if name not in known:
        raise ValueError(f"no exercise {name!r}; there are: {', '.join(known)}")
    return known[name]
