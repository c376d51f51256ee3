"""Takes away, for one exercise, what its answer may not call.

The code inside the forbidden functions is exchanged, so that it does not matter under
which name an answer holds them, nor whether it runs as a graph. This is a help against
temptation, in a process that belongs to the learner; it is no wall.
"""

import contextlib

from course.examination.watching import resolve, wrapped


class Delegation(RuntimeError):
    """The answer calls what it was asked to write."""


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
    for name in names:
        for function in _functions(resolve(name)):
            changed.append((function, function.__code__))
            function.__code__ = _refusal(name, function.__code__)
            covered.add(name)
    _USED.clear()
    try:
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
        found = [thing, *wrapped(thing)]
    # A wrapper's own code is shared by everything that it wraps.
    return [
        one
        for one in found
        if hasattr(one, "__code__") and not hasattr(one, "__wrapped__")
    ]


def _refusal(name, code):
    """Code with the same free variables that calls `refuse`."""
    free = ", ".join(code.co_freevars)
    source = (
        f"def make({free}):\n"
        f"    def refused(*arguments, **options):\n"
        f"        if False: ({free or 'None'})\n"
        f"        from course.grading.runner.forbidden import refuse\n"
        f"        refuse({name!r})\n"
        f"    return refused\n"
    )
    made = {}
    exec(source, made)
    nothing = [None] * len(code.co_freevars)
    return made["make"](*nothing).__code__
