"""One door to the nine tasks: `pipeline(task, model)`."""

from __future__ import annotations

import contextlib
import os
import warnings
from typing import Any

import keras

from transformer_tf import checkpoints, text
from transformer_tf.checkpoints.hub import find_folder
from transformer_tf.pipelines.base import Pipeline
from transformer_tf.pipelines.defaults import default_model, ways_out
from transformer_tf.pipelines.tasks import class_for, find_task, task_of_model

HUB = ("revision", "token", "offline")


def pipeline(
    task: str | None = None,
    model: Any = None,
    tokenizer: Any = None,
    *,
    dtype: Any = None,
    device: str | None = None,
    **options: Any,
) -> Pipeline:
    """Makes the pipeline of a task.

    Args:
        task: "feature-extraction", "fill-mask", "question-answering", "summarization",
            "text-classification" ("sentiment-analysis"), "text-generation",
            "token-classification" ("ner"), "translation" ("translation_en_to_de"), or
            "zero-shot-classification". What the model is for when left out.
        model: A folder with a checkpoint, the id of a published one, "course/NAME" (a
            small model of the course), a saved `.keras` file, or a model. When left
            out the task's published default, which is named on the error stream.
        tokenizer: A `Tokenizer`, or a folder, a file or an id to read one from; that
            of the model's folder when left out.
        dtype: The dtype policy of the model, such as "mixed_bfloat16".
        device: Where it runs, such as "cpu" or "gpu:0"; Keras' choice when left out.
        options: The options of the task; see its class. `revision`, `token` and
            `offline` say which version of a published model, who asks, and whether
            only the cache is read.

    Returns:
        A `Pipeline`: call it with a text, or with many.

    Raises:
        ValueError: a task that is not known, a model that cannot be read.
        TypeError: a model of another kind than the task needs, an unknown option.

    Example:
        >>> classify = pipeline("text-classification", "models/classifier")
        >>> found = classify(["set a timer for five minutes", "apaga la luz"])
        >>> [one["label"] for one in found]
        ['StartTimer', 'TurnOff']
    """
    hub = {name: options.pop(name) for name in HUB if name in options}
    if task is None and model is None:
        raise ValueError("give a task, a model, or both")
    found = find_task(task) if task is not None else None
    usual = model is None
    if found is not None and usual:
        model, hub["revision"] = default_model(found.name, hub.get("revision"))
    place = keras.device(device) if device else contextlib.nullcontext()
    with place:
        if isinstance(model, (str, os.PathLike)):
            try:
                model = _load(model, found, dtype, hub)
            except (OSError, ImportError) as error:
                if not usual or found is None:
                    raise
                raise FileNotFoundError(
                    f"the default model of {found.name}, {model}, cannot be had here "
                    f"({error}). {ways_out(found.name)}"
                ) from None
    if found is None:
        found = task_of_model(model)
    of_tokenizer = {n: v for n, v in hub.items() if n != "revision"}
    tokenizer = _tokenizer(model, tokenizer, of_tokenizer)
    made = class_for(found, model)(model, tokenizer, **found.settings, **options)
    made.device = device
    return made


def _load(name: Any, task: Any, dtype: Any, hub: dict) -> Any:
    """The model of a folder or file."""
    if os.path.isdir(name):
        hub = {}  # what is here is never looked up elsewhere
    if str(name).endswith(".keras"):
        return keras.saving.load_model(name)
    with warnings.catch_warnings():
        if task is not None and task.name == "feature-extraction":
            # The head of the checkpoint is not needed.
            warnings.simplefilter("ignore", checkpoints.UnusedWeights)
        return checkpoints.from_pretrained(name, dtype=dtype, **hub)


def _tokenizer(model: Any, given: Any, hub: dict) -> Any:
    """The tokenizer that was given, or that of the model."""
    if isinstance(given, (str, os.PathLike)):
        here = os.path.exists(given)
        return text.from_pretrained(given if here else find_folder(given, **hub))
    given = getattr(model, "tokenizer", None) if given is None else given
    if given is None:
        raise ValueError("the model has no tokenizer; give tokenizer=")
    return given
