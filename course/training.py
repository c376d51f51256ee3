"""How the course's models learn: in the library's loop. TensorFlow's own.

It is the loop of `python -m transformer_tf.train`, so that a training may be killed and
goes on where it was; scripts bring a model and batches of their own.
"""

import argparse
import itertools
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from transformer_tf.objectives import TokenCrossEntropy
from transformer_tf.training.loop import train
from transformer_tf.training.training_folder import TrainingFolder


def script_arguments(script: str, description: str, steps: int) -> argparse.Namespace:
    """What a script that trains a model is told, and where its weights go.

    Args:
        script: Its path; the model's folder is where it stands.
        description: For `--help`.
        steps: How many it takes unless it is told otherwise.

    Returns:
        `steps`; `folder` for the trained model; `checkpoints`, a folder or None.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--folder", type=Path, default=Path(script).parent)
    parser.add_argument(
        "--checkpoints", type=Path, help="written to, and gone on from where it is one"
    )
    return parser.parse_args()


def rising_and_falling(
    rate: float, steps: int, warmup_steps: int
) -> keras.optimizers.schedules.CosineDecay:
    """A learning rate that rises in a line, then falls along a cosine.

    Args:
        rate: The highest one.
        steps: In which it falls, counted from the highest one: a training of as many
            steps in all ends a little above nothing.
        warmup_steps: In which it rises.
    """
    return keras.optimizers.schedules.CosineDecay(
        0.0, steps, warmup_target=rate, warmup_steps=max(1, warmup_steps)
    )


def learn(
    model: Any,
    optimizer: keras.optimizers.Optimizer,
    batches: Callable[[], Iterable[tuple[Any, Any]]],
    steps: int,
    loss: keras.losses.Loss | None = None,
    checkpoints: Path | None = None,
    verbose: bool = True,
) -> list[float]:
    """Trains a model, compiled by XLA.

    Args:
        model: Built.
        optimizer: Not built yet.
        batches: Called once; the same (inputs, targets) every time, without end.
        steps: How many batches are read in all.
        loss: `TokenCrossEntropy` unless another one is given.
        checkpoints: A folder; the training goes on from what it has of one before.
        verbose: Whether progress is printed, and the time at the end.

    Returns:
        The loss of each step that was made now.
    """
    optimizer.build(model.trainable_variables)
    start, used = time.time(), time.process_time()
    losses = train(
        model,
        optimizer,
        loss or TokenCrossEntropy(),
        lambda state: map(_tensors, itertools.islice(batches(), state.step, None)),
        steps,
        folder=None if checkpoints is None else TrainingFolder(checkpoints),
        verbose=verbose,
    )
    start, used = time.time() - start, time.process_time() - used
    if verbose:
        print(f"{start:.0f} s, {used:.0f} s of processor time", flush=True)
    return losses


def _tensors(batch: tuple[Any, Any]) -> tuple[Any, Any]:
    return tf.nest.map_structure(tf.convert_to_tensor, batch)
