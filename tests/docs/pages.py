"""The site's own pages, cut into blocks that can be run."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
ALONE = "<!-- a process of its own -->"
_BLOCK = re.compile(
    r"(?:<!-- (?P<mark>needs|not run): (?P<what>[^>]*) -->\n)?"
    r"^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


class Block(NamedTuple):
    """What stands between two fences.

    Args:
        language: "python", "sh" or "text".
        text: What stands there.
        mark: "needs" or "not run" where a comment before it says so, else None.
        what: The package that it needs, or why it is not run.
    """

    language: str
    text: str
    mark: str | None
    what: str | None


def pages():
    """{name: Markdown} of every page that is written for the site alone."""
    return {
        path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(DOCS.rglob("*.md"))
    }


def guide(path):
    """A page of the repository that the site takes over."""
    return (ROOT / path).read_text(encoding="utf-8")


def blocks(page):
    """The blocks of a page's Markdown, in order."""
    return [
        Block(m["language"], m["text"], m["mark"], m["what"])
        for m in _BLOCK.finditer(page)
    ]
