"""What can be seen of an answer while it runs: its line, its variables, its helpers."""

import functools
import importlib
import linecache
import re
import sys
import traceback
from typing import Any

from course.examination.request import Raised, Request

# What TensorFlow puts before an error's message, and after it.
NODE = re.compile(r"\{\{function_node .*?\}\}|\[Op:\w+\] name:")


class Watch:
    """Observes one eager call: local variables on return, and forbidden callees.

    Calls are told apart by their code objects, so that it does not matter under which
    name an answer imported what it uses.
    """

    def __init__(self, answer: Any, request: Request):
        self.intermediates: dict[str, Any] = {}
        self.delegated: set[str] = set()
        self._wanted = request.intermediates
        self._own = _filename(answer)
        self._forbidden, self._builtins = _codes(request.forbidden)
        watches = bool(self._wanted or request.forbidden) and request.mode == "eager"
        self._active = watches
        if request.forbidden:
            self.delegated |= {n for n in request.forbidden if resolve(n) is answer}

    def __enter__(self):
        if self._active:
            self._previous = sys.getprofile()
            sys.setprofile(self._event)
        return self

    def __exit__(self, *_):
        if self._active:
            sys.setprofile(self._previous)

    def _event(self, frame, event, argument):
        if event == "call":
            name = self._forbidden.get(id(frame.f_code))
            if name is not None:
                self.delegated.add(name)
        elif event == "c_call":
            name = self._builtins.get(id(argument))
            if name is not None:
                self.delegated.add(name)
        elif event == "return" and frame.f_code.co_filename == self._own:
            for wanted in self._wanted:
                if wanted in frame.f_locals:
                    self.intermediates[wanted] = frame.f_locals[wanted]


def _codes(names: tuple[str, ...]) -> tuple[dict[int, str], dict[int, str]]:
    """The code objects behind dotted names, and the built-in functions among them."""
    codes, builtins = {}, {}
    for name in names:
        thing = resolve(name)
        members = (
            [vars(thing).get(m) for m in ("__init__", "call")]
            if isinstance(thing, type)
            else [thing, *wrapped(thing)]
        )
        for member in members:
            code = getattr(member, "__code__", None)
            # A wrapper's own code object is shared by everything it wraps.
            if code is not None and getattr(member, "__wrapped__", None) is None:
                codes[id(code)] = name
            elif code is None and callable(member):
                builtins[id(member)] = name
    return codes, builtins


def wrapped(function: Any) -> list:
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


def _filename(answer: Any) -> str | None:
    """The file or notebook cell in which an answer was written."""
    if isinstance(answer, type):
        for member in vars(answer).values():
            code = getattr(member, "__code__", None)
            if code is not None:
                return code.co_filename
        return None
    code = getattr(answer, "__code__", None)
    return code.co_filename if code is not None else None


def raised(error: BaseException, answer: Any) -> Raised:
    """An exception as data, with the deepest line that the learner wrote."""
    own = _filename(answer)
    line, code, filename = None, "", None
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == own or _cell(frame.filename) is not None:
            line, filename = frame.lineno, frame.filename
            code = (linecache.getline(filename, line) if line else "").strip()
    return Raised(
        type=type(error).__name__,
        message=_first_line(error),
        cell=_cell(filename),
        line=line,
        code=code[:200],
        stub=isinstance(error, NotImplementedError)
        and code.startswith("raise NotImplementedError"),
    )


def _first_line(error: BaseException) -> str:
    """The first line of a message that says something, at most 300 characters."""
    try:
        lines = [NODE.sub("", line).strip() for line in str(error).splitlines()]
    except Exception:
        lines = []
    return next((line[:300] for line in lines if line), "")


def _cell(filename: str | None) -> int | None:
    """The n of `In [n]` for a notebook cell's file name; None for anything else."""
    shell = sys.modules.get("IPython")
    shell = shell.get_ipython() if shell is not None else None
    names = getattr(getattr(shell, "compile", None), "_filename_map", {})
    return names.get(filename)
