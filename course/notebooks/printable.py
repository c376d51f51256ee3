"""Text that a learner controls, as valid, bounded Unicode that any page can show.

Lone surrogates cannot be written to a file, control characters are no HTML, and marks
that turn the direction of writing round also turn what stands behind them. Whatever a
submission says (outputs, errors, names of files) is made printable before it is kept.
"""

import re
import unicodedata

MOST = 400_000
MARK = "\N{REPLACEMENT CHARACTER}"
# Colours and cursor movements of a terminal; progress bars are full of them.
_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x08+")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_PLAIN = re.compile("[\x00-\x08\x0e-\x1f\x7f]")  # all that is odd in ASCII
_ODD = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # controls
    "\u202a-\u202e\u2066-\u2069"  # embeddings, overrides and isolates of direction
    "\ud800-\udfff"  # halves of surrogate pairs
    "\ufdd0-\ufdef\ufffe\uffff\ufeff\ufff9-\ufffb]"
)
_TAGS = "\U000e0000-\U000e007f"  # that nobody sees
_NO_CHARACTERS = "".join(
    chr((n << 16) + end) for n in range(1, 17) for end in (0xFFFE, 0xFFFF)
)
_ODD_ABOVE = re.compile(f"[{_TAGS}{_NO_CHARACTERS}]")


def printable(text: str, most: int = MOST) -> str:
    """A string that can be encoded, kept and shown, of at most `most` characters.

    What cannot be shown becomes a mark in its place: a control its picture (␀), all
    else �. Line ends become "\\n".

    Args:
        text: Any str, with lone surrogates and all.
        most: How many characters are kept; what was cut off shows as "…".
    """
    cut = len(text) > most
    text = text[:most]
    if "\x1b" in text or "\x08" in text:
        text = _TERMINAL.sub("", text)
    text = _LINE_ENDS.sub("\n", text)
    if text.isascii():
        text = _PLAIN.sub(_show, text)
    else:
        text = _ODD_ABOVE.sub(MARK, _ODD.sub(_show, text))
    return f"{text[: most - 1]}…" if cut else text


def printable_line(text: str, most: int = 200) -> str:
    """The same on one line: for names, notes and cells of a table."""
    return printable(" ".join(text[: 2 * most].split()), most)


def printable_tree(tree):
    """Data (dicts, lists, strings, numbers, None) with every string made printable."""
    if isinstance(tree, str):
        return printable(tree)
    if isinstance(tree, dict):
        return {printable_tree(key): printable_tree(tree[key]) for key in tree}
    if isinstance(tree, list | tuple):
        return [printable_tree(item) for item in tree]
    return tree


def valid(text: str) -> str:
    """A string that can be encoded, else as it is: for code that is still to run."""
    return text.encode("utf-8", "replace").decode("utf-8")


def same_name(name: str) -> str:
    """What is equal for names that differ in case or in how an accent is stored."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _show(match):
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else MARK
