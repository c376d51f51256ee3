"""A cell as Python: magics, shell lines and prompts are read as IPython reads them.

Whatever parses or runs a learner's cell sees this text: the verdict in a notebook, the
plan of what is run, and grading, so that they agree about what a syntax error is.
"""

import ast
import re

# Nothing of this in a cell: it is Python already.
_SPECIAL = re.compile(r"[%!?]|>>>|\A[ \t]|^In \[|^[ \t]*[/,;]", re.MULTILINE)
_CELL_MAGIC = re.compile(r"[ \t]*%%(\w+)[^\n]*(?:\n|\Z)")
# Cell magics whose body runs in the notebook's own names; no other's does.
_RUNS_ITS_BODY = {"time", "capture", "prun"}
_MOST_SHOWN = 80
_MOST_MAGICS = 500
_MOST_READ = 200_000  # characters of one cell, over and over


def as_python(source: str) -> str:
    """The Python that a cell stands for; its lines keep their numbers.

    A line magic or a shell line becomes a call of `get_ipython()`. A cell magic that
    runs its body in the notebook (`%%time`) gives that body, any other one such a call.
    What IPython cannot transform stays as it is.
    """
    text = source.lstrip()
    code = len(source) - len(text)
    above = "\n" * source.count("\n", 0, code)  # IPython takes empty lines away
    source = source[source.rfind("\n", 0, code) + 1 :] if text else ""
    while (magic := _CELL_MAGIC.match(source)) and magic.group(1) in _RUNS_ITS_BODY:
        above += "\n" * magic.group().count("\n")
        source = source[magic.end() :]
    if not _SPECIAL.search(source):
        return above + source
    try:
        return above + _transform(source)
    except Exception:  # too many magics, or text that cannot be split into tokens
        return above + source


def _transform(source: str) -> str:
    """IPython's own transformation, in time that grows as the text does."""
    from IPython.core.inputtransformer2 import TransformerManager

    manager = TransformerManager()
    lines = source.splitlines(keepends=True)
    if not source.endswith("\n"):
        lines[-1] += "\n"
    transforms: list = manager.cleanup_transforms + manager.line_transforms
    for transform in transforms:
        lines = transform(lines)
    # Each round splits all of the cell into tokens, for one magic.
    for _ in range(min(_MOST_MAGICS, _MOST_READ // len(source) + 2)):
        changed, lines = manager.do_one_token_transform(lines)
        if not changed:
            return "".join(lines)
    raise ValueError("too many magics")


def parse(python: str) -> ast.Module:
    """Parses text of `as_python`; as in a notebook, `await` may stand anywhere.

    Raises:
        SyntaxError: It is no Python.
        ValueError, RecursionError, MemoryError: It holds what no parser takes.
    """
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return compile(python, "<cell>", "exec", flags=flags, dont_inherit=True)


def magics_in(python: str) -> list[str]:
    """The magics and shell lines in text of `as_python`, as a learner writes them."""
    if "get_ipython" not in python:
        return []
    try:
        calls = [n for n in ast.walk(parse(python)) if isinstance(n, ast.Call)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [shown for call in calls if (shown := _as_written(call))]


_MARKS = {
    "run_line_magic": "%",
    "run_cell_magic": "%%",
    "system": "!",
    "getoutput": "!",
}


def _as_written(call: ast.Call) -> str | None:
    match call.func:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr=attr):
            mark = _MARKS.get(attr)
        case _:
            return None
    words = [str(arg.value) for arg in call.args if isinstance(arg, ast.Constant)]
    if mark is None or not words:
        return None
    if words[0] in ("pinfo", "pinfo2"):
        return f"{words[-1]}?"[:_MOST_SHOWN]
    return f"{mark}{' '.join(words[:2])}".strip()[:_MOST_SHOWN]
