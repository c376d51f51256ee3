"""A notebook's bytes without its outputs, which are large and never used."""

import re

_SMALL = 4 << 20
_HOLDS_OUTPUT = re.compile(rb'"(?:outputs|attachments|widgets)"\s*:\s*([\[{])')
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_MOST_TOKENS = 3_000_000


def without_outputs(data: bytes) -> bytes:
    """The same notebook with empty outputs and attachments, if it is a large one.

    The time it takes grows as the data do, up to a bound. What is damaged, or is not
    encoded in a form that holds ASCII, comes back as it is.
    """
    if len(data) <= _SMALL:
        return data
    kept, position, left = [], 0, _MOST_TOKENS
    while match := _HOLDS_OUTPUT.search(data, position):
        end, left = _end_of(data, match.start(1), left)
        if end is None:
            return data
        kept += [
            data[position : match.end(1)],
            b"]" if match.group(1) == b"[" else b"}",
        ]
        position = end
    return b"".join([*kept, data[position:]])


def _end_of(data, start, left):
    """(position behind the bracket that closes the one at `start`, tokens left)."""
    depth = 0
    for token in _TOKEN.finditer(data, start):
        left -= 1
        if left < 0:
            break
        first = data[token.start()]
        if first in b"[{":
            depth += 1
        elif first in b"]}":
            depth -= 1
            if not depth:
                return token.end(), left
    return None, left
