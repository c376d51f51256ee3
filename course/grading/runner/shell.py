"""Runs a notebook's cells in this process as Jupyter would, without a kernel."""

import ast
import asyncio
import builtins
import inspect
import io
import linecache
import os
import signal
import sys
import traceback
import types

import IPython.core.inputtransformer2  # noqa: F401, before a fork: every cell needs it

from course.examination.clock import PATIENCE, TimeIsUp
from course.notebooks.as_python import as_python
from course.notebooks.printable import printable

MAX_OUTPUT = 20_000
_WRITES_A_FILE = {"writefile", "file"}


class Shell:
    """One notebook's namespace.

    Attributes:
        names: The dict in which cells run; it belongs to the module `__main__`.
    """

    def __init__(self):
        module = types.ModuleType("__main__")
        module.__dict__.update(__builtins__=builtins, __name__="__main__", In=[""])
        sys.modules["__main__"] = module
        self.names = module.__dict__
        self.history = self.names["In"]
        vars(builtins)["get_ipython"] = lambda: _Magics(self)
        vars(builtins)["display"] = print

    def run(self, source, name):
        """Runs a cell; what it raises comes out."""
        python = as_python(source)
        self.history.append(python)
        self.execute(python, name)

    def execute(self, source, name):
        """Runs Python in the notebook's names, as no cell of its own."""
        lines = source.splitlines(keepends=True)
        linecache.cache[name] = (len(source), None, lines, name)
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(source, name, "exec", flags=flags, dont_inherit=True)
        value = eval(code, self.names)
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio.run(value)


class _Magics:
    """What is left of `get_ipython()`: what is timed runs, files are written.

    Every other magic and shell line does nothing, so that it costs nothing.
    """

    def __init__(self, shell):
        self._shell = shell

    def run_line_magic(self, name, line, *ignored):
        if name == "time" and line.strip():
            try:
                code = compile(line.strip(), "<magic>", "eval")
            except SyntaxError:
                self._shell.execute(as_python(line), "<magic>")
            else:
                return eval(code, self._shell.names)
        if name == "run" and os.path.isfile(line.strip()):
            with open(line.strip(), encoding="utf-8") as file:
                self._shell.execute(file.read(), line.strip())
        return None

    def run_cell_magic(self, name, line, cell):
        if name in _WRITES_A_FILE and line.split():
            mode = "a" if "-a" in line.split() else "w"
            with open(line.split()[-1], mode, encoding="utf-8") as file:
                file.write(cell)

    def getoutput(self, *ignored, **options):
        return []

    def __getattr__(self, name):
        return lambda *arguments, **options: None


class _Bounded(io.TextIOBase):
    """Keeps the first characters that are written and forgets the rest."""

    def __init__(self):
        self.kept, self.left = [], MAX_OUTPUT

    def writable(self):
        return True

    def write(self, text):
        text = str(text)
        if self.left > 0:
            self.kept.append(text[: self.left])
            self.left -= len(text)
        return len(text)


def bounded_run(shell, source, name, seconds):
    """Runs a cell for at most `seconds` of processor time.

    Returns:
        error: None, or the kind of error, its message and the learner's own lines.
        output: What the cell printed, at most `MAX_OUTPUT` characters.
    """
    written, error = _Bounded(), None
    sys.stdout = sys.stderr = written
    try:
        with alarm(seconds):
            shell.run(source, name)
    except TimeIsUp:
        error = {"kind": "TimeIsUp", "message": f"more than {seconds} s", "lines": ""}
    except BaseException as raised:
        error = describe(raised)
    finally:
        sys.stdout = sys.stderr = _Bounded()
    return error, "".join(written.kept)


class alarm:
    """Raises `TimeIsUp` in this thread after so many seconds of processor time.

    A busy machine is no reason to call an answer slow; for one that waits, `PATIENCE`
    times as long on the clock is the end.
    """

    def __init__(self, seconds):
        self.seconds = seconds

    def __enter__(self):
        for number, timer, seconds in (
            (signal.SIGPROF, signal.ITIMER_PROF, self.seconds),
            (signal.SIGALRM, signal.ITIMER_REAL, PATIENCE * self.seconds),
        ):
            signal.signal(number, _ring)
            signal.setitimer(timer, seconds, 0.5)

    def __exit__(self, *ignored):
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _ring(*ignored):
    raise TimeIsUp


def describe(raised):
    """An exception as short strings, whatever its own methods do."""
    try:
        message = printable(str(raised), 500)
    except BaseException:
        message = ""
    try:
        own = [
            f"{frame.name}, line {frame.lineno}: {(frame.line or '').strip()[:200]}"
            for frame in traceback.extract_tb(raised.__traceback__)
            if frame.filename.startswith("<cell")
        ]
    except BaseException:
        own = []
    lines = "\n".join(own[-5:])
    kind = printable(type(raised).__name__, 80)
    return {"kind": kind, "message": message, "lines": lines}
