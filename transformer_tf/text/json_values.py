"""Values of a JSON file that know their place in it, so that errors name both."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LARGEST = 2**32 - 1


class JsonError(ValueError):
    """A value in a file that is not what the format has there."""


class JsonValue:
    """One value of a file, and the way to it.

    Args:
        value: What `json` read.
        place: Where it stands, such as "model.vocab" or "added_tokens[3].id".

    Every method that reads raises a `JsonError` which names the place, what was
    expected there and what was found.
    """

    def __init__(self, value, place=""):
        self.value = value
        self.place = place

    def error(self, expected):
        """The error for a value that is something else than expected."""
        shown = json.dumps(self.value, ensure_ascii=True, default=repr)
        if len(shown) > 60:
            shown = f"{shown[:57]}..."
        return JsonError(
            f"{self.place or 'the file'}: expected {expected}; got {shown}"
        )

    def boolean(self):
        """true or false."""
        if not isinstance(self.value, bool):
            raise self.error("true or false")
        return self.value

    def string(self):
        """A string."""
        if not isinstance(self.value, str):
            raise self.error("a string")
        return self.value

    def character(self):
        """A string of one character."""
        if not isinstance(self.value, str) or len(self.value) != 1:
            raise self.error("a string of one character")
        return self.value

    def integer(self, least=0):
        """A whole number of at most 32 bits."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.error(f"a whole number of at least {least}")
        if not least <= value <= _LARGEST:
            raise self.error(f"a whole number from {least} to {_LARGEST}")
        return value

    def number(self):
        """A number, whole or not."""
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            raise self.error("a number")
        try:
            return float(self.value)
        except OverflowError:
            raise self.error("a number that a float can hold") from None

    def choice(self, *names):
        """One of a few strings."""
        if not isinstance(self.value, str) or self.value not in names:
            raise self.error("one of " + ", ".join(map(json.dumps, names)))
        return self.value

    def items(self, length=None):
        """The values of a list."""
        expected = "a list" if length is None else f"a list of {length}"
        if not isinstance(self.value, list):
            raise self.error(expected)
        if length is not None and len(self.value) != length:
            raise self.error(expected)
        return [JsonValue(v, f"{self.place}[{i}]") for i, v in enumerate(self.value)]

    def entries(self):
        """{name: value} of an object."""
        if not isinstance(self.value, dict):
            raise self.error("an object")
        dot = "." if self.place else ""
        return {
            name: JsonValue(value, f"{self.place}{dot}{name}")
            for name, value in self.value.items()
        }

    def read(self, fields, ignored=()):
        """The fields of an object, each read as its `Field` says.

        Args:
            fields: {name: Field}.
            ignored: Names that may stand there too.
        """
        entries = self.entries()
        unknown = sorted(set(entries) - set(fields) - set(ignored))
        if unknown:
            raise JsonError(
                f"{self.place or 'the file'} has entries that are not supported: "
                f"{', '.join(unknown)}"
            )
        found = {}
        for name, field in fields.items():
            if name not in entries:
                if field.default is REQUIRED:
                    where = self.place or "the file"
                    raise JsonError(f"{where} lacks the field {name!r}")
                found[name] = field.default
            elif entries[name].value is None and field.null:
                found[name] = None
            else:
                found[name] = _read(field.kind, entries[name])
        return found


def _read(kind, value):
    """What a kind of field makes of a value; all of its errors name the place."""
    try:
        return kind(value)
    except JsonError:
        raise
    except (ValueError, TypeError) as error:
        raise JsonError(f"{value.place}: {error}") from None


REQUIRED = object()


class Field(NamedTuple):
    """What one field of an object holds.

    Args:
        kind: A method of `JsonValue`, or another function of one.
        default: What it is where the file leaves it out; it must not, by default.
        null: Whether it may be null.
    """

    kind: Any
    default: Any = REQUIRED
    null: bool = False


BOOLEAN = Field(JsonValue.boolean)
STRING = Field(JsonValue.string)
INTEGER = Field(JsonValue.integer)


def read_json(path):
    """What a JSON file holds; its errors name the file."""
    try:
        text = Path(path).read_bytes().decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 at byte {error.start}") from None
    try:
        values = json.loads(
            text, parse_constant=_no_number, object_pairs_hook=_without_repeats
        )
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{path} is not JSON, or was cut short: {error.msg} at line "
            f"{error.lineno}, column {error.colno}"
        ) from None
    except RecursionError:
        raise ValueError(f"{path} is nested too deeply to be a tokenizer") from None
    except JsonError as error:
        raise ValueError(f"{path}: {error}") from None
    if _SURROGATE.search(text):
        try:
            json.dumps(values, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            number = ord(error.object[error.start])
            raise ValueError(
                f"{path} holds half a character, the lone surrogate U+{number:04X}"
            ) from None
    return values


def write_json(path, values):
    """Writes readable JSON, text as itself."""
    text = json.dumps(values, ensure_ascii=False, indent=2)
    Path(path).write_text(text + "\n", encoding="utf-8")


def _no_number(name):
    raise JsonError(f"{name} is no number in JSON")


def _without_repeats(pairs):
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in values if names.count(name) > 1)
        raise JsonError(f"an object has the entry {twice!r} twice")
    return values
