"""The nine tasks by all the names that people know them by."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any, NamedTuple

from transformer_tf.pipelines.base import Pipeline
from transformer_tf.pipelines.embedding_zero_shot import EmbeddingZeroShot
from transformer_tf.pipelines.feature_extraction import FeatureExtraction
from transformer_tf.pipelines.fill_mask import FillMask
from transformer_tf.pipelines.question_answering import QuestionAnswering
from transformer_tf.pipelines.summarization import Summarization
from transformer_tf.pipelines.text_classification import TextClassification
from transformer_tf.pipelines.text_generation import TextGeneration
from transformer_tf.pipelines.token_classification import TokenClassification
from transformer_tf.pipelines.translation import Translation
from transformer_tf.pipelines.zero_shot_classification import ZeroShotClassification

ALIASES = {
    "sentiment-analysis": "text-classification",
    "ner": "token-classification",
}
TASKS: dict[str, type[Pipeline]] = {
    kind.task: kind
    for kind in (
        FeatureExtraction,
        FillMask,
        QuestionAnswering,
        Summarization,
        TextClassification,
        TextGeneration,
        TokenClassification,
        Translation,
        ZeroShotClassification,
    )
}


# For models of another kind than a task's usual one; their answers say so.
OTHERS: dict[str, type[Pipeline]] = {EmbeddingZeroShot.task: EmbeddingZeroShot}


class Task(NamedTuple):
    """A task that was asked for.

    Attributes:
        name: Its name, without aliases.
        make: The class of its pipeline.
        settings: Options that the name itself says.
    """

    name: str
    make: type[Pipeline]
    settings: dict[str, Any]


def find_task(name: str) -> Task:
    """The task of a name, an alias, or "translation_en_to_de".

    Raises:
        ValueError: There is none of that name.
    """
    languages = re.fullmatch(r"translation_(\w+?)_to_(\w+)", name)
    if languages:
        settings = {"src_lang": languages[1], "tgt_lang": languages[2]}
        return Task("translation", TASKS["translation"], settings)
    known = ALIASES.get(name, name)
    if known not in TASKS:
        names = sorted([*TASKS, *ALIASES, "translation_xx_to_yy"])
        near = get_close_matches(name, names, 1)
        hint = f", did you mean {near[0]!r}?" if near else "."
        raise ValueError(f"{name!r} is no task{hint} Known are {', '.join(names)}")
    return Task(known, TASKS[known], {})


def class_for(task: Task, model: Any) -> type[Pipeline]:
    """The class of a task's pipeline for a model: its usual one, or another."""
    other = OTHERS.get(task.name)
    fits = other is not None and isinstance(model, other.models)
    return other if other is not None and fits else task.make


def task_of_model(model: Any) -> Task:
    """The task that a model with a head is for."""
    for name, make in TASKS.items():
        if name != "zero-shot-classification" and type(model) in make.models:
            return Task(name, make, {})
    raise ValueError(f"a {type(model).__name__} does not say its task; give one")
