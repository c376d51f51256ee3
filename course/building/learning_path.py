"""The order of the notebooks, and the links from each to those before and after it.

A unit begins with its lesson. Links lead from file to file of the checkout; where a
notebook is copied to, `course.notebooks.links` rewrites them.
"""

import dataclasses
import functools
import os
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from course.building.script import in_language, read
from course.messages import text
from course.paths import units_of

INDEX = "index.ipynb"


@dataclasses.dataclass(frozen=True)
class Stop:
    """One notebook of the learning path.

    Args:
        script: Which it is built from.
        title: Its first heading.
        unit: The unit's folder.
        language: "en" or "es".
    """

    script: Path
    title: str
    unit: str
    language: str

    @property
    def is_lesson(self) -> bool:
        return self.script.parent.name == "lessons"

    @property
    def path(self) -> Path:
        """Of the built notebook, from the root of the checkout."""
        name = f"{self.script.stem}.ipynb"
        if self.is_lesson:
            return Path("course", "lessons", self.language, name)
        return Path("exercises", self.language, self.unit, name)


@functools.cache
def stops(root: Path, language: str) -> tuple[Stop, ...]:
    """Every notebook of a checkout, in the order in which they are read."""
    found = []
    for unit in units_of(root):
        lesson = root / "course" / "lessons" / f"{unit}.py"
        scripts = sorted((root / "solutions" / unit).glob("*.py"))
        for script in [lesson, *scripts] if lesson.exists() else scripts:
            found.append(Stop(script, title_of(script, language), unit, language))
    return tuple(found)


def title_of(script: Path, language: str) -> str:
    """The first heading of a script; the file's name if it has none."""
    for cell in in_language(read(script), language):
        for line in cell.source.splitlines() if cell.kind == "text" else ():
            if line.startswith("# "):
                return line[2:].strip()
    return script.stem


def add_links(notebook: NotebookNode, script: Path, language: str) -> None:
    """Puts the links before and behind a notebook's cells."""
    order = stops(script.resolve().parents[2], language)
    here = next((n for n, s in enumerate(order) if s.script == script.resolve()), None)
    if here is None:
        return
    before, after = order[:here][-1:], order[here + 1 : here + 2]
    lessons = [s for s in order if s.is_lesson and s.unit == order[here].unit]
    said = [
        link("learning_path.index", order[here], Path("exercises", language, INDEX))
    ]
    said += [
        stop_link("learning_path.lesson", order[here], s)
        for s in lessons
        if s != order[here]
    ]
    said += [stop_link("learning_path.before", order[here], stop) for stop in before]
    forwards = [stop_link("learning_path.after", order[here], stop) for stop in after]
    end = forwards or [text("learning_path.end", language)]
    notebook.cells.insert(0, _cell("links", said + forwards))
    notebook.cells.append(_cell("links-on", [*end, said[0]]))


def stop_link(key: str, here: Stop, there: Stop) -> str:
    return link(key, here, there.path, title=there.title)


def link(key: str, here: Stop, target: Path, **details: str) -> str:
    """A Markdown link from one notebook to a file of the checkout."""
    address = Path(os.path.relpath(target, here.path.parent)).as_posix()
    return f"[{text(key, here.language, **details)}]({address})"


def _cell(key: str, links: list[str]) -> NotebookNode:
    return new_markdown_cell(" · ".join(links), id=key, metadata={})
