"""Writes exercises/ and the lessons' notebooks: nbgrader's own release, then a copy."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from traitlets.config import Config

from course.building.glossary import glossary_notebook
from course.building.index import index_notebook
from course.building.learning_path import INDEX, stops
from course.building.notebook import source_notebook
from course.building.pictures import draw, take_over, without_pictures
from course.building.readme import with_units
from course.building.timetable import PAGE, timetable
from course.files import write_atomically
from course.messages import LANGUAGES
from course.paths import GLOSSARY, lessons_folder, repository, units_of

STUBS = {
    "en": "# YOUR CODE HERE\nraise NotImplementedError()",
    "es": "# TU CÓDIGO AQUÍ\nraise NotImplementedError()",
}


def build(root: Path | None = None, units: list[str] | None = None) -> list[Path]:
    """Builds every notebook of the course.

    Args:
        root: The checkout; found by itself if None. Everything is written below it:
            solutions/*/*.ipynb (English, with answers, never committed),
            exercises/{en,es}/*/*.ipynb and course/lessons/{en,es}/*.ipynb.
        units: The folders to build; all if None.

    Returns:
        The written notebooks.
    """
    root = root or repository()
    written = []
    with tempfile.TemporaryDirectory() as scratch:
        for path in _build_into(Path(scratch), root, units):
            target = root / path.relative_to(scratch)
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists() or target.read_bytes() != path.read_bytes():
                shutil.copyfile(path, target)
            written.append(target)
    readme = root / "README.md"
    write_atomically(readme, with_units(readme.read_text(encoding="utf-8"), root))
    write_atomically(root / PAGE, timetable(root))
    return written


def draw_missing(
    root: Path | None = None, units: list[str] | None = None
) -> Iterator[Path]:
    """Draws the pictures that built notebooks lack, running what those stand on.

    Args:
        root, units: As for `build`.

    Yields:
        Each notebook that has new pictures.
    """
    root = root or repository()
    for language in LANGUAGES:
        for stop in stops(root, language):
            path = root / stop.path
            wanted = set(without_pictures(path))
            if stop.unit in (units or [stop.unit]) and wanted:
                draw(stop, path, wanted)
                yield path


def stale_notebooks(root: Path | None = None) -> list[str]:
    """The committed notebooks that differ from a fresh build, or that none builds."""
    root = root or repository()
    with tempfile.TemporaryDirectory() as scratch:
        fresh = {
            path.relative_to(scratch): path.read_bytes()
            for path in _build_into(Path(scratch), root, None)
        }
    fresh = {path: data for path, data in fresh.items() if path.parts[0] != "solutions"}
    committed = {
        path.relative_to(root): path.read_bytes()
        for folder in ("exercises", "course/lessons")
        for path in (root / folder).rglob("*.ipynb")
        if ".ipynb_checkpoints" not in path.parts
    }
    differing = {p for p in fresh if committed.get(p) != fresh[p]}
    stale = sorted(str(p) for p in differing | (set(committed) - set(fresh)))
    readme = (root / "README.md").read_text(encoding="utf-8")
    if readme != with_units(readme, root):
        stale.append("README.md")
    weeks = root / PAGE
    if not weeks.is_file() or weeks.read_text(encoding="utf-8") != timetable(root):
        stale.append(str(PAGE))
    return stale


def _build_into(scratch: Path, root: Path, units: list[str] | None) -> list[Path]:
    for unit in units or units_of(root):
        for language in LANGUAGES:
            _release(scratch, root / "solutions" / unit, language)
    for language in LANGUAGES:
        target = scratch / "exercises" / language / INDEX
        _write(index_notebook(root, language), target)
        _write(glossary_notebook(language), target.with_name(GLOSSARY))
    for script in sorted(lessons_folder().glob("[0-9]*.py")):
        if units and script.stem not in units:
            continue
        for language in LANGUAGES:
            target = scratch / "course" / "lessons" / language / f"{script.stem}.ipynb"
            _write(source_notebook(script, language), target)
    built = sorted(scratch.rglob("*.ipynb"))
    for path in built:
        place = path.relative_to(scratch)
        if place.parts[0] != "solutions":
            take_over(path, root / place)
    return built


def _release(scratch: Path, folder: Path, language: str) -> None:
    """Source notebooks of one unit and language, then nbgrader's release of them."""
    with tempfile.TemporaryDirectory() as course:
        for script in sorted(folder.glob("*.py")):
            notebook = source_notebook(script, language)
            name = f"{script.stem}.ipynb"
            _write(notebook, Path(course) / "source" / folder.name / name)
            if language == "en":
                _write(notebook, scratch / "solutions" / folder.name / name)
        generate_assignment(Path(course), folder.name, language)
        for path in (Path(course) / "release" / folder.name).glob("*.ipynb"):
            target = scratch / "exercises" / language / folder.name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def generate_assignment(course: Path, unit: str, language: str) -> None:
    """`nbgrader generate_assignment` without a gradebook, source/ -> release/."""
    from nbgrader.apps import NbGraderAPI

    config = Config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.db_url = "sqlite://"
    config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False
    config.ClearSolutions.code_stub = {"python": STUBS[language]}
    with _back_in_this_folder():
        result = NbGraderAPI(config=config).generate_assignment(unit)
    if not result["success"]:
        raise RuntimeError(result.get("error") or result.get("log"))


def _write(notebook: nbformat.NotebookNode, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


@contextlib.contextmanager
def _back_in_this_folder() -> Iterator[None]:
    """nbgrader's converters change the working directory."""
    here = os.getcwd()
    try:
        yield
    finally:
        os.chdir(here)
