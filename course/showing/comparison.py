"""Our solution beside the learner's, once it can no longer spoil anything."""

import ast
import dataclasses
import html
import inspect
import textwrap
from typing import Any

from course.examination.candidate import source_of
from course.examination.exercise import Exercise
from course.messages import text
from course.showing.colours import CODE_PAPER, INK, NEUTRAL, box


@dataclasses.dataclass(frozen=True, repr=False)
class ShownComparison:
    """Two solutions of one exercise.

    Args:
        title: The exercise's.
        yours: The learner's source; "" if there is none to show.
        ours: The source of the reference.
        language: "en" or "es".
    """

    title: str
    yours: str
    ours: str
    language: str

    def __repr__(self) -> str:
        two = [f"{head}\n\n{textwrap.indent(c, '  ')}" for head, c in self._two()]
        return "\n\n".join([self.title, *two])

    def _repr_html_(self) -> str:
        pre = f"background:{CODE_PAPER};color:{INK};padding:.6em;margin:.3em 0;"
        # Nothing out of sight, and no word torn, whatever a page's style says.
        pre += "white-space:pre-wrap;word-break:normal;overflow-wrap:break-word"
        columns = "".join(
            f'<div style="flex:1 1 24em;min-width:0"><b>{html.escape(head)}</b>'
            f'<pre style="{pre}">{html.escape(code)}</pre></div>'
            for head, code in self._two()
        )
        style = box(NEUTRAL).replace("max-width:52em", "max-width:none")
        return (
            f'<div class="course-card neutral" style="{style}">'
            f"<div>{html.escape(self.title)}</div>"
            '<div style="display:flex;flex-wrap:wrap;gap:0 1.2em">'
            f"{columns}</div></div>"
        )

    def _two(self) -> list[tuple[str, str]]:
        none = text("engine.comparison.nothing", self.language)
        heads = ("yours", self.yours or none), ("ours", self.ours)
        return [
            (text(f"engine.comparison.{key}", self.language), code)
            for key, code in heads
        ]


def comparison(exercise: Exercise, answer: Any, language: str) -> ShownComparison:
    """Our solution beside an answer, which may be a value or not there (None)."""
    title = text(f"{exercise.name}.title", language)
    ours = _without_docstrings(_source(exercise.original))
    return ShownComparison(title, _source(answer), ours, language)


def _without_docstrings(source: str) -> str:
    """What is promised stands in the learner's own cell, in the learner's language."""
    dropped: set[int] = set()
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        if ast.get_docstring(node) is not None and len(node.body) > 1:
            last = node.body[0].end_lineno or 0
            dropped |= {*range(node.body[0].lineno, last + 1)}
            if not lines[last].strip():  # the line after it is empty
                dropped.add(last + 1)
    return "\n".join(line for n, line in enumerate(lines, 1) if n not in dropped)


def _source(thing: Any) -> str:
    if not callable(thing):
        return "" if thing is None else repr(thing)
    try:
        return source_of(thing).rstrip()
    except StopIteration:  # a lambda: no line begins a definition
        return textwrap.dedent(inspect.getsource(thing)).rstrip()
    except (OSError, TypeError):
        return ""
