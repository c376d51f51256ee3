"""Puts a finding into words, in the learner's language."""

import inspect

from course.examination.exercise import Exercise
from course.examination.explaining import KINDS
from course.examination.verdict import Finding, Outcome
from course.messages import text


def describe(
    exercise: Exercise, finding: Finding, diagnosis: str | None, language: str
) -> str:
    """One to four sentences: what was found, where, why if it has a name, what next."""

    def say(key: str, **details) -> str:
        return text(f"engine.{key}", language, **details)

    if finding.outcome is Outcome.RIGHT:
        return say("right")
    details = dict(finding.details)
    details.setdefault("answer", exercise.answer)
    if "of" in details:
        details["of"] = f"`{_argument(exercise, details['of'])}`"
    sentences = []
    if finding.key == "property":
        sentences.append(
            text(f"{exercise.name}.property.{details['property']}", language)
        )
    else:
        sentences.append(say(finding.key, **_readable(details)))
    if finding.key in ("too_long", "interrupted"):
        sentences.append(_place(details, say))
    if finding.key.startswith("raised"):
        sentences.append(_place(details, say))
        sentences.append(_explain(details, say) or _of_mode(finding.key, say))
    if "where" in details:
        sentences.append(_where(exercise, details, language))
    if "first" in details and diagnosis is None:
        key = "first_difference_after" if details["fine"] else "first_difference"
        sentences.append(say(key, **details))
    if diagnosis is not None:
        sentences.append(text(f"{exercise.name}.mistake.{diagnosis}", language))
    elif finding.outcome is Outcome.WRONG_VALUES and finding.key in ("values", "value"):
        sentences.append(say("no_match"))
    return " ".join(sentence for sentence in sentences if sentence)


def _argument(exercise: Exercise, path: str) -> str:
    """ "args.0" -> the first parameter's name; "kwargs.key" -> "key"; else a weight."""
    head, _, rest = path.partition(".")
    if head == "kwargs":
        return rest
    if head != "args" or not rest.isdigit():
        return path
    function = getattr(exercise.reference, "call", exercise.reference)
    names = [n for n in inspect.signature(function).parameters if n != "self"]
    return names[int(rest)]


def _place(details: dict, say) -> str:
    """Where the learner's own code raised: cell, line and the line's text."""
    if details.get("line") is None:
        return ""
    key = "at_line" if details.get("cell") is None else "at_cell"
    return say(key, **details)


def _explain(details: dict, say) -> str:
    """What an error of this kind means; "" for one that has no kind."""
    if details.get("kind") not in KINDS:
        return ""
    try:
        return say(f"error.{details['kind']}", **details["about"])
    except (KeyError, IndexError):  # they come from the learner's side
        return ""


def _of_mode(key: str, say) -> str:
    """What is asked of code that runs as a graph, or is compiled."""
    return {"raised_graph": say("graph"), "raised_xla": say("xla")}.get(key, "")


def _where(exercise: Exercise, details: dict, language: str) -> str:
    if details["where"] == "region":
        region = text(f"{exercise.name}.region.{details['region']}", language)
        return text("engine.where_region", language, region=region)
    return text(f"engine.where_{details['where']}", language, **details)


def _readable(details: dict) -> dict:
    """Lists of names with commas between them; shapes stay as [2, 3]."""
    return {
        key: ", ".join(value)
        if isinstance(value, list) and value and isinstance(value[0], str)
        else value
        for key, value in details.items()
    }
