"""Verdicts: what an examination found, as data that anyone can show."""

import dataclasses
import enum
import json
from collections.abc import Mapping
from typing import Any


class Outcome(enum.StrEnum):
    """How an answer stands, from nothing to right."""

    NOT_ATTEMPTED = "not_attempted"
    RAISED = "raised"
    WRONG_TYPE = "wrong_type"
    WRONG_DTYPE = "wrong_dtype"
    WRONG_SHAPE = "wrong_shape"
    WRONG_VALUES = "wrong_values"
    DELEGATED = "delegated"
    RIGHT = "right"


@dataclasses.dataclass(frozen=True)
class Finding:
    """What one probe showed.

    Args:
        probe, part: The probe's name and its part.
        outcome: RIGHT, or what is wrong.
        key: The message's key in the engine's catalogue; "" when right.
        details: What the message needs: counts, names, places; no expected values.
    """

    probe: str
    part: str
    outcome: Outcome
    key: str = ""
    details: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Part:
    """A named share of the points, earned whole or not at all."""

    name: str
    points: int
    earned: int


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The result of one examination.

    Args:
        exercise: The exercise's name.
        outcome: How the answer stands: that of the first finding that is not right.
        score, points: Earned, and to be had.
        parts: The same, by part name.
        diagnosis: The name of the misconception whose outputs these are, or None.
        message: What to tell the learner, in `language`.
        findings: One a probe.
        language: "en" or "es".
    """

    exercise: str
    outcome: Outcome
    score: int
    points: int
    parts: Mapping[str, Part]
    diagnosis: str | None
    message: str
    findings: tuple[Finding, ...]
    language: str

    @property
    def right(self) -> bool:
        return self.outcome is Outcome.RIGHT

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False, sort_keys=True)


def verdict_from_json(data: Mapping[str, Any]) -> Verdict:
    """The verdict that `to_json` wrote, from the parsed JSON."""
    findings = [
        Finding(**{**finding, "outcome": Outcome(finding["outcome"])})
        for finding in data["findings"]
    ]
    return Verdict(
        **{
            **data,
            "outcome": Outcome(data["outcome"]),
            "parts": {name: Part(**part) for name, part in data["parts"].items()},
            "findings": tuple(findings),
        }
    )
