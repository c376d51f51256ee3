"""The lessons as pages, in both languages, from the notebooks that are built of them.

Texts stay as they are; code folds away; the plots that a notebook shows before it is
run become pictures beside the page.
"""

import base64
import json
import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tools.site.included import ROOT, relink

NAMES = {"en": "English", "es": "Español"}
CODE = {"en": "Code", "es": "Código"}
OPEN = {
    "en": "This page is a notebook, to be run and changed: `make learn` opens it.",
    "es": "Esta página es un cuaderno que se puede ejecutar y cambiar: lo abre "
    "`make learn LANGUAGE=es`.",
}
OTHER = {
    "en": "This lesson in [English]({})",
    "es": "Esta lección en [español]({})",
}
# Cells that only a notebook has use for.
SKIPPED = ("links", "links-on", "install")


class Lesson(NamedTuple):
    """A lesson in one language.

    Attributes:
        unit: Such as "03_attention".
        language: "en" or "es".
        title: Of its first heading.
        page: Where it is on the site.
        text: Its Markdown.
        pictures: {where it is on the site: the bytes of a PNG}.
    """

    unit: str
    language: str
    title: str
    page: str
    text: str
    pictures: dict[str, bytes]


def lessons(language: str) -> list[Lesson]:
    """Every lesson in a language, in the order of the units."""
    folder = ROOT / "course" / "lessons" / language
    return [lesson(path) for path in sorted(folder.glob("*.ipynb"))]


def lesson(path: Path) -> Lesson:
    """A lesson from its built notebook."""
    language, unit = path.parent.name, path.stem
    page = f"lessons/{language}/{unit}.md"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    cells = [cell for cell in cells if cell["id"] not in SKIPPED]
    parts: list[str] = []
    pictures: dict[str, bytes] = {}
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(relink(source, str(path.relative_to(ROOT)), page))
            continue
        parts.append(fold(source, CODE[language]))
        for number, png in enumerate(plots(cell)):
            name = f"lessons/{language}/{unit}-{cell['id']}-{number}.png"
            pictures[name] = png
            parts.append(f"![]({posixpath.basename(name)})")
    title = parts[0].split("\n")[0].removeprefix("# ")
    other = next(name for name in NAMES if name != language)
    link = OTHER[other].format(f"../{other}/{unit}.md")
    note = f'!!! note ""\n\n    {OPEN[language]} {link}.\n'
    heading, _, rest = parts[0].partition("\n")
    parts[0] = f"{heading}\n\n{note}\n{rest}"
    return Lesson(unit, language, title, page, "\n\n".join(parts), pictures)


def fold(code: str, word: str) -> str:
    """Code that opens on a click."""
    fence = "\n".join(f"    {line}" for line in ["```python", *code.split("\n"), "```"])
    return f'??? example "{word}"\n\n{fence}\n'


def plots(cell: dict) -> Iterator[bytes]:
    """The pictures that a cell shows before it is run."""
    for output in cell.get("outputs", []):
        if "image/png" in output.get("data", {}):
            yield base64.b64decode("".join(output["data"]["image/png"]))


def contents() -> str:
    """The page that lists the lessons, one line a unit."""
    rows = zip(lessons("en"), lessons("es"), strict=True)
    lines = [
        f"| {one.unit[:2]} | [{one.title}](en/{one.unit}.md) "
        f"| [{other.title}](es/{other.unit}.md) |"
        for one, other in rows
    ]
    return (
        "# Lessons · Lecciones\n\n"
        "What each unit of the course tells before its exercises begin, in both of its "
        "languages. The exercises are notebooks: `make learn` opens them.\n\n"
        "| unit | English | Español |\n|---|---|---|\n" + "\n".join(lines) + "\n"
    )
