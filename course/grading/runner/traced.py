"""What an answer runs while it is examined, told for a human to look at.

Names do not matter here: a copy of a function's code is known by where it was written,
and a compiled operation by its kind, whoever calls it. All of it happens in a process
that belongs to the learner: it shows, and walls nothing off.
"""

import contextlib
import os
import sys

from tensorflow.python.framework import op_callbacks

import transformer_tf
from course import pieces
from course.examination.forbidden import REFUSED, resolve, unwrap

# The directories of the library and of the course's pieces, as their files name them.
_BELOW = tuple(package.__path__[0] + os.sep for package in (transformer_tf, pieces))
_HOMES = (
    _BELOW[0].removesuffix("transformer_tf/"),
    _BELOW[1].removesuffix("course/pieces/"),
)


class Traced:
    """What ran while inside.

    Args:
        forbidden: Dotted names of functions and classes; copies of them are looked for.
        operations: Kinds of TensorFlow's operations that are looked for.

    Attributes:
        copies: Those of `forbidden` of which a copy ran.
        modules: The library's own modules that the answer called into.
        operations: Those of the kinds that ran.
    """

    def __init__(self, forbidden, operations):
        self.copies, self.modules, self.operations = set(), set(), set()
        self._kinds = set(operations)
        self._forbidden = {}
        for name in forbidden:
            for code in _codes(resolve(name)):
                self._forbidden[_place_of(code)] = name
        self._seen = {}

    @contextlib.contextmanager
    def watching(self):
        previous = sys.gettrace()
        if self._kinds:
            op_callbacks.add_op_callback(self._operation)
        sys.settrace(self._call)  # told of calls alone, which is cheaper than a profile
        try:
            yield
        finally:
            sys.settrace(previous)
            if self._kinds:
                op_callbacks.remove_op_callback(self._operation)

    def _call(self, frame, event, argument):
        code = frame.f_code
        if id(code) in self._seen:
            return
        self._seen[id(code)] = code
        name = self._forbidden.get(_place_of(code))
        if name is not None:
            self.copies.add(name)
        if code.co_filename.startswith(_BELOW) and not _inside_library(frame.f_back):
            self.modules.add(_module(code.co_filename))

    def _operation(self, kind, inputs, attributes, outputs, name=None, graph=None):
        kind = kind.decode() if isinstance(kind, bytes) else kind
        if kind in self._kinds:
            self.operations.add(kind)


def _inside_library(frame):
    """Whether a frame, or one that it was called from, is the library's own."""
    while frame:
        if frame.f_code.co_filename.startswith(_BELOW):
            return True
        frame = frame.f_back
    return False


def _codes(thing):
    """The code of a function with what it wraps, or of a class's own methods."""
    members = vars(thing).values() if isinstance(thing, type) else [thing]
    every = [part for member in members for part in (member, *unwrap(member))]
    return [
        part.__code__
        for part in every
        if not (isinstance(thing, type) and _is_generated(part, thing))
        # A wrapper's own code is shared by everything that it wraps.
        if hasattr(part, "__code__") and not hasattr(part, "__wrapped__")
        # What is withheld has no code of its own, and can have no copy.
        if part.__code__.co_filename != REFUSED
    ]


def _is_generated(part, owner):
    """Whether a class has a method from elsewhere: what all named tuples share."""
    code = getattr(part, "__code__", None)
    home = getattr(sys.modules.get(owner.__module__), "__file__", None)
    return code is not None and code.co_filename != home


def _place_of(code):
    return code.co_filename, code.co_firstlineno, code.co_name


def _module(filename):
    home = next(home for home in _HOMES if filename.startswith(home))
    return filename.removeprefix(home).removesuffix(".py").replace(os.sep, ".")
