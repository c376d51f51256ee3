"""The library's own source as an answer cell: whole, or with bodies to fill in."""

import ast
import importlib
import textwrap

from course.examination.candidate import source_of

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def shown_source(statement: str, blank: tuple[str, ...]) -> str:
    """What stands behind `from module import name`, the named bodies marked.

    Args:
        statement: One import of one public name.
        blank: The functions or methods whose bodies the learner writes; their
            signatures and docstrings stay.

    Raises:
        ValueError: the statement imports something else, or a name is not there.
    """
    (node,) = ast.parse(statement).body
    if not isinstance(node, ast.ImportFrom) or len(node.names) != 1:
        raise ValueError(f"an answer imports one name; got {statement!r}")
    definition = getattr(importlib.import_module(node.module or ""), node.names[0].name)
    return with_blanks(textwrap.dedent(source_of(definition)).rstrip(), blank)


def with_blanks(source: str, blank: tuple[str, ...]) -> str:
    """Puts nbgrader's solution markers round the bodies of the named functions."""
    functions = [
        n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)
    ]
    missing = set(blank) - {function.name for function in functions}
    if missing:
        raise ValueError(f"nothing to blank: {', '.join(sorted(missing))}")
    lines = source.splitlines()
    # From the end, so that earlier line numbers stay true.
    for function in sorted(functions, key=lambda f: -f.lineno):
        if function.name in blank:
            body = function.body[1:] if ast.get_docstring(function) else function.body
            if not body:
                raise ValueError(f"{function.name} has no body to blank")
            indent = " " * body[0].col_offset
            lines.insert(function.end_lineno or len(lines), indent + END)
            lines.insert(body[0].lineno - 1, indent + BEGIN)
    return "\n".join(lines)
