"""Patterns as tokenizer.json writes them: a plain string, or a regular expression."""

import re
from functools import cache
from typing import Any

from transformer_tf.text.json_values import JsonValue
from transformer_tf.text.tables import byte_level
from transformer_tf.text.tables.ranges import character_class

# Where Python's `re` and the library's engine could disagree: classes that depend on a
# Unicode version, and syntax that only one of them has.
_UNSAFE = re.compile(
    r"\\[^nrtfv\\.+*?()\[\]{}|^$\-/#' ]|\(\?|\[\[|&&|[*+?}]\+|\$|\^(?!\])"
)
_KNOWN = {
    r"[\s\S]": r"(?s:.)",
    r"\n": "\n",
    r"\A +| +\z": r"\A +| +\Z",  # spaces at the ends of the text
}
# English endings in any case, the long s included, as published patterns write them.
_ENDINGS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_IN_ANY_CASE = "(?:'[sSſ]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"
# Parts of a pattern: a bracket, a class by its name, what both engines read alike.
_PART = re.compile(
    r"(?P<bracket>\[\^?(?:\\.(?:\{\w+\})?|[^\\\]\[&])+\])"
    r"|(?P<name>\\[pP]\{\w+\}|\\[sS])"
    r"|(?P<alike>\(\?[!:=]|\\[rn]|[*+?]\??(?!\+)|\{\d*,?\d*\}(?!\+)|[ '()|]|\w)"
)

# How GPT-4 and Llama 3 cut texts, and Qwen 2, which cuts off each digit.
CL100K = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2 = CL100K.replace(r"\p{N}{1,3}", r"\p{N}")
# And CLIP, whose matches are the words.
CLIP = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


class Pattern:
    """What a step looks for in a text.

    Regular expressions differ between engines in what they call a letter. Those that
    name letters, numbers and white space (as GPT-2's, Llama 3's, Qwen 2's and CLIP's
    do) are spelt out here from a committed table, so that every path means the same.
    One with other classes is left to the package `regex`, whose Unicode may be another
    than the `tokenizers` library's: `is_exact` is then False, and only the readable
    path takes it.

    Args:
        string: The text to find, as it is; or
        regex: A regular expression.

    Raises:
        ValueError: The expression is none, or needs `regex`, which is not installed.

    Example:
        >>> Pattern(regex="[0-9]+").spans("7 or 12")
        [(0, 1), (5, 7)]
    """

    def __init__(self, string: str | None = None, regex: str | None = None):
        if (string is None) == (regex is None):
            raise ValueError("a pattern has either a string or a regex")
        self.string = string
        self.regex = regex
        self.is_exact = True
        if regex is None:
            spelt = re.escape(string or "")
        else:
            spelt = regex if not _UNSAFE.search(regex) else _spelt(regex)
        if spelt is None:
            self.is_exact = False
            self.expression: Any = _by_regex_package(regex)
            return
        try:
            self.expression = re.compile(spelt)
        except re.error as error:
            raise ValueError(f"{regex!r} is no regular expression: {error}") from None

    def spans(self, text):
        """List of the (start, end) of every match that is not empty."""
        return [m.span() for m in self.expression.finditer(text) if m.end() > m.start()]

    def to_json(self):
        """What tokenizer.json holds for this pattern."""
        if self.regex is None:
            return {"String": self.string}
        return {"Regex": self.regex}

    @classmethod
    def from_json(cls, value):
        """The pattern that an entry of a tokenizer.json describes, a `JsonValue`."""
        ((kind, entry),) = _only(value)
        if kind == "String":
            return cls(entry.string())
        return cls(regex=entry.string())

    def __eq__(self, other):
        return type(self) is type(other) and self.to_json() == other.to_json()

    __hash__ = object.__hash__

    def __repr__(self):
        return f"Pattern({self.string!r}, {self.regex!r})"


def _only(value: JsonValue):
    entries = value.entries() if isinstance(value.value, dict) else {}
    if len(entries) != 1 or not {"String", "Regex"}.issuperset(entries):
        raise value.error('an object with a "String" or a "Regex"')
    return entries.items()


@cache
def _classes():
    """{name: what a bracket holds for it}: letters, numbers, spaces, line ends."""
    return {
        r"\p{L}": character_class(byte_level.LETTERS),
        r"\p{N}": character_class(byte_level.NUMBERS),
        r"\s": character_class(byte_level.SPACES),
        r"\r": r"\r",
        r"\n": r"\n",
        "/": "/",
    }


def _spelt(regex):
    """The expression with its classes spelt out for `re`, or None."""
    if regex in _KNOWN:
        return _KNOWN[regex]
    spelt, done = [], 0
    classes = _classes()
    while done < len(regex):
        if regex.startswith(_ENDINGS, done):
            spelt.append(_IN_ANY_CASE)
            done += len(_ENDINGS)
            continue
        part = _PART.match(regex, done)
        if part is None:
            return None
        done = part.end()
        text = part[0]
        if part["bracket"]:
            inside = text[2:-1] if text.startswith("[^") else text[1:-1]
            names = re.findall(r"\\p\{\w+\}|\\.|[^\\]", inside)
            if any(name not in classes and len(name) > 1 for name in names):
                return None
            inside = "".join(classes.get(name, re.escape(name)) for name in names)
            spelt.append(f"[{'^' if text.startswith('[^') else ''}{inside}]")
        elif text in classes and part["name"]:
            spelt.append(f"[{classes[text]}]")
        elif text == r"\S":
            spelt.append(f"[^{classes[chr(92) + 's']}]")
        elif part["alike"]:
            spelt.append(text)
        else:
            return None
    return "".join(spelt)


def _by_regex_package(regex):
    try:
        import regex as engine
    except ImportError:
        raise ValueError(
            f"the regular expression {regex!r} means different things to different "
            "engines; the package regex can read it: pip install regex"
        ) from None
    try:
        return engine.compile(regex)
    except engine.error as error:
        raise ValueError(f"{regex!r} is no regular expression: {error}") from None
