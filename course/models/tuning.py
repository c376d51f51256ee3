"""Fine-tuning the bilingual encoder: what the scripts of three models share.

TensorFlow's own (a compiled step). Every draw has a seed.
"""

import functools
import json
from argparse import Namespace
from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np

from course.datasets.commands import Command, commands_with_intents
from course.datasets.four_tasks import padded
from course.models import model_folder
from course.training import learn, rising_and_falling
from transformer_tf import text
from transformer_tf.checkpoints import from_pretrained

LENGTH = 20  # tokens of a command; what is longer is cut


def all_commands(testing: bool) -> list[Command]:
    """Those of both languages: of templates for training, or of the held-out ones."""
    both = [commands_with_intents(language)[testing] for language in ("en", "es")]
    return [one for part in both for one in part]


def tokenizer() -> Any:
    """Of the bilingual encoder, and of every model made of it."""
    return text.from_pretrained(model_folder("bilingual_encoder"))


def encoder() -> Any:
    """The body of the bilingual encoder."""
    return from_pretrained(model_folder("bilingual_encoder")).body


def published(architecture: str, labels: list[str] | None = None) -> dict:
    """config.json of a model with that head, and with names of its classes."""
    path = model_folder("bilingual_encoder") / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["architectures"] = [architecture]
    if labels is not None:
        config["id2label"] = {str(n): label for n, label in enumerate(labels)}
        config["label2id"] = {label: n for n, label in enumerate(labels)}
    return config


def inputs_of(encodings: list, length: int = LENGTH) -> dict[str, np.ndarray]:
    """What a model reads: ids, which of them are real, and of which text."""
    ids = padded([one.ids for one in encodings], length)
    types = padded([one.type_ids for one in encodings], length)
    return {"ids": ids, "padding_mask": ids > 0, "token_types": types}


def fine_tune(
    model: Any,
    inputs: Mapping[str, np.ndarray],
    targets: np.ndarray,
    args: Namespace,
    loss: keras.losses.Loss | None = None,
) -> None:
    """Trains all of a model with AdamW.

    Args:
        model: A headed model.
        inputs: By name, one row an example.
        targets: One row an example.
        args: Of `script_arguments`.
        loss: As of `learn`.
    """
    rate = rising_and_falling(1e-3, args.steps, args.steps // 10)
    optimizer = keras.optimizers.AdamW(rate, weight_decay=0.01, clipnorm=1.0)
    batches = functools.partial(draws, inputs, targets)
    learn(model, optimizer, batches, args.steps, loss, args.checkpoints)


def draws(
    inputs: Mapping[str, np.ndarray],
    targets: np.ndarray,
    batch: int = 64,
    seed: int = 0,
) -> Iterator[tuple[dict[str, np.ndarray], np.ndarray]]:
    """Batches of examples drawn at random, without end."""
    chance = np.random.default_rng(seed)
    while True:
        rows = chance.integers(len(targets), size=batch)
        yield {name: array[rows] for name, array in inputs.items()}, targets[rows]
