"""Takes the library's own answers out of a learner's process until their checks.

Every function of the module that holds the answer, its classes' methods among them,
loses its code before the first cell runs: what a cell saves, copies or wraps then is a
refusal. After the last check that asks for it the grader sends the code again, since
what follows may stand on it.
"""

import functools
import importlib
import marshal
import types

from course.examination.forbidden import Delegation, refusal

_CALLED: set[str] = set()  # withheld modules that were called since it was emptied
_WITHHELD: dict[str, list] = {}  # module -> its functions


def functions_of(module, kept=()):
    """Every function that is defined in a module, always in the same order.

    Args:
        module: A module's name.
        kept: Qualified names of functions in it that are left out.
    """
    found: dict[int, types.FunctionType] = {}
    waiting = list(vars(importlib.import_module(module)).values())
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, property):
            waiting += [thing.fget, thing.fset, thing.fdel]
        elif isinstance(thing, staticmethod | classmethod):
            waiting.append(thing.__func__)
        elif isinstance(thing, functools.cached_property):
            waiting.append(thing.func)
        elif getattr(thing, "__module__", None) != module:
            continue
        elif isinstance(thing, type):
            waiting += vars(thing).values()
        else:
            waiting.append(getattr(thing, "__wrapped__", None))
            function = isinstance(thing, types.FunctionType)
            if function and thing.__qualname__ not in kept:
                found[id(thing)] = thing
    return list(found.values())


def codes_of(module, kept):
    """The code of those functions as bytes: what the grader keeps, to give it back."""
    return marshal.dumps([function.__code__ for function in functions_of(module, kept)])


def withhold(modules):
    """Takes the code away from every function of these modules.

    Args:
        modules: Module -> the functions in it that are kept; see `functions_of`.
    """
    for module, kept in modules.items():
        _WITHHELD[module] = functions_of(module, kept)
        for function in _WITHHELD[module]:
            free = function.__code__.co_freevars
            function.__code__ = refusal(__name__, "refuse", module, free)


def give_back(module, codes):
    """Makes a module what it was.

    Args:
        module: A withheld module's name.
        codes: What `codes_of` gave for it, in a process that withholds nothing.
    """
    for function, code in zip(_WITHHELD.pop(module, ()), marshal.loads(codes)):
        function.__code__ = code


def list_called():
    """The withheld modules that were called since this was last asked."""
    names = set(_CALLED)
    _CALLED.clear()
    return names


def refuse(module):
    """What runs in the place of a withheld function."""
    _CALLED.add(module)
    raise Delegation(f"an exercise here asks for {module}: it works after its check")
