"""The cells that can still be read in a notebook's text that is no valid JSON.

The time it takes grows as the text does, whatever stands in it: attempts that fail are
charged for what they read, and once they have read the text a few times over, cells
are read by the shape of their strings alone.
"""

import bisect
import json
import re

_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})[^\n]*\n?", re.MULTILINE)
_CELL_START = re.compile(r'\{\s*"(?:cell_type|attachments|execution_count|id)"\s*:')
_HOLDS_CODE = re.compile(r'"(?:source|input)"\s*:\s*(\[|")')
_TYPE = re.compile(r'"cell_type"\s*:\s*"(\w+)"')
_GRADE_ID = re.compile(r'"grade_id"\s*:\s*"([^"\\]{1,200})"')
_ID = re.compile(r'"id"\s*:\s*"([^"\\]{1,200})"')
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_GAP = re.compile(r"[\s,]*")
_TIMES = 4  # how often failed attempts may read the text over
_DEEPEST = 20  # attempts that were too deep to read; how far they came nobody knows


def salvage(text: str, most: int) -> list[dict]:
    """Every whole cell object that stands in a broken file, at most `most`."""
    text = _CONFLICT.sub("", text)
    starts = [match.start() for match in _CELL_START.finditer(text)]
    codes = [match.start() for match in _HOLDS_CODE.finditer(text)]
    decoder = json.JSONDecoder(
        strict=False, parse_int=small_integer, parse_float=_no_number
    )
    cells: list[dict] = []
    end, wasted, too_deep = 0, 0, 0
    for start in starts:
        if start < end or len(cells) >= most:
            continue
        cell = None
        if wasted <= _TIMES * len(text) and too_deep < _DEEPEST:
            try:
                cell, end = decoder.raw_decode(text, start)
            except json.JSONDecodeError as error:
                wasted += error.pos - start
            except (ValueError, RecursionError):
                too_deep += 1
        if cell is None:
            end = _next_cell(start, starts, codes, len(text))
            cell = _loose(text[start:end])
        if isinstance(cell, dict) and ("source" in cell or "input" in cell):
            cells.append(cell)
    return cells


def small_integer(digits: str) -> int:
    """Of a notebook's numbers none matters, and Python refuses very long ones."""
    return int(digits) if len(digits) < 20 else 0


def _no_number(digits):
    return 0.0


def _next_cell(start, starts, codes, length):
    """Where the cell that follows begins: the first one behind some code."""
    code = bisect.bisect_right(codes, start)
    if code == len(codes):
        return length
    following = bisect.bisect_right(starts, codes[code])
    return starts[following] if following < len(starts) else length


def _after_gap(part, position):
    gap = _GAP.match(part, position)
    return position if gap is None else gap.end()


def _loose(part):
    """A cell that is no valid JSON by itself: its strings."""
    lines = _HOLDS_CODE.search(part)
    if not lines:
        return None
    found = {
        "cell_type": _TYPE.search(part),
        "id": _ID.search(part),
        "grade_id": _GRADE_ID.search(part),
    }
    values = {key: match.group(1) for key, match in found.items() if match}
    single = lines.group(1) == '"'
    position, strings = lines.end(1) - single, []
    position = _after_gap(part, position)
    while match := _STRING.match(part, position):
        try:
            strings.append(json.loads(match.group(0), strict=False))
        except ValueError:
            break
        if single:
            break
        position = _after_gap(part, match.end())
    cell = {"source": "".join(strings), **values}
    cell["metadata"] = {"nbgrader": {"grade_id": values.get("grade_id")}}
    return cell
