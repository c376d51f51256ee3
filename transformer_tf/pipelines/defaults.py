"""The published default model of each task, where none is named."""

from __future__ import annotations

import sys

# (model, revision), as transformers 4.57 has them: people compare.
DEFAULTS = {
    "feature-extraction": ("distilbert/distilbert-base-cased", "6ea8117"),
    "fill-mask": ("distilbert/distilroberta-base", "fb53ab8"),
    "question-answering": (
        "distilbert/distilbert-base-cased-distilled-squad",
        "564e9b5",
    ),
    "summarization": ("sshleifer/distilbart-cnn-12-6", "a4f8f3e"),
    "text-classification": (
        "distilbert/distilbert-base-uncased-finetuned-sst-2-english",
        "714eb0f",
    ),
    "text-generation": ("openai-community/gpt2", "607a30d"),
    "token-classification": (
        "dbmdz/bert-large-cased-finetuned-conll03-english",
        "4c53496",
    ),
    "translation": ("google-t5/t5-base", "a9723ea"),
    "zero-shot-classification": ("facebook/bart-large-mnli", "d7645e1"),
}

# What the course has trained for a task, for where no network is; see `offered`.
SMALL = {
    "feature-extraction": "course/bilingual_encoder",
    "fill-mask": "course/bilingual_encoder",
    "question-answering": "course/bilingual_answerer",
    "summarization": "course/bilingual_writer",
    "text-classification": "course/bilingual_classifier",
    "text-generation": "course/bilingual_decoder",
    "token-classification": "course/bilingual_tagger",
    "translation": "course/bilingual_translator",
}


def ways_out(task: str) -> str:
    """What can be given where the default of a task cannot be had."""
    small = SMALL.get(task)
    course = (
        f'the small model of the course, "{small}"'
        if small
        else f"a small model of the course, which has none for {task}, but for "
        f"{', '.join(SMALL)}"
    )
    return (
        "Three ways out: give as the model the id of another published one, a folder "
        f"that holds a checkpoint, or {course}"
    )


def default_model(task: str, revision: str | None) -> tuple[str, str]:
    """The default of a task; it is named on the error stream.

    Args:
        task: The task's name.
        revision: The revision that was asked for; the published one when None.

    Returns:
        The model's id, and its revision.
    """
    name, published = DEFAULTS[task]
    revision = revision or published
    print(
        f"No model was given: {task} uses {name} at revision {revision}. Name a model "
        "to have the same one tomorrow.",
        file=sys.stderr,
    )
    return name, revision
