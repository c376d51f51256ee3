"""Makes a learner's folder, and brings it up to date without losing a line."""

import json
import shutil
import time
from pathlib import Path

from course import errors, settings
from course.files import write_atomically
from course.messages import LANGUAGES
from course.notebooks.links import relink_notebook
from course.notebooks.rebuild import rebuild, role, text_of
from course.paths import exercises_folder, lessons_folder

LESSON = "lesson.ipynb"
INSTALL = "install"  # whoever makes a folder has installed the course


def start(folder: Path, language: str | None) -> dict[str, list[str]]:
    """Copies the course into a folder; see `transformer-course start --help`.

    Args:
        folder: The learner's; made if it is not there.
        language: "en" or "es"; None keeps the folder's own, or English.

    Returns:
        The notebooks by what happened to them: "new", "kept", "updated".

    Raises:
        CourseError: a notebook in the folder cannot be read; nothing is changed then.
    """
    language = language or settings.language_of(folder)
    plan = [
        (folder / name, released, _current(folder / name, released, fresh, language))
        for name, (released, fresh) in _course(language).items()
    ]
    report: dict[str, list[str]] = {"new": [], "kept": [], "updated": []}
    before = folder / settings.FOLDER / "before" / time.strftime("%Y-%m-%d_%H%M%S")
    for path, _, content in plan:
        name = str(path.relative_to(folder))
        if not path.exists():
            report["new"].append(name)
        elif path.read_text(encoding="utf-8") == content:
            report["kept"].append(name)
            continue
        else:
            report["updated"].append(name)
            (before / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, before / name)
        write_atomically(path, content)
    stored = json.dumps({"language": language})
    write_atomically(folder / settings.FOLDER / "settings.json", stored)
    return report


def _course(language: str) -> dict[str, tuple[Path, str]]:
    """Every notebook of the course by its place in a learner's folder.

    Returns:
        Its file, and what it holds with its links led to that folder.
    """
    exercises = sorted((exercises_folder() / language).rglob("*.ipynb"))
    if not exercises:
        raise errors.error("notebooks_missing", folder=exercises_folder() / language)
    released = {}
    for path in exercises:
        if ".ipynb_checkpoints" not in path.parts:
            name = path.relative_to(exercises_folder() / language).as_posix()
            released[f"exercises/{language}/{name}"] = (name, path)
    for path in sorted((lessons_folder() / language).glob("*.ipynb")):
        name = f"{path.stem}/{LESSON}"
        released[f"course/lessons/{language}/{path.name}"] = (name, path)
    places = {old: name for old, (name, _) in released.items()}
    return {
        name: (path, _mine(path, old, places)) for old, (name, path) in released.items()
    }


def _mine(path: Path, old: str, places: dict[str, str]) -> str:
    """A released notebook as a learner's folder has it."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [c for c in notebook["cells"] if c["id"] != INSTALL]
    return relink_notebook(json.dumps({**notebook, "cells": cells}), old, places)


def _current(path: Path, released: Path, fresh: str, language: str) -> str:
    """What the folder should hold: the release, with the learner's work in it."""
    if not path.exists():
        return fresh
    mine = path.read_text(encoding="utf-8")
    try:
        notebook = json.loads(mine)
        same_language = notebook["metadata"]["course"]["language"] == language
        if same_language and _same_release(notebook, json.loads(fresh)):
            return mine
        _translate_untouched(notebook, released, language)
        rebuilt, _ = rebuild(json.loads(fresh), json.dumps(notebook))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise errors.error("not_of_this_course", path=path) from error
    pictures = {c["id"]: c.get("outputs", []) for c in json.loads(fresh)["cells"]}
    for cell in rebuilt["cells"]:
        cell["metadata"].get("course", {}).pop("origin", None)
        if not cell["metadata"].get("course", True):
            del cell["metadata"]["course"]
        if cell["cell_type"] == "code":
            outputs = pictures.get(cell.get("id"), [])
            cell |= {"execution_count": None, "outputs": outputs}
    return json.dumps(rebuilt, ensure_ascii=False, indent=1) + "\n"


def _same_release(mine: dict, fresh: dict) -> bool:
    """Whether what the course gives out is still what this notebook was made from."""
    texts = {c.get("id"): text_of(c) for c in mine["cells"] if role(c) != "answer"}
    fixed = [c for c in fresh["cells"] if role(c) in ("text", "check")]
    return all(texts.get(cell["id"]) == text_of(cell) for cell in fixed)


def _translate_untouched(notebook: dict, released: Path, language: str) -> None:
    """Code that the learner left as it was follows the language."""
    unit, name = released.parent.name, released.name
    versions: dict[str, dict[str, str]] = {}
    for each in LANGUAGES:
        path = exercises_folder() / each / unit / name
        cells = json.loads(path.read_text())["cells"] if path.is_file() else []
        for cell in cells:
            versions.setdefault(cell["id"], {})[each] = text_of(cell)
    for cell in notebook["cells"]:
        known = versions.get(cell.get("id"), {})
        if text_of(cell) in known.values():
            cell["source"] = known.get(language, text_of(cell))
