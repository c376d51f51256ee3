"""Texts that no model of the course has learnt from, and what the library answers."""

import random
from collections.abc import Sequence
from typing import Any

from course.datasets.house_reports import command, places, report
from course.models import model_folder
from course.pieces.trained import MODELS
from transformer_tf import pipeline

QUESTIONS = ("area", "name", "timer name")
OPTIONS: dict[str, dict[str, Any]] = {
    "text-classification": {"truncation": True},
    "token-classification": {"aggregation_strategy": "first"},
    "question-answering": {"align_to_words": False, "handle_impossible_answer": True},
}


def unseen_items(task: str, count: int, seed: int) -> list:
    """Texts of both languages; for questions lists of a question and a text.

    Args:
        task: One of the three that `course.pieces.trained` knows.
        count: How many; every eighth is longer than the models read.
        seed: Of the draw.
    """
    chance = random.Random(seed)
    items: list = []
    for number in range(count):
        language = chance.choice(("en", "es"))
        one = [_command(chance, language)]
        if number % 8 == 7:
            one += [_command(chance, language) for _ in range(chance.randint(9, 16))]
        elif chance.random() < 0.2:
            one = [getattr(report(chance, True)[0], language)]
        text = chance.choice((" ", "  ", ", ")).join(one)
        if chance.random() < 0.2:
            text = chance.choice(("¡{}!", "{} 🙂", "{}...")).format(text.capitalize())
        is_question = task == "question-answering"
        items.append([chance.choice(QUESTIONS), text] if is_question else text)
    return items


def _command(chance: random.Random, language: str) -> str:
    thing, room = chance.choice(places(testing=True))
    return getattr(command(thing, room, chance.random() < 0.5), language)


def library_answers(task: str, items: Sequence) -> list:
    """What `transformer_tf.pipeline` says, in the form of the capstone of unit 12."""
    answer = pipeline(task, model_folder(MODELS[task]), **OPTIONS[task])
    if task == "question-answering":
        return answer([{"question": q, "context": text} for q, text in items])
    found = answer(list(items))
    if task == "text-classification":
        return found
    fields = ("entity_group", "score", "start", "end")
    return [[[one[name] for name in fields] for one in row] for row in found]


def differences(yours: Sequence, theirs: Sequence) -> tuple[int, float]:
    """How many answers are others, and by how much scores differ in the rest."""
    others, largest = 0, 0.0
    for one, other in zip(yours, theirs, strict=True):
        (rest, scores), (known, wanted) = _apart(one), _apart(other)
        if rest != known:
            others += 1
            continue
        largest = max([largest, *(abs(a - b) for a, b in zip(scores, wanted))])
    return others, largest


def _apart(answer: Any) -> tuple[Any, list[float]]:
    """An answer without its scores, and its scores."""
    if isinstance(answer, dict):
        rest = {name: value for name, value in answer.items() if name != "score"}
        return rest, [float(answer["score"])]
    return [[one[0], *one[2:]] for one in answer], [float(one[1]) for one in answer]
