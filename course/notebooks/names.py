"""Which names a cell defines."""

import ast
import re

from course.notebooks.as_python import as_python, parse

_DEFINED = re.compile(
    r"^(?:async def|def|class)[ \t]+(\w+)|^(\w+)[ \t]*=(?!=)", re.MULTILINE
)


def names_defined(source: str) -> frozenset[str]:
    """Names defined at the top level of a cell; by shape where it does not parse."""
    python = as_python(source)
    try:
        tree = parse(python)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset(a or b for a, b in _DEFINED.findall(python))
    names = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {t.id for t in node.targets if isinstance(t, ast.Name)}
    return frozenset(names)
