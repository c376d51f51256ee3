"""A learner's own pieces: kept when a check finds them right, used in later notebooks.

Each stands in a file of its own in `my_pieces/`, in the learner's folder: plain Python
with the imports it needs. What cannot be read, or is no longer right, is left alone and
the library's version takes its place; a notebook is never blocked by one.
"""

import ast
import contextlib
import dataclasses
import dis
import linecache
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from course import settings
from course.examination.clock import TimeIsUp, time_limit
from course.examination.exercise import Exercise
from course.examination.silence import silence
from course.files import write_atomically
from course.showing.pieces import ShownPieces

FOLDER = "my_pieces"
MOST_CHARACTERS = 50_000
SECONDS = 10


class NotExportable(Exception):
    """The answer uses something that cannot be written down in a file."""


@dataclasses.dataclass(frozen=True)
class Piece:
    """One piece in use.

    Args:
        name: The name of the function or class.
        value: The function or class itself.
        origin: "yours", or why it is the library's: "none" (nothing was exported),
            "broken" (the file cannot be run) or "wrong" (it runs, but is not right).
        problem: What was wrong with the file, for a human; "" if nothing.
    """

    name: str
    value: Any
    origin: str
    problem: str = ""


def path_of(exercise: str, folder: Path) -> Path:
    return folder / FOLDER / f"{exercise.replace('.', '_')}.py"


def keep(exercise: Exercise, answer: Any, namespace: Mapping[str, Any]) -> Path | None:
    """Writes a right answer into the learner's folder; says where, or None.

    Nothing is written outside a learner's folder, nor where the answer needs what a
    file cannot hold. It never raises.
    """
    folder = settings.learner_folder()
    if folder is None or not callable(answer):
        return None
    with contextlib.suppress(Exception):
        text = source_of_answer(exercise.answer, namespace)
        header = f'"""Your own answer to {exercise.name}, written by its check."""\n\n'
        path = path_of(exercise.name, folder)
        if not path.is_file() or path.read_text(encoding="utf-8") != header + text:
            write_atomically(path, header + text)
        return path
    return None


def source_of_answer(name: str, namespace: Mapping[str, Any]) -> str:
    """The source of a name in a notebook, with all that it uses from there.

    Raises:
        NotExportable: something that it uses has no source and is no plain value.
    """
    imports: dict[str, str] = {}
    bodies: dict[str, str] = {}

    def add(name: str) -> None:
        value = namespace[name]
        if name in imports or name in bodies:
            return
        line = _import_of(name, value, namespace.get("__name__", "__main__"))
        if line is not None:
            imports[name] = line
            return
        bodies[name] = ""  # recursion ends here
        source = _source_of(name, value)
        for used in sorted(_find_used(source)):
            if used in namespace and not used.startswith("__"):
                add(used)
        del bodies[name]  # what it uses comes first
        bodies[name] = source

    add(name)
    lines = sorted(set(imports.values()))
    return "\n\n\n".join(["\n".join(lines), *bodies.values()]).strip() + "\n"


def load(
    exercise: str, library: Any, right: Callable[[str, Any], bool] | None
) -> Piece:
    """The learner's own piece, or the library's.

    Args:
        exercise: Whose answer is wanted.
        library: What takes its place.
        right: Says whether an answer to an exercise is right; None trusts the file.
    """
    name, folder = library.__name__, settings.learner_folder()
    path = path_of(exercise, folder) if folder is not None else None
    if path is None or not path.is_file():
        return Piece(name, library, "none")
    try:
        value = _run(path)[name]
    except (Exception, SystemExit, TimeIsUp) as error:
        return Piece(name, library, "broken", f"{type(error).__name__}: {error}"[:200])
    if right is not None and not right(exercise, value):
        return Piece(name, library, "wrong")
    return Piece(name, value, "yours")


def _run(path: Path) -> dict[str, Any]:
    """The names that a file defines, run in at most `SECONDS`, in silence."""
    source = path.read_text(encoding="utf-8")
    if len(source) > MOST_CHARACTERS:
        raise ValueError(f"{path.name} is longer than {MOST_CHARACTERS} characters")
    filename = str(path)
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    module = types.ModuleType(f"{FOLDER}.{path.stem}")
    code = compile(source, filename, "exec", dont_inherit=True)
    with silence(), time_limit(SECONDS):
        exec(code, module.__dict__)
    return module.__dict__


def _import_of(name: str, value: Any, home: str) -> str | None:
    """The line that imports a value which comes from elsewhere; None if it does not."""
    if isinstance(value, types.ModuleType):
        package, _, last = value.__name__.rpartition(".")
        start = f"from {package} import {last}" if package else f"import {last}"
        return start if last == name else f"{start} as {name}"
    module = getattr(value, "__module__", None)
    known = getattr(value, "__qualname__", None)
    if not module or not known or module == home or not known.isidentifier():
        return None
    start = f"from {module} import {known}"
    return start if known == name else f"{start} as {name}"


def _source_of(name: str, value: Any) -> str:
    """The statement that defines a name, from the cell in which it was run."""
    if isinstance(value, ShownPieces):  # a capstone's: they have files of their own
        return f"{name} = my_pieces(*{value.exercises})"
    if isinstance(value, bool | int | float | str | None):
        return f"{name} = {value!r}"
    filename = _filename(getattr(value, "python_function", value))
    cell = "".join(linecache.getlines(filename)) if filename else ""
    found = [node for node in ast.parse(cell).body if name in _find_defined(node)]
    if not found:
        raise NotExportable(name)
    first = min([found[-1].lineno, *(d.lineno for d in _decorators(found[-1]))])
    return "\n".join(cell.splitlines()[first - 1 : found[-1].end_lineno])


def _filename(value: Any) -> str | None:
    members = vars(value).values() if isinstance(value, type) else [value]
    codes = [getattr(member, "__code__", None) for member in members]
    return next((code.co_filename for code in codes if code is not None), None)


def _find_defined(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _decorators(node: ast.stmt) -> list[ast.expr]:
    return getattr(node, "decorator_list", [])


def _find_used(source: str) -> set[str]:
    """The names that some code looks up outside itself."""
    found, waiting = set(), [compile(source, "<piece>", "exec", dont_inherit=True)]
    while waiting:
        code = waiting.pop()
        waiting += [c for c in code.co_consts if isinstance(c, types.CodeType)]
        found |= {
            instruction.argval
            for instruction in dis.get_instructions(code)
            if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME")
        }
    return found
