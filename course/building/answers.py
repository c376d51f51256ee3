"""Any implementation as the text of an answer cell: self-contained, rightly named."""

import ast
import functools
import importlib
import inspect
import sys
from typing import Any

from course.examination.candidate import source_of
from course.examination.exercise import Exercise

UNREADABLE = "course.checks", "course.datasets"


def answer_text(exercise: Exercise, implementation: Any) -> str:
    """What a learner who thinks so would have typed.

    Args:
        exercise: Names the answer.
        implementation: A function or class from the exercise's definitions (the
            reference, a misconception, an alternative), or a value.

    Returns:
        Source that needs nothing beyond its own imports: the helpers that the
        implementation uses come with it.
    """
    if not callable(implementation):
        return f"{exercise.answer} = {implementation!r}"
    module = sys.modules[implementation.__module__]
    definitions, imports = _top_level(module)
    source = _rename(implementation, exercise.answer)
    needed, waiting = {}, [source]
    while waiting:
        for name in _names(waiting.pop()):
            if name in needed or name == implementation.__name__:
                continue
            if name in definitions:
                needed[name] = definitions[name]
                waiting.append(definitions[name])
    order = [name for name in definitions if name in needed]
    body = "\n\n".join([*(needed[name] for name in order), source])
    used = _names(body)
    header = [line for name, line in imports.items() if name in used]
    return "\n".join([*dict.fromkeys(header), "", body]).strip() + "\n"


def _rename(implementation: Any, answer: str) -> str:
    """The source, under the name that the exercise asks for."""
    old, source = implementation.__name__, source_of(implementation)
    # A class names itself inside, in super() calls of the old style for example.
    lines = source.splitlines()
    keyword = "class" if isinstance(implementation, type) else "def"
    lines[0] = lines[0].replace(f"{keyword} {old}", f"{keyword} {answer}", 1)
    return "\n".join(lines)


@functools.cache
def _top_level(module: Any) -> tuple[dict[str, str], dict[str, str]]:
    """A module's definitions by name, and its imports by the name they bind.

    What it takes from where a graded answer cannot read counts as its own.
    """
    source = inspect.getsource(module)
    lines = source.split("\n")
    definitions: dict[str, str] = {}
    imports: dict[str, str] = {}
    for node in ast.parse(source).body:
        text = _text_of(node, lines)
        match node:
            case ast.FunctionDef(decorator_list=[ast.Call()]):
                continue  # a probe or a property
            case ast.FunctionDef() | ast.ClassDef():
                definitions[node.name] = text
            case ast.Assign(value=ast.Call(func=ast.Name(id="Exercise"))):
                continue
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Name(id="copy_of"))
                | ast.Attribute(value=ast.Name(id="exercise"), attr="reference"),
            ):
                twin = getattr(module, name)
                definitions[name] = f"{source_of(twin)}\n{name} = {twin.__name__}"
                if twin.__module__ != module.__name__:
                    _, more = _top_level(sys.modules[twin.__module__])
                    imports |= {n: t for n, t in more.items() if n not in imports}
            case ast.Assign(targets=[ast.Name(id=name)]):
                definitions[name] = text
            case ast.ImportFrom(module=str(home)) if home.startswith(UNREADABLE):
                theirs, more = _top_level(importlib.import_module(home))
                definitions |= {n: t for n, t in theirs.items() if n not in definitions}
                imports |= {n: t for n, t in more.items() if n not in imports}
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    bound = (alias.asname or alias.name).partition(".")[0]
                    imports[bound] = _one_import(node, alias)
    return definitions, imports


def _text_of(node: ast.stmt, lines: list[str]) -> str:
    """A statement's text; `ast.get_source_segment` splits the whole file for each."""
    first, last = node.lineno - 1, node.end_lineno or node.lineno
    *above, end = lines[first:last]
    return "\n".join([*above, end.encode()[: node.end_col_offset].decode()])


def _one_import(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    what = alias.name + (f" as {alias.asname}" if alias.asname else "")
    if isinstance(node, ast.ImportFrom):
        return f"from {node.module} import {what}"
    return f"import {what}"


def _names(source: str) -> set[str]:
    nodes = ast.walk(ast.parse(source))
    return {node.id for node in nodes if isinstance(node, ast.Name)}
