"""What a notebook and a program see of the course; each name is documented here."""

import difflib
import sys
from collections.abc import Iterable
from typing import Any

from course import settings
from course.environment import check_environment
from course.examination.exercise import Exercise
from course.examination.verdict import Verdict
from course.messages import LANGUAGES, text
from course.showing import (
    ShownComparison,
    ShownHint,
    ShownPieces,
    ShownProgress,
    ShownVerdict,
)
from course.showing.unwritten import explain_blanks

_in_use: dict[str, Any] = {}
_hints_given: dict[str, int] = {}
_NOT_GIVEN = object()
SECONDS = 20.0  # that an answer may work in one check, as when it is graded


def exercises() -> dict[str, Exercise]:
    """Every exercise by name, unit by unit."""
    check_environment()
    from course.checks import exercises as defined

    with _quiet():
        return defined()


def examine(
    name: str, candidate: Any, seed: int = 0, language: str | None = None
) -> Verdict:
    """Examines an answer and returns the verdict; shows nothing.

    Args:
        name: The exercise's name, such as "attention.scaled_dot_product".
        candidate: The answer itself (a function, a class, a value), or anything with
            the candidate interface, `answer(requests) -> replies`.
        seed: Draws the inputs' values; the verdict on an honest answer is the same
            for every seed.
        language: "en" or "es"; the one last spoken if None.

    Raises:
        ValueError: there is no such exercise or language.
    """
    from course.checks import exercise

    with _quiet():
        definition = exercise(name)
        from course.examination import LocalCandidate
        from course.examination import examine as examination

        # A class is an answer even if it has a method called `answer`.
        is_candidate = hasattr(candidate, "answer") and not isinstance(candidate, type)
        wrapped = candidate if is_candidate else LocalCandidate(candidate)
        spoken = language or settings.language()
        return examination(definition, wrapped, seed=seed, language=spoken)


def check(name: str, answer: Any = _NOT_GIVEN) -> ShownVerdict:
    """Checks the learner's answer to an exercise and shows a card.

    Args:
        name: The exercise's name, such as "attention.scaled_dot_product".
        answer: What to check; found by its name in the calling notebook if left out.

    Returns:
        Something whose plain text is the score, and whose HTML is the card.
    """
    from course.examination.candidate import MissingCandidate
    from course.learning.pieces import keep
    from course.showing.finding import syntax_error_in

    known = exercises()
    if name not in known:
        raise ValueError(_unknown(name, known))
    definition = known[name]
    namespace = sys._getframe(1).f_globals
    if answer is _NOT_GIVEN:
        answer = namespace.get(definition.answer, MissingCandidate())
    broken = syntax_error_in(definition.answer, namespace)
    if broken is not None:
        answer = MissingCandidate(("syntax_error", broken))
    try:
        verdict = examine(name, _in_time(answer))
    except KeyboardInterrupt:
        raise Interrupted(text("engine.interrupted", settings.language())) from None
    stopped = any(finding.key == "interrupted" for finding in verdict.findings)
    progress = settings.progress_of(name, settings.read_results())
    if not stopped:
        progress = settings.record(verdict)
    if verdict.right:
        keep(definition, answer, namespace)
    used = tuple(_in_use[name] for name in definition.pieces if name in _in_use)
    shown = ShownVerdict(verdict, definition, progress, used)
    shown.print_unless_in_a_notebook()
    return shown


class Interrupted(KeyboardInterrupt):
    """The learner has interrupted a check; a notebook shows one line of it."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def _in_time(answer: Any) -> Any:
    """An answer as a candidate that an endless loop does not keep for ever."""
    from course.examination import LocalCandidate

    if hasattr(answer, "answer") and not isinstance(answer, type):
        return answer
    return LocalCandidate(answer, seconds=SECONDS)


def hint(name: str) -> ShownHint:
    """Shows the next hint of an exercise; each call climbs one rung of the ladder."""
    known = exercises()
    if name not in known:
        raise ValueError(_unknown(name, known))
    language, count = settings.language(), known[name].hints
    number = _hints_given[name] = _hints_given.get(name, 0) + 1
    last = [text("engine.ours", language, name=name)] if number >= count else []
    if last and known[name].paper:
        last.insert(0, text("engine.paper", language, link=known[name].paper))
    if number > count:
        return ShownHint("\n".join([text("engine.no_more_hints", language), *last]))
    rung = text(f"{name}.hint.{number}", language)
    said = text("engine.hint", language, number=number, count=count, hint=rung)
    return ShownHint("\n".join([said, *last]))


def ours(name: str) -> ShownComparison | ShownHint:
    """Our solution beside the learner's, once theirs is right or no hint is left.

    Raises:
        ValueError: there is no such exercise.
    """
    from course.showing.comparison import comparison

    known, language = exercises(), settings.language()
    if name not in known:
        raise ValueError(_unknown(name, known))
    right = settings.read_results().get(name, {}).get("right")
    if not right and _hints_given.get(name, 0) < known[name].hints:
        return ShownHint(text("engine.ours_later", language, name=name))
    answer = sys._getframe(1).f_globals.get(known[name].answer)
    return comparison(known[name], answer, language)


def _unknown(name: str, known: Iterable[str]) -> str:
    """What there is instead of an exercise that there is not."""
    close = difflib.get_close_matches(name, list(known), n=3, cutoff=0.4) or known
    return text(
        "engine.no_exercise", settings.language(), name=name, close=", ".join(close)
    )


def my_pieces(*names: str) -> ShownPieces:
    """The learner's own answers to earlier exercises, where they were found right.

    Args:
        names: The exercises' names. The library's version stands in for an answer that
            is missing, cannot be read, or is not right (any more).

    Returns:
        An object with one attribute a piece, by the name of the function or class.

    Raises:
        ValueError: there is no piece of that name.
    """
    from course.learning.pieces import load
    from course.pieces import BY_EXERCISE

    unknown = [name for name in names if name not in BY_EXERCISE]
    if unknown:
        known = ", ".join(BY_EXERCISE)
        raise ValueError(f"no piece {unknown[0]!r}; there are: {known}")

    def right(name: str, value: Any) -> bool:
        return examine(name, _in_time(value)).right

    used = {name: load(name, BY_EXERCISE[name], right) for name in names}
    _in_use.update(used)
    return ShownPieces(tuple(used.values()), settings.language())


def progress() -> ShownProgress:
    """How far one is in each unit, as a picture, and which exercise comes next."""
    exercises()
    return ShownProgress(settings.read_results(), settings.language())


def speak(language: str) -> None:
    """Sets the language of cards, hints and plots: "en" or "es"."""
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {LANGUAGES}; got {language!r}")
    settings.speak(language)
    explain_blanks()
    exercises()  # TensorFlow's start-up lines belong to this cell, and are hidden


def say(en: str, es: str) -> str:
    """The text in the language that is spoken: for titles and axes of plots."""
    return {"en": en, "es": es}[settings.language()]


def _quiet():
    """Hides what TensorFlow prints when it is first imported."""
    from course.examination.silence import silence

    return silence()
