"""TensorFlow's own. From a configuration to a trained model in its folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import tensorflow as tf

from transformer_tf.objectives import TokenCrossEntropy
from transformer_tf.training.command.building import (
    model_type_of,
    new_model,
    new_optimizer,
    new_tokenizer,
)
from transformer_tf.training.command.feeding import Feed, evaluation
from transformer_tf.training.command.keys import ConfigError
from transformer_tf.training.command.settings import Config
from transformer_tf.training.loop import train
from transformer_tf.training.training_folder import TrainingFolder

# Keys that may change while a training goes on.
_FREE = (
    "training.steps",
    "training.devices",
    "training.compile",
    "training.accumulate",
)


def train_as_told(config: Config, tell: Callable[[str], None]) -> list[float]:
    """Trains as a configuration says, from the newest checkpoint if there is one.

    Args:
        config: The configuration.
        tell: Told what is done, a sentence at a time.

    Returns:
        The loss of each step that was made now.

    Raises:
        ConfigError: A key is wrong, or differs from what the checkpoint was told.
        Stopped: Ctrl-C or SIGTERM came; a checkpoint was written.
    """
    strategy = _strategy(config)  # before any other operation, on several machines
    tokenizer = new_tokenizer(config)
    told, training = config.checkpoints, config.training
    folder = TrainingFolder(config.path(told.folder), told.keep, model_type_of(config))
    with strategy.scope():
        model = new_model(config, tokenizer)
        optimizer = new_optimizer(config)
        optimizer.build(model.trainable_variables)
        feed = Feed(config, tokenizer, model)
        held_out = None
        if config.evaluation.files or config.evaluation.tokens:
            held_out = evaluation(Feed(config, tokenizer, model, True), model)
        said = {**config.determinants(), "data size": feed.size}
        before = folder.state()
        if before is not None:
            _check_same(before.said, said, folder.folder)
        begun = (
            "a new training" if before is None else f"going on after step {before.step}"
        )
        tell(f"{begun}: {model.count_params():,} weights, in {folder.folder}")
        losses = train(
            model,
            optimizer,
            TokenCrossEntropy(config.objective.label_smoothing),
            lambda state: feed.from_step(state.step, state.place),
            training.steps,
            parts=training.accumulate,
            compile=training.compile,
            folder=folder,
            every=told.every,
            evaluate=held_out,
            evaluate_every=config.evaluation.every,
            said=said,
        )
    tell(f"done: the model is in {folder.checkpoints()[-1]}")
    return losses


def _strategy(config: Config) -> Any:
    """Where the model is trained.

    Raises:
        ConfigError: The batch cannot be shared among the devices.
    """
    kind = config.training.devices
    made: Mapping[str, Callable[[], Any]] = {
        "one": tf.distribute.get_strategy,
        "all": tf.distribute.MirroredStrategy,
        "machines": tf.distribute.MultiWorkerMirroredStrategy,
    }
    strategy = made[kind]()
    count, training = strategy.num_replicas_in_sync, config.training
    if training.batch % (count * training.accumulate):
        raise ConfigError(
            f"training.batch must be a multiple of {count * training.accumulate}, "
            f"{count} devices by training.accumulate; got {training.batch}"
        )
    return strategy


def _check_same(before: Any, now: Any, folder: Path) -> None:
    """A training that goes on is told what it was told before.

    Raises:
        ConfigError: It is not; names the key.
    """
    old, new = _flat(before), _flat(now)
    for name in {**old, **new}:
        if name not in _FREE and old.get(name) != new.get(name):
            raise ConfigError(
                f"{name} is {new.get(name)!r}, and was {old.get(name)!r} when the "
                f"checkpoint in {folder} was written: put it back, or give "
                "checkpoints.folder another name to begin anew"
            )


def _flat(values: Any) -> dict[str, Any]:
    """Nested sections as {"section.key": value}."""
    return {
        name if not isinstance(part, dict) else f"{name}.{key}": value
        for name, part in values.items()
        for key, value in (part.items() if isinstance(part, dict) else [("", part)])
    }
