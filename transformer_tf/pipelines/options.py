"""The options of a pipeline: named, checked, and explained to the command line."""

from __future__ import annotations

import dataclasses
from difflib import get_close_matches
from typing import Any

import numpy as np

from transformer_tf.pipelines.inputs import describe

# Names of transformers for what is cut; here each task knows which text that is.
TRUNCATIONS = {"longest_first": True, "only_first": True, "do_not_truncate": False}


def option(default: Any, help: str, kind: type | None = None) -> Any:
    """A field of an options class, with the sentence that `--help` prints.

    Args:
        default: Its default.
        help: What it does.
        kind: What a string on the command line becomes; that of the default when None.
    """
    return dataclasses.field(default=default, metadata={"help": help, "kind": kind})


@dataclasses.dataclass(frozen=True)
class Options:
    """What every pipeline can be told, when it is made or in a call (which wins)."""

    batch_size: int = option(
        32, "texts of like length that go through the model together at most"
    )
    truncation: bool = option(
        False, "cut what is too long for the model, where an error is raised otherwise"
    )
    progress: bool | None = option(
        None,
        "show a progress bar; only for long work at a terminal when left out",
        bool,
    )

    def __post_init__(self) -> None:
        if isinstance(self.truncation, str) and self.truncation in TRUNCATIONS:
            object.__setattr__(self, "truncation", TRUNCATIONS[self.truncation])
        for field in dataclasses.fields(self):
            _check_kind(field, getattr(self, field.name))
        at_least("batch_size", self.batch_size, 1)

    def merge(self, task: str, changes: dict[str, Any]) -> Any:
        """The same options with some changed.

        Raises:
            TypeError: One of them is none that the task has.
        """
        known = [field.name for field in dataclasses.fields(self)]
        for name in changes:
            if name not in known:
                near = get_close_matches(name, known, 1)
                hint = f", did you mean {near[0]!r}?" if near else "."
                raise TypeError(
                    f"{task} has no option {name!r}{hint} It has {', '.join(known)}"
                )
        return dataclasses.replace(self, **changes) if changes else self


def at_least(name: str, value: Any, least: int) -> None:
    """Raises where a number is smaller than it may be, or no whole number."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be a whole number; got {describe(value)}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}; got {value}")


def strings(name: str, value: Any) -> None:
    """Raises TypeError where a value is no list of strings."""
    fits = isinstance(value, (list, tuple, set, frozenset))
    if not fits or not all(isinstance(part, str) for part in value):
        raise TypeError(f"{name} must be a list of strings; got {describe(value)}")


def one_of(name: str, value: Any, choices: tuple) -> None:
    """Raises ValueError where a value is none of the choices."""
    if value not in choices:
        came = repr(value) if isinstance(value, str) else describe(value)
        raise ValueError(
            f"{name} must be one of {', '.join(map(repr, choices))}; got {came}"
        )


# What an option may be, by the first word of its annotation: "int | None".
_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "bool": ((bool, np.bool_), "True or False"),
    "int": ((int, np.integer), "a whole number"),
    "float": ((int, float, np.integer, np.floating), "a number"),
    "str": ((str,), "a string"),
    "dict": ((dict,), "a dict"),
}


def _check_kind(field: Any, value: Any) -> None:
    """Raises TypeError where a value is not what the option's annotation says."""
    kind, _, rest = str(field.type).partition(" | ")
    kinds, wanted = _KINDS.get(kind, ((object,), ""))
    if value is None and (rest == "None" or field.default is None):
        return
    truth = isinstance(value, (bool, np.bool_))
    if not isinstance(value, kinds) or (truth and kind in ("int", "float")):
        raise TypeError(f"{field.name} must be {wanted}; got {describe(value)}")
