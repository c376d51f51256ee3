"""A key of the configuration: its default, what it may hold, and what it does."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any


class ConfigError(ValueError):
    """A key of the configuration is wrong: which, what came, what was expected."""


def key(
    default: Any,
    help: str,
    *,
    least: float | None = None,
    above: float | None = None,
    below: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """A field of a section, with the sentence that `--help` prints.

    Args:
        default: Its value where the configuration has none.
        help: What it does.
        least: The smallest number that it may be.
        above, below: What a number must lie above or below.
        choices: What a string may be.
    """
    return dataclasses.field(
        default=default,
        metadata={
            "help": help,
            "choices": choices,
            "limits": {"at least": least, "above": above, "below": below},
        },
    )


def nearest(name: str, known: Any) -> str:
    """The end of a sentence about a name that is not known."""
    near = get_close_matches(name, list(known), 1)
    return f", did you mean {near[0]!r}? " if near else ". "


def read_section(section: str, kind: type, values: Any) -> Any:
    """A section's values, checked.

    Args:
        section: Its name, for messages.
        kind: Its dataclass.
        values: What the file holds under that name.

    Raises:
        ConfigError: A key that is not known, or a value that does not fit its key.
    """
    if not isinstance(values, Mapping):
        raise ConfigError(f"[{section}] must be a table of keys; got {values!r:.60}")
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for name in values:
        if name not in fields:
            raise ConfigError(
                f"[{section}] has no key {name!r}{nearest(name, fields)}"
                f"It has {', '.join(fields)}"
            )
    return kind(
        **{n: _check(f"{section}.{n}", fields[n], v) for n, v in values.items()}
    )


def _check(name: str, field: Any, value: Any) -> Any:
    """A value of the kind that the field's annotation names."""
    if field.type == "list[str]":
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise ConfigError(f"{name} must be a list of strings; got {value!r}")
        return value
    if field.type == "float" and type(value) is int:
        value = float(value)
    kinds = {"int": int, "float": float, "bool": bool, "str": str}
    words = {"int": "a whole number", "float": "a number", "bool": "true or false"}
    if type(value) is not kinds[field.type]:
        wanted = words.get(field.type, "a string")
        raise ConfigError(f"{name} must be {wanted}; got {value!r}")
    choices, limits = field.metadata["choices"], field.metadata["limits"]
    if choices and value not in choices:
        raise ConfigError(
            f"{name} must be one of {', '.join(map(repr, choices))}; got {value!r}"
            + nearest(str(value), choices).rstrip(". ")
        )
    holds = {
        "at least": lambda limit: value >= limit,
        "above": lambda limit: value > limit,
        "below": lambda limit: value < limit,
    }
    if isinstance(value, float) and not math.isfinite(value):
        raise ConfigError(f"{name} must be a finite number; got {value!r}")
    for word, limit in limits.items():
        if limit is not None and not holds[word](limit):
            raise ConfigError(f"{name} must be {word} {limit}; got {value!r}")
    return value
