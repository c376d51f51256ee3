"""What can be seen of an error, and the ways to read it."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Scene(NamedTuple):
    """What can be seen where the learner's code raised.

    Args:
        type, message: Of the error; the message in one line.
        code: The line that raised; "" if none of the learner's did.
        source: The learner's function or class, up to its whole text.
        variables: The function's variables when it raised; none while a graph is made.
        known: Every name that the code could have meant.
        answer: The name of the learner's function or class.
        mode: "eager", "graph" or "xla".
    """

    type: str
    message: str
    code: str = ""
    source: str = ""
    variables: Mapping[str, Any] = {}
    known: tuple[str, ...] = ()
    answer: str = ""
    mode: str = "eager"

    def shape_of(self, node: ast.AST) -> list[int] | None:
        """The shape of a variable, or of its `.T`; None for any other expression."""
        if isinstance(node, ast.Attribute) and node.attr == "T":
            inside = self.shape_of(node.value)
            return inside[::-1] if inside else None
        value = self.variables.get(node.id) if isinstance(node, ast.Name) else None
        try:
            return [int(size) for size in value.shape]  # type: ignore[union-attr]
        except (AttributeError, TypeError, ValueError):
            return None

    def search(self, pattern: str) -> re.Match | None:
        return re.search(pattern, self.message)

    def in_line(self) -> Iterator[ast.AST]:
        """The expressions of the line that raised, the outer ones first."""
        yield from nodes_of(self.code)


def nodes_of(source: str) -> Iterator[ast.AST]:
    """Every node of some source; none if a part of a statement is no Python alone."""
    for attempt in (source, f"{source}\n    pass", source.partition(": ")[2]):
        try:
            yield from ast.walk(ast.parse(attempt.strip()))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return


def sizes(text: str) -> list[int]:
    """ "2, 3" -> [2, 3]."""
    return [int(size) for size in re.findall(r"\d+", text)]
