"""What a notebook says where a cell needs an answer that is still to be written.

Cells that show the learner's own answer at work raise what its blank raises. Here that
becomes one kind line, and the cells below run on, as they do after a failed check.
"""

import ast
import linecache
import sys
import traceback
from types import TracebackType
from typing import Any

from course.messages import text
from course.settings import language
from course.showing.card import ShownHint

BLANK = "raise NotImplementedError"
_watchers: list["_Watcher"] = []


def explain_blanks() -> None:
    """In a notebook, from now on, a blank answer that a cell needs is said kindly."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None and not any(one.shell is shell for one in _watchers):
        _watchers.append(_Watcher(shell))


class _Watcher:
    """Sees what cells of an IPython shell raise.

    Attributes:
        missing: What a cell would have made, by the name of the answer it waits for.
    """

    def __init__(self, shell: Any):
        self.shell = shell
        self.missing: dict[str, str] = {}
        self.told: tuple[BaseException | None, str] = (None, "")
        shell.set_custom_exc((NotImplementedError, NameError), self._explain)
        shell.events.register("post_run_cell", self._forgive)

    def _explain(self, shell, kind, error, trace, tb_offset=None) -> None:
        """Shows the line instead of a traceback, where a blank is the reason."""
        from IPython.display import display

        if isinstance(error, NameError):
            answer = self.missing.get(error.name or "")
        else:
            answer = find_blank(error, trace)
        if answer is None:
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
            return
        self.told = error, answer
        key = "engine.unwritten" if answer else "engine.unwritten_somewhere"
        display(ShownHint(text(key, language(), name=answer)))

    def _forgive(self, result: Any) -> None:
        """Lets the cells below run; what they lack of this one is remembered."""
        if result is None or result.error_in_exec is None:
            return
        error, answer = self.told
        if result.error_in_exec is error:
            names = list_assigned(result.info.raw_cell)
            self.missing |= dict.fromkeys(names - self.shell.user_ns.keys(), answer)
            result.error_in_exec = None


def find_blank(error: BaseException, trace: TracebackType | None) -> str | None:
    """The name of the answer whose blank was reached: "" if it cannot be told which;
    None if something else was raised.
    """
    for frame, _ in reversed(list(traceback.walk_tb(trace))):
        code = frame.f_code
        line = linecache.getline(code.co_filename, frame.f_lineno)
        if line.strip().startswith(BLANK):
            return getattr(code, "co_qualname", code.co_name).partition(".")[0]
    return "" if BLANK in str(error) else None  # in a graph the frames are another's


def list_assigned(source: str) -> set[str]:
    """The names that a cell gives to something, at its top level or below."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    found = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    defined = (ast.FunctionDef, ast.ClassDef)
    return found | {node.name for node in ast.walk(tree) if isinstance(node, defined)}
