"""What can be seen of an answer while it runs: its line, its variables, its helpers."""

import builtins
import contextlib
import inspect
import linecache
import re
import sys
import textwrap
import traceback
from typing import Any

from course.examination.explaining import Scene, explain
from course.examination.forbidden import made_useless, resolve, unwrap
from course.examination.request import Raised, Request

# What TensorFlow puts before an error's message, and after it.
# Where TensorFlow says that converted code stood.
PLACE = re.compile(r'File "(.+)", line (\d+), in ')
STAGED = re.compile(r"(\w+): (.*)")
GRAPH_NODE = re.compile(r" for '\{\{node .*")
NODE = re.compile(r"\{\{function_node .*?\}\}|\[Op:\w+\] name:|\x1b\[\d*m")
# What Keras says first of an error inside a layer.
AROUND = "Exception encountered when calling"


class Watch:
    """Observes one eager call: local variables on return, and forbidden callees.

    What is forbidden and written in Python is exchanged meanwhile, which costs nothing:
    a profile, told of every call there is, makes eager TensorFlow twice as slow. It is
    left for local variables, and for what is written in C.
    """

    def __init__(self, answer: Any, request: Request):
        eager = request.mode == "eager"
        self.intermediates: dict[str, Any] = {}
        self.delegated = {n for n in request.forbidden if resolve(n) is answer}
        self._wanted = request.intermediates if eager else ()
        self._forbidden = request.forbidden if eager else ()
        self._own = _filename(answer)

    @contextlib.contextmanager
    def observe(self):
        """While inside, the answer runs.

        Whatever interrupts this, in a notebook the functions are to compute again.
        """
        before = sys.getprofile()
        with made_useless(self._forbidden) as (used, covered):
            self._builtins = {
                id(one): name
                for name in set(self._forbidden) - covered
                for one in _builtins_of(name)
            }
            try:
                if self._wanted or self._builtins:
                    sys.setprofile(self._event)
                yield
            finally:
                sys.setprofile(before)
                self.delegated |= used

    def _event(self, frame, event, argument):
        if event == "c_call":
            name = self._builtins.get(id(argument))
            if name is not None:
                self.delegated.add(name)
        elif event == "return" and frame.f_code.co_filename == self._own:
            for wanted in self._wanted:
                if wanted in frame.f_locals:
                    self.intermediates[wanted] = frame.f_locals[wanted]


def _builtins_of(name: str) -> list:
    """The built-in functions behind a dotted name."""
    thing = resolve(name)
    if isinstance(thing, type):
        return []
    found = [thing, *unwrap(thing)]
    return [one for one in found if callable(one) and not hasattr(one, "__code__")]


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


def describe_error(error: BaseException, answer: Any, mode: str = "eager") -> Raised:
    """An exception as data, with the deepest line that the learner wrote."""
    own = _filename(answer)
    message, converted = _message(error, own)
    line, filename, variables = _deepest(error, own)
    if line is None and converted is not None:
        line, filename = converted
    code = (linecache.getline(filename, line) if filename and line else "").strip()
    kind_of = type(error).__name__
    if (inner := STAGED.match(message)) and kind_of == "StagingError":
        kind_of, message = inner[1], inner[2]  # what was raised while converting
    scene = Scene(
        type=kind_of,
        message=message,
        code=code,
        source=_source(answer),
        variables=variables,
        known=_find_known(answer, variables),
        answer=getattr(answer, "__name__", ""),
        mode=mode,
    )
    kind, details = explain(scene)
    return Raised(
        type=scene.type,
        message=GRAPH_NODE.sub("", message)[:300],
        cell=_cell(filename),
        line=line,
        code=code[:200],
        stub=isinstance(error, NotImplementedError)
        and code.startswith("raise NotImplementedError"),
        kind=kind,
        details=details,
    )


def place_of(error: BaseException, answer: Any) -> dict[str, Any]:
    """The learner's line that was running: its cell, number and text, or None."""
    line, filename, _ = _deepest(error, _filename(answer))
    code = linecache.getline(filename, line).strip() if filename and line else ""
    return {"cell": _cell(filename), "line": line, "code": code[:200]}


def _deepest(
    error: BaseException, own: str | None
) -> tuple[int | None, str | None, dict[str, Any]]:
    """The last line of the learner's that was running: its number, file, variables."""
    found: tuple[int | None, str | None, dict[str, Any]] = (None, None, {})
    for frame, line in traceback.walk_tb(error.__traceback__):
        filename = frame.f_code.co_filename
        if filename == own or _cell(filename) is not None:
            found = (line, filename, dict(frame.f_locals))
    return found


def _message(
    error: BaseException, own: str | None
) -> tuple[str, tuple[int, str] | None]:
    """What an error says in one line of at most 1000 characters.

    Returns:
        The line, and the learner's line if TensorFlow wrote it into the message, as it
        does for code that it has converted ("in user code:"): (number, file).
    """
    try:
        lines = [NODE.sub("", line).strip() for line in str(error).splitlines()]
    except Exception:
        lines = []
    lines = [line for line in lines if line and not line.startswith(AROUND)]
    if not lines or lines[0] != "in user code:":
        return (lines[0][:1000] if lines else ""), None
    places = [PLACE.match(line) for line in lines]
    learners = [m for m in places if m and (m[1] == own or _cell(m[1]) is not None)]
    prefix = f"{type(error).__name__}: "
    said = [line.removeprefix(prefix) for line in lines if line.startswith(prefix)]
    place = (int(learners[-1][2]), learners[-1][1]) if learners else None
    return (said[-1] if said else lines[-1])[:1000], place


def _source(answer: Any) -> str:
    """The learner's text; "" where none is known."""
    try:
        return textwrap.dedent(inspect.getsource(answer))
    except (OSError, TypeError, IndentationError):
        return ""


def _find_known(answer: Any, variables: dict[str, Any]) -> tuple[str, ...]:
    return (*variables, *getattr(answer, "__globals__", {}), *vars(builtins))


def _cell(filename: str | None) -> int | None:
    """The n of `In [n]` for a notebook cell's file name; None for anything else."""
    shell = sys.modules.get("IPython")
    shell = shell.get_ipython() if shell is not None else None
    names = getattr(getattr(shell, "compile", None), "_filename_map", {})
    return names.get(filename)
