"""Tokens to look at: in colour, under the text they came from."""

import html
import re
from functools import cache
from typing import Any, NamedTuple

from transformer_tf.text.tables.classes import COMBINING
from transformer_tf.text.tables.ranges import parse_set

# Backgrounds that neighbours alternate through: readable on light and on dark.
COLOURS = ("#cfe8ff", "#ffe3b8", "#d5f0d0", "#f6d5e8", "#e4dcff", "#fff2a8")
_TERMINAL = (117, 215, 150, 218, 183, 228)
_WIDE = (
    (0x1100, 0x115F),
    (0x2E80, 0xA4CF),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE6F),
    (0xFF00, 0xFF60),
    (0xFFE0, 0xFFE6),
    (0x1F300, 0x1FAFF),
    (0x20000, 0x3FFFD),
)
_SHOWN = {"\n": "⏎", "\t": "⇥", "\r": "␍"}


class Cell(NamedTuple):
    """One token as a view shows it.

    Args:
        token: The token, as the vocabulary writes it.
        id: Its number.
        source: The part of the text it stands for; "" for special tokens.
        shares: Whether the token before stands for some of that part too (both are
            bytes of one character).
        kind: "token", "special" or "unknown".
        sequence: Which text it came from: 0, 1 or None.
    """

    token: str
    id: int
    source: str
    shares: bool
    kind: str
    sequence: int | None


class TokenView:
    """A text with its tokens under it, for a terminal or a notebook.

    Args:
        tokenizer: A `Tokenizer`.
        text: The text.
        pair: A second text, or None.

    `str(view)` is plain text, `view.terminal()` has colours, and a notebook shows the
    view itself.

    Example:
        >>> tokenizer = WordTokenizer.train(["low tide"], vocabulary_size=10)
        >>> print(TokenView(tokenizer, "low water"))
        low water
        low [UNK]
        2   1
        <BLANKLINE>
        2 tokens, 1 unknown
    """

    def __init__(self, tokenizer: Any, text: str, pair: str | None = None):
        self.encoding = tokenizer.encode_unpadded(text, pair)
        self.cells = _cells(self.encoding, (text, pair))

    def __str__(self):
        return self.terminal(colour=False)

    def terminal(self, width=80, colour=True):
        """Lines of text: the source, its tokens and their ids, in columns.

        Args:
            width: Maximum number of columns in a line.
            colour: Whether the source is coloured with ANSI codes.
        """
        blocks: list = []
        block: list = []
        used = 0
        for number, cell in enumerate(self.cells):
            rows = (_source(cell), _visible(cell.token), str(cell.id))
            size = max(map(_columns, rows))
            if block and used + size + 1 > width:
                blocks.append(block)
                block, used = [], 0
            block.append((number, cell, rows, size))
            used += size + 1
        blocks.append(block)
        lines = []
        for block in blocks:
            for row in range(3):
                parts = [
                    _pad(number, cell, rows, size, row, colour)
                    for number, cell, rows, size in block
                ]
                lines.append(" ".join(parts).rstrip())
            lines.append("")
        return "\n".join([*lines, self.summary()])

    def summary(self):
        """One line of counts."""
        unknown = self.encoding.unknown_count
        return f"{len(self.encoding)} tokens, {unknown} unknown"

    def _repr_html_(self):
        cells = "".join(_html_cell(*entry) for entry in enumerate(self.cells))
        return (
            '<div style="font-family:monospace;line-height:1.35">'
            f"{cells}<div>{self.summary()}</div></div>"
        )


def _cells(encoding, texts):
    cells: list = []
    previous, reached = None, 0
    for i, token in enumerate(encoding.tokens):
        sequence = encoding.sequence_ids[i]
        start, end = encoding.offsets[i]
        if encoding.unknown_mask[i]:
            kind = "unknown"
        else:
            kind = "special" if sequence is None else "token"
        source = "" if sequence is None else texts[sequence][start:end]
        shares = sequence is not None and previous == sequence and start < reached
        cells.append(Cell(token, encoding.ids[i], source, shares, kind, sequence))
        previous, reached = sequence, end
    return cells


def _source(cell):
    return "″" if cell.shares else _visible(cell.source)


def _visible(text):
    text = "".join(_SHOWN.get(character, character) for character in text)
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "\N{REPLACEMENT CHARACTER}", text)


@cache
def _zero_width():
    return parse_set(COMBINING) | set("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")


def _columns(text):
    """How many columns of a terminal a text takes, as nearly as code points tell."""
    narrow = _zero_width()
    return sum(
        0
        if character in narrow
        else 1 + any(first <= ord(character) <= last for first, last in _WIDE)
        for character in text
    )


def _pad(number, cell, rows, size, row, colour):
    text = rows[row] + " " * (size - _columns(rows[row]))
    if not colour or row > 0 or not cell.source:
        return text
    if cell.kind == "unknown":
        return f"\x1b[97;41m{text}\x1b[0m"
    return f"\x1b[30;48;5;{_TERMINAL[number % len(_TERMINAL)]}m{text}\x1b[0m"


def _html_cell(number, cell):
    colour = COLOURS[number % len(COLOURS)]
    if cell.kind == "special":
        colour = "#e0e0e0"
    border = "border-bottom:3px solid #c00;" if cell.kind == "unknown" else ""
    source = html.escape(_source(cell)).replace(" ", "&nbsp;") or "&nbsp;"
    token = html.escape(_visible(cell.token))
    return (
        '<span style="display:inline-block;vertical-align:top;margin:1px;'
        f'padding:1px 3px;color:#111;background:{colour};{border}">'
        f'<bdi style="font-size:1.15em">{source}</bdi><br>'
        f'<bdi dir="ltr">{token}</bdi><br>'
        f'<span style="color:#555">{cell.id}</span></span>'
    )
