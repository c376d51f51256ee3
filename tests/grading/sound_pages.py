"""What every page, file and name must be, whatever a submission said."""

import html.parser

_VOID = {"meta", "img", "br", "hr", "input", "link", "rect"}
_END_BY_THEMSELVES = ("p", "li", "td", "th", "tr")


class Balanced(html.parser.HTMLParser):
    """Reads a page and fails unless every element is closed in its turn.

    Attributes:
        names: Those of the elements that it has.
        open: What is still open at its end.
    """

    def __init__(self, text):
        super().__init__()
        self.open = []
        self.names = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.names.add(tag)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in _VOID:
            return
        while self.open and self.open[-1] != tag:
            assert self.open.pop() in _END_BY_THEMSELVES, (tag, self.open)
        assert self.open.pop() == tag


def is_valid_text(text):
    """Whether HTML and every editor allow all of its characters."""
    return not any(map(_is_odd, set(text)))


def _is_odd(character):
    code = ord(character)
    return (
        (code < 0x20 and code not in (9, 10))
        or 0x7F <= code <= 0x9F
        or 0xD800 <= code <= 0xDFFF
        or 0xFDD0 <= code <= 0xFDEF
        or code & 0xFFFE == 0xFFFE
        or code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
        or 0xE0000 <= code <= 0xE007F
    )


def strings(tree):
    """Every string in a tree of data, keys too."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for key, value in tree.items():
            yield from (str(key), *strings(value))
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from strings(value)
