"""Takes away, for one exercise, what its answer may not call.

The code inside the forbidden functions is exchanged, so that it does not matter under
which name an answer holds them, nor whether it runs as a graph. This is a help against
temptation, in a process that belongs to the learner; it is no wall.
"""

import contextlib
import functools
import importlib
from typing import Any


class Delegation(RuntimeError):
    """The answer calls what it was asked to write."""


REFUSED = "<refused>"  # the file in which every refusal says that it was written
_USED: set[str] = set()


@contextlib.contextmanager
def made_useless(names):
    """While inside, the named functions and classes raise `Delegation`.

    Yields:
        used: The set of those names that were called.
        covered: The set of those that could be taken away: all but what is written
            in C.
    """
    changed, covered = [], set()
    _USED.clear()
    try:
        for name in names:
            for function in _functions(resolve(name)):
                changed.append((function, function.__code__))
                free = function.__code__.co_freevars
                function.__code__ = refusal(__name__, "refuse", name, free)
                covered.add(name)
        yield _USED, covered
    finally:
        for function, code in reversed(changed):
            function.__code__ = code


def refuse(name):
    """What runs in the place of a forbidden function."""
    _USED.add(name)
    raise Delegation(f"{name} is what this exercise asks for: write it yourself")


def _functions(thing):
    if isinstance(thing, type):
        found = [vars(thing).get("__init__"), vars(thing).get("call")]
    else:
        found = [thing, *unwrap(thing)]
    # A wrapper's own code is shared by everything that it wraps.
    return [
        one
        for one in found
        if hasattr(one, "__code__") and not hasattr(one, "__wrapped__")
    ]


@functools.cache
def refusal(module, function, name, free):
    """Code that calls `module.function(name)`, whatever it is called with.

    Args:
        module, function: Names of what is called.
        name: Its argument, a str.
        free: Names of the free variables that the code it stands for has.
    """
    source = (
        f"def make({', '.join(free)}):\n"
        f"    def refused(*arguments, **options):\n"
        f"        if False: ({', '.join(free) or 'None'})\n"
        f"        from {module} import {function}\n"
        f"        {function}({name!r})\n"
        f"    return refused\n"
    )
    made: dict = {}
    exec(compile(source, REFUSED, "exec"), made)
    return made["make"](*[None] * len(free)).__code__


def unwrap(function: Any) -> list:
    """What a decorated function wraps, TensorFlow's dispatchers included."""
    found: list[Any] = []
    while True:
        function = getattr(function, "__wrapped__", None)
        if function is None:
            return found
        found.append(function)


@functools.cache
def resolve(name: str) -> Any:
    """The object behind "package.module.name"; None if this installation lacks it."""
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            thing: Any = importlib.import_module(".".join(parts[:cut]))
        except (ImportError, OSError):  # absent, or not to be read in a sandbox
            continue
        for part in parts[cut:]:
            thing = getattr(thing, part, None)
        return thing
    return None
