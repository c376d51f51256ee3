"""Patterns as tokenizer.json writes them: a plain string, or a regular expression."""

import re

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


class Pattern:
    """What a step looks for in a text.

    Args:
        string: The text to find, as it is; or
        regex: A regular expression, of those that every engine reads alike.

    Raises:
        ValueError: The regular expression needs what engines read differently.
    """

    def __init__(self, string=None, regex=None):
        if (string is None) == (regex is None):
            raise ValueError("a pattern has either a string or a regex")
        self.string = string
        self.regex = regex
        if regex is None:
            expression = re.escape(string)
        elif regex in _KNOWN:
            expression = _KNOWN[regex]
        else:
            unsafe = _UNSAFE.search(regex)
            if unsafe:
                raise ValueError(
                    f"the regular expression {regex!r} is not supported: "
                    f"{unsafe[0]!r} means different things to different engines"
                )
            expression = regex
        self.expression = re.compile(expression)

    def spans(self, text):
        """List of the (start, end) of every match that is not empty."""
        return [m.span() for m in self.expression.finditer(text) if m.end() > m.start()]

    def to_json(self):
        """What tokenizer.json holds for this pattern."""
        if self.regex is None:
            return {"String": self.string}
        return {"Regex": self.regex}

    @classmethod
    def from_json(cls, values):
        """The pattern that an entry of a tokenizer.json describes."""
        if isinstance(values, str):
            return cls(values)
        return cls(values.get("String"), values.get("Regex"))

    def __repr__(self):
        return f"Pattern({self.string!r}, {self.regex!r})"
