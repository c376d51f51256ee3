"""Verdicts and hints as a notebook shows them.

The plain text of a shown verdict is the score alone: nbgrader reads it as the cell's
points. The card is the HTML beside it, and the verdict itself travels as JSON.
"""

import dataclasses
import html
import json
import os
import re
import sys
from pathlib import Path

from course.examination.exercise import Exercise
from course.examination.verdict import Outcome, Part, Verdict, verdict_from_json
from course.messages import catalogue, text
from course.paths import GLOSSARY
from course.settings import Progress
from course.showing.colours import (
    BAD,
    CODE_PAPER,
    GOOD,
    INK,
    LINK,
    NEUTRAL,
    PARTLY,
    box,
)
from course.showing.pieces import summary

MIME = "application/vnd.transformer-course.verdict+json"
PIECES_MIME = "application/vnd.transformer-course.pieces+json"
_KINDS = {GOOD: "good", PARTLY: "partly", BAD: "bad", NEUTRAL: "neutral"}


@dataclasses.dataclass(frozen=True, repr=False)
class ShownVerdict:
    """A verdict in a notebook's output.

    Args:
        verdict, exercise: What was found, about what.
        progress: Where the learner stands in the unit, or None.
        pieces: The pieces that the answer was assembled from, or a sentence on them.
    """

    verdict: Verdict
    exercise: Exercise
    progress: Progress | None
    pieces: tuple | str = ()

    def __repr__(self) -> str:
        return str(float(self.verdict.score))

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        bundle = {
            "text/plain": repr(self),
            "text/html": self.as_html(),
            MIME: json.loads(self.verdict.to_json()),
        }
        pieces = self._pieces()
        return {**bundle, PIECES_MIME: {"text": pieces}} if pieces else bundle

    def as_html(self) -> str:
        """A small card: what came out, why, the parts, and where one stands."""
        verdict = self.verdict
        colour = _colour(verdict)
        parts = "\u2002".join(
            f'<span class="course-part{" good" if p.earned else ""}" '
            'style="display:inline-block;margin-right:1em;'
            f'color:{GOOD if p.earned else NEUTRAL}">'
            f"{'✔' if p.earned else '○'} {_escape(self._part(p.name))} "
            f"{p.earned}/{p.points}</span>"
            for p in self._parts()
        )
        return (
            f'<div class="course-card {_KINDS[colour]}" '
            f'style="{box(colour)}">'
            f'<div><b style="color:{colour}">{_escape(self._headline())}</b> · '
            f"{_escape(self._title())} · {_escape(self._points())}</div>"
            f'<div style="margin:.35em 0">{_code(verdict.message)}</div>'
            f'<div style="font-size:90%">{parts}</div>'
            f'<div style="font-size:85%">{_code(self._pieces())}</div>'
            f'<div style="font-size:85%;color:{NEUTRAL}">{_code(self._standing())}'
            f"{self._glossary()}</div></div>"
        )

    def as_text(self) -> str:
        """The card where no HTML is shown."""
        parts = "   ".join(
            f"{'✔' if p.earned else '○'} {self._part(p.name)} {p.earned}/{p.points}"
            for p in self._parts()
        )
        mark = "✔" if self.verdict.right else "✘"
        lines = [
            f"{mark} {self._headline()} · {self._title()} · {self._points()}",
            *(self.verdict.message, parts, self._pieces(), self._standing()),
        ]
        return "\n  ".join(line for line in lines if line)

    def print_unless_in_a_notebook(self) -> None:
        """A terminal shows no HTML, so the card is printed there."""
        shell = sys.modules.get("IPython")
        shell = shell.get_ipython() if shell is not None else None
        if not hasattr(shell, "kernel"):
            print(self.as_text())

    def _headline(self) -> str:
        outcome = self.verdict.outcome
        return text(f"engine.outcome.{outcome}", self.verdict.language)

    def _title(self) -> str:
        return text(f"{self.exercise.name}.title", self.verdict.language)

    def _points(self) -> str:
        verdict = self.verdict
        return text(
            "engine.points",
            verdict.language,
            score=verdict.score,
            points=verdict.points,
        )

    def _parts(self) -> list[Part]:
        """In the exercise's order, in which JSON does not keep them."""
        order = list(self.exercise.parts)
        return sorted(self.verdict.parts.values(), key=lambda p: order.index(p.name))

    def _part(self, name: str) -> str:
        topic = self.exercise.name.partition(".")[0]
        known = catalogue(topic, self.verdict.language)
        return known.get(f"{self.exercise.name}.part.{name}") or name

    def _pieces(self) -> str:
        if isinstance(self.pieces, str):
            return self.pieces
        return summary(self.pieces, self.verdict.language)

    def _standing(self) -> str:
        if self.progress is None:
            return ""
        language, name = self.verdict.language, self.exercise.name
        standing = dataclasses.asdict(self.progress)
        said = [text("engine.progress", language, **standing)]
        if self.verdict.right:
            said.append(text("engine.ours", language, name=name))
        return ". ".join(said)

    def _glossary(self) -> str:
        """A link to the field's words, where the notebook's folder has them."""
        if not os.path.isfile(Path("..", GLOSSARY)):
            return ""
        said = text("glossary.open", self.verdict.language)
        between = " · " if self.progress else ""
        return f'{between}<a href="../{GLOSSARY}" style="color:{LINK}">{said}</a>'


def text_of_card(data: dict, exercise: Exercise, pieces: str = "") -> str:
    """The card as text, from the JSON that a shown verdict carries."""
    return ShownVerdict(verdict_from_json(data), exercise, None, pieces).as_text()


@dataclasses.dataclass(frozen=True, repr=False)
class ShownHint:
    """One rung of the ladder of hints."""

    message: str

    def __repr__(self) -> str:
        return self.message

    def _repr_html_(self) -> str:
        return (
            f'<div class="course-card neutral" style="{box()}">'
            f"{_code(self.message).replace(chr(10), '<br>')}</div>"
        )


def _colour(verdict: Verdict) -> str:
    if verdict.right:
        return GOOD
    if verdict.outcome is Outcome.NOT_ATTEMPTED:
        return NEUTRAL
    return PARTLY if verdict.score else BAD


def _escape(message: str) -> str:
    return html.escape(message, quote=False)


def _code(message: str) -> str:
    """Escaped; `code` becomes <code>, *words* become <em> and **words** <b>, and an
    address a link.
    """
    style = f"background:{CODE_PAPER};color:{INK};padding:0 .25em"
    parts = re.split(r"`([^`]+)`", _escape(message))
    shown = [
        f'<code style="{style}">{part}</code>'
        if place % 2
        else _link(_emphasised(part))
        for place, part in enumerate(parts)
    ]
    return "".join(shown)


def _link(part: str) -> str:
    link = rf'<a href="\g<0>" target="_blank" style="color:{LINK}">\g<0></a>'
    return re.sub(r"https?://[^\s<>]*[^\s<>.,;:)]", link, part)


def _emphasised(part: str) -> str:
    """A lonely star, or one between numbers or names, is no emphasis."""
    part = re.sub(r"(?<![\w*])\*\*(\S|\S[^*]*\S)\*\*(?![\w*])", r"<b>\1</b>", part)
    return re.sub(
        r"(?<![\w*])\*([^\s*]|[^\s*][^*]*[^\s*])\*(?![\w*])", r"<em>\1</em>", part
    )
