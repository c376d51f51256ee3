"""What a verdict rests on besides the submission, as digests of files.

Nothing is imported for it: whoever hands out the grading need not load TensorFlow.
"""

import ast
import functools
import importlib.metadata
from pathlib import Path

from course.grading.run.journal import digest
from course.messages import LANGUAGES, catalogue
from course.paths import PACKAGE

CHECKS = PACKAGE / "checks"
LIBRARY = PACKAGE.parent / "transformer_tf"
# Packages of the course that no verdict depends on; the checks count one by one.
_APART = {
    "building",
    "checks",
    "commands",
    "exercises",
    "fork_server",
    "learning",
    "lessons",
    "nbgrader",
    "run",
    "sandbox",
}


class Sources:
    """Digests of the course as it is installed here.

    Args:
        checks: The directory with the checks' modules.

    Attributes:
        course: Of the course's version: everything that examines, but for the checks
            themselves, and the library with the references.
    """

    def __init__(self, checks: Path = CHECKS):
        self.checks = checks
        self.course = _version()
        self.modules = {}
        for path in sorted(checks.rglob("*.py")):
            for name in _exercises_in(path.read_text(encoding="utf-8")):
                self.modules[name.replace(".", "-")] = name, path

    def check(self, grade_id: str) -> str:
        """Of an exercise's code and its texts; "" if no module defines it."""
        if grade_id not in self.modules:
            return ""
        name, path = self.modules[grade_id]
        code = [file.read_bytes() for file in sorted(self._find_needed(path))]
        return digest(*code, *_texts(name))

    def _find_needed(self, path: Path) -> set[Path]:
        """A module of the checks, and those that it imports."""
        needed, waiting = {path}, [path]
        while waiting:
            tree = ast.parse(waiting.pop().read_text(encoding="utf-8"))
            found = {file for name in _find_imports(tree) if (file := self._file(name))}
            waiting += found - needed
            needed |= found
        return needed

    def _file(self, module: str) -> Path | None:
        """Of `course.checks.topic.name`; None if it is no such module."""
        if not module.startswith("course.checks."):
            return None
        path = self.checks.joinpath(*module.split(".")[2:]).with_suffix(".py")
        return path if path.is_file() else None


def _exercises_in(source: str):
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="Exercise"), args=[ast.Constant(value), *_]):
                yield value


def _find_imports(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _texts(name: str):
    topic = name.partition(".")[0]
    for language in LANGUAGES:
        known = catalogue(topic, language)
        yield from (f"{k}={v}" for k, v in known.items() if k.startswith(f"{name}."))


@functools.cache
def _version() -> str:
    try:
        number = importlib.metadata.version("transformer_tf")
    except importlib.metadata.PackageNotFoundError:
        number = ""
    parts: list[str | bytes] = [number]
    for root in (PACKAGE, LIBRARY):
        for path in sorted(root.rglob("*.py")):
            place = path.relative_to(root)
            if not _APART.intersection(place.parts[:-1]):
                parts += (str(place), path.read_bytes())
    for language in LANGUAGES:
        for topic in ("engine", "grading"):
            parts += [f"{k}={v}" for k, v in catalogue(topic, language).items()]
    return digest(*parts)
