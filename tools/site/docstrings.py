"""The library's docstrings as Markdown: sections of named items, links, examples.

Docstrings keep one form: a sentence, paragraphs, and sections such as `Args:`, `Call:`,
`Returns:` with indented items. Griffe knows some of these sections and not others, so
all of them are written as Markdown here.
"""

import re
import textwrap

import griffe

from tools.site.public_names import PUBLIC

SECTIONS = {
    "Args": "Arguments",
    "Attributes": "Attributes",
    "Call": "Call",
    "Example": "Example",
    "Examples": "Examples",
    "Raises": "Raises",
    "Returns": "Returns",
    "Warns": "Warns",
    "Yields": "Yields",
}
_SECTION = re.compile(r"^(\w+):$")
_ITEM = re.compile(r"^(\*{0,2}[\w., ]+?):\s+(.*)$", re.DOTALL)
_NAME = re.compile(r"(?<!\[)`([A-Za-z_]\w*)(\([^`]*\))?`")


class HouseDocstrings(griffe.Extension):
    """Rewrites every docstring that griffe reads."""

    def on_object(self, *, obj: griffe.Object, **_) -> None:
        if obj.docstring is not None:
            obj.docstring.value = as_markdown(obj.docstring.value, obj.name)


def as_markdown(docstring: str, name: str = "") -> str:
    """A docstring as Markdown.

    Args:
        docstring: Its text, without indentation.
        name: Of what it documents, which is not linked to itself.
    """
    parts: list[str] = []
    for title, text in sections(docstring):
        if title is None:
            parts.append(link(text, name))
        elif title.startswith("Example"):
            parts.append(f"**{SECTIONS[title]}**\n\n{fence(text)}")
        else:
            parts.append(f"**{SECTIONS[title]}**\n\n{link(items(text), name)}")
    return "\n\n".join(parts)


def sections(docstring: str) -> list[tuple[str | None, str]]:
    """(title, text) of each section; None for what stands in none."""
    found: list[tuple[str | None, list[str]]] = [(None, [])]
    for line in docstring.split("\n"):
        title = _SECTION.match(line)
        if title and title[1] in SECTIONS:
            found.append((title[1], []))
        elif found[-1][0] is not None and line and not line.startswith(" "):
            found.append((None, [line]))
        else:
            found[-1][1].append(line)
    texts = [(title, textwrap.dedent("\n".join(lines))) for title, lines in found]
    return [(title, text.strip()) for title, text in texts if text.strip()]


def items(text: str) -> str:
    """The items of a section as a list; a section without names as it is."""
    lines = []
    for one in re.split(r"\n(?=\S)", text):
        match = _ITEM.match(one)
        if match is None:
            return text
        names, rest = match[1], textwrap.dedent(match[2].replace("\n    ", "\n"))
        lines.append(f"- `{names}`: " + rest.strip().replace("\n", "\n    "))
    return "\n".join(lines)


def fence(text: str) -> str:
    """An example as code; its own fence is kept."""
    return text if "```" in text else f"```pycon\n{text}\n```"


def link(text: str, name: str = "") -> str:
    """Public names in backticks as links to their entries."""

    def one(match: re.Match) -> str:
        if match[1] == name or match[1] not in PUBLIC:
            return match[0]
        return f"[{match[0]}][{PUBLIC[match[1]]}]"

    return _NAME.sub(one, text)
