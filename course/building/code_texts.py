"""Docstrings and comments of shown code, in the language of the notebook.

The code itself is one for all languages. What it says to its reader stands in English
in the sources; a unit's `solutions/NN_unit/es.po` holds the Spanish.
"""

import dataclasses
import functools
import inspect
import io
import tokenize
from collections.abc import Mapping
from pathlib import Path

_LAYOUT = {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.NL}
_LAYOUT |= {tokenize.ENCODING, tokenize.COMMENT}
_MARKS = ("### ", "# fmt:", "# noqa")


@dataclasses.dataclass(frozen=True)
class CodeText:
    """A docstring, or comments on consecutive lines.

    Args:
        text: What it says, without quotes, hashes and indent.
        start, end: Where it stands: (row, column), rows from 0, the end exclusive.
        quotes: What opens a docstring; "" for comments.
    """

    text: str
    start: tuple[int, int]
    end: tuple[int, int]
    quotes: str = ""


def code_texts(source: str) -> list[CodeText]:
    """What a cell of Python says to its reader, from top to bottom.

    What stands in one line with code is a text of its own.
    """
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):  # a magic: no Python of ours
        return []
    found: list[CodeText] = []
    for before, token, after in zip(
        [None, *tokens], tokens, [*tokens[1:], None], strict=False
    ):
        start, end = ((row - 1, column) for row, column in (token.start, token.end))
        if token.type == tokenize.COMMENT and not token.string.startswith(_MARKS):
            said = token.string.removeprefix("#").removeprefix(" ")
            alone = not token.line[: token.start[1]].strip()
            last = found[-1] if found and alone else None
            if last and _goes_on(source, last, start):
                found[-1] = CodeText(f"{last.text}\n{said}", last.start, end)
            else:
                found.append(CodeText(said, start, end))
        elif (
            token.type == tokenize.STRING
            and (before is None or before.type in _LAYOUT)
            and after is not None
            and after.type in (tokenize.NEWLINE, tokenize.ENDMARKER)
        ):
            quotes = token.string[: token.string.index('"""') + 3]
            inside = token.string[len(quotes) : -3]
            found.append(CodeText(inspect.cleandoc(inside), start, end, quotes))
    return found


def translate_cell(source: str, table: Mapping[str, str]) -> str:
    """A cell's code with every text that the table knows put in its place."""
    lines = source.split("\n")
    for known in reversed(code_texts(source)):
        new = table.get(known.text)
        if new:
            (row, column), (last, end) = known.start, known.end
            said = lines[row][:column] + _write(known, new) + lines[last][end:]
            lines[row : last + 1] = said.split("\n")
    return "\n".join(lines)


def _write(known: CodeText, new: str) -> str:
    indent = "\n" + " " * known.start[1]
    if not known.quotes:
        return indent.join(f"# {line}".rstrip() for line in new.split("\n"))
    rows = [line.strip() and line for line in new.split("\n")]
    body = rows[0] + "".join((indent if row else "\n") + row for row in rows[1:])
    return f'{known.quotes}{body}{indent if len(rows) > 1 else ""}"""'


def _goes_on(source: str, known: CodeText, start: tuple[int, int]) -> bool:
    """Whether a comment that starts there belongs to comments above it."""
    row, column = known.start
    alone = not source.split("\n")[row][:column].strip()
    follows = start == (known.end[0] + 1, column)
    return alone and follows and not known.quotes


@functools.cache
def table_of(script: Path, language: str) -> Mapping[str, str]:
    """The translations for a script's code; none where its unit has no such file."""
    unit = script.stem if script.parent.name == "lessons" else script.parent.name
    path = script.resolve().parents[2] / "solutions" / unit / f"{language}.po"
    if not path.is_file():
        return {}
    from babel.messages.pofile import read_po

    with path.open("rb") as stream:
        return {str(m.id): str(m.string) for m in read_po(stream) if m.id}
