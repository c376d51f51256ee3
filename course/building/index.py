"""The first page of a learner's folder: where to begin, and what each unit gives."""

from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.building.install import install_cell
from course.building.learning_path import Stop, stops
from course.checks import exercises
from course.kernel import SPECIFICATION
from course.messages import text
from course.paths import GLOSSARY

_PROGRESS = """\
from course import progress, speak

speak("{language}")
progress()"""


def index_notebook(root: Path, language: str) -> NotebookNode:
    """The index of the course in a language, as it lies in exercises/{language}/."""

    def say(key: str) -> str:
        return text(f"learning_path.{key}", language)

    words = f"[{say('terms')}]({GLOSSARY})"
    head = [f"# {say('title')}", say("begin"), say("commands"), words]
    cells = [
        ("title", new_markdown_cell("\n\n".join(head))),
        ("units", new_markdown_cell(_table(root, language))),
        ("run", new_markdown_cell(say("run"))),
        ("progress", new_code_cell(_PROGRESS.format(language=language))),
    ]
    for key, cell in cells:
        cell["id"], cell["metadata"] = key, {}
    metadata = {"kernelspec": SPECIFICATION, "course": {"language": language}}
    shown = [install_cell(language), *(cell for _, cell in cells)]
    return new_notebook(cells=shown, metadata=metadata)


def _table(root: Path, language: str) -> str:
    lines = [text("learning_path.table", language), "|---|---|---|---|--:|"]
    order = stops(root, language)
    for unit in dict.fromkeys(stop.unit for stop in order):
        mine = [e for e in exercises().values() if e.unit == unit]
        inside = [stop for stop in order if stop.unit == unit]
        lessons = [_link(stop) for stop in inside if stop.is_lesson]
        books = [_link(stop) for stop in inside if not stop.is_lesson]
        built = "; ".join(text(f"{e.name}.title", language) for e in mine)
        minutes = text(
            "learning_path.minutes", language, minutes=sum(e.minutes for e in mine)
        )
        columns = [unit[:2], "<br>".join(lessons), "<br>".join(books), built, minutes]
        lines.append("| " + " | ".join(columns) + " |")
    return "\n".join(lines)


def _link(stop: Stop) -> str:
    """Its title as a link from the index."""
    up = Path("..", "..") if stop.is_lesson else Path()
    inside = (
        stop.path
        if stop.is_lesson
        else stop.path.relative_to(Path("exercises", stop.language))
    )
    return f"[{stop.title}]({(up / inside).as_posix()})"
