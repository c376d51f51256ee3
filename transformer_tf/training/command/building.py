"""TensorFlow's own. Model, tokenizer and optimizer, as a configuration says."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import keras

from transformer_tf import models, objectives, text
from transformer_tf.checkpoints import from_pretrained
from transformer_tf.checkpoints.writing_config import config_of, family_of
from transformer_tf.models import TransformerConfig, families
from transformer_tf.spelling import CONSTRUCTOR_NAMES, here
from transformer_tf.training.command.keys import ConfigError, nearest
from transformer_tf.training.command.settings import Config

# Name in model.family -> model_type of published checkpoints.
FAMILIES = {
    "albert": "albert",
    "bart": "bart",
    "bert": "bert",
    "gpt2": "gpt2",
    "led": "led",
    "llama": "llama",
    "longformer": "longformer",
    "t5": "t5",
    "transformer_xl": "transfo-xl",
}
KINDS: dict[str, Any] = {
    "causal": models.CausalLM,
    "masked": models.MaskedLM,
    "spans": models.Seq2SeqLM,
    "pairs": models.Seq2SeqLM,
}
_OWN_KEYS = ("family", "checkpoint")


def new_tokenizer(config: Config) -> Any:
    """The tokenizer that data.tokenizer names, or that of model.checkpoint.

    Raises:
        ConfigError: There is none; names the key.
    """
    name = config.data.tokenizer or config.model.get("checkpoint", "")
    if not name:
        raise ConfigError(
            "data.tokenizer must name a folder or a file: model.checkpoint, whose "
            "tokenizer would do, is not there"
        )
    key = "data.tokenizer" if config.data.tokenizer else "model.checkpoint"
    try:
        return text.from_pretrained(_place(config, name))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{key} is no tokenizer: {error}") from None


def new_model(config: Config, tokenizer: Any) -> Any:
    """The model, built, with weights drawn from training.seed or of a checkpoint.

    Raises:
        ConfigError: [model] names none, or one that cannot be had or saved.
    """
    keras.utils.set_random_seed(config.training.seed)
    kind = KINDS[config.objective.name]
    dtype = config.training.dtype
    if "checkpoint" in config.model:
        model = _load(config, kind, dtype)
    else:
        model = kind(_describe(config, tokenizer), dtype=dtype)
        model.build()
    model.tokenizer = tokenizer
    _check_fits(config, model, tokenizer)
    try:
        family, row, _ = family_of(model, model_type_of(config))
        config_of(model, family, row)
    except ValueError as error:
        raise ConfigError(f"[model] could not be saved: {error}") from None
    return model


def model_type_of(config: Config) -> str | None:
    """The `model_type` under which checkpoints are written."""
    return FAMILIES.get(config.model.get("family", ""))


def new_optimizer(config: Config) -> Any:
    """The optimizer, with its schedule."""
    told = config.optimizer
    rate, clip = _schedule(config), told.clip_norm or None
    betas = {"beta_1": told.beta_1, "beta_2": told.beta_2}
    made: dict[str, Any] = {
        "adam": lambda: keras.optimizers.Adam(rate, **betas, global_clipnorm=clip),
        "adamw": lambda: keras.optimizers.AdamW(
            rate, told.weight_decay, **betas, global_clipnorm=clip
        ),
        "sgd": lambda: keras.optimizers.SGD(rate, global_clipnorm=clip),
        "adafactor": lambda: keras.optimizers.Adafactor(rate, global_clipnorm=clip),
    }
    optimizer = made[told.name]()
    if config.training.dtype == "mixed_float16":
        return keras.optimizers.LossScaleOptimizer(optimizer)
    return optimizer


def _schedule(config: Config) -> Any:
    told, peak, steps = config.schedule, config.optimizer.rate, config.training.steps
    if told.name == "constant" and not told.warmup_steps:
        return peak
    if told.name == "constant":  # in a line up to the peak, and on there
        return objectives.LinearSchedule(
            peak, told.warmup_steps, told.warmup_steps + 1, end=peak
        )
    if told.name == "inverse_square_root":
        return objectives.InverseSquareRootSchedule(peak, max(told.warmup_steps, 1))
    kinds: dict[str, Any] = {
        "cosine": objectives.CosineSchedule,
        "linear": objectives.LinearSchedule,
    }
    return kinds[told.name](peak, told.warmup_steps, steps, end=told.end)


def _place(config: Config, name: str) -> str | Path:
    """A folder beside the configuration's file; else the name, such as course/NAME."""
    return path if (path := config.path(name)).exists() else name


def _load(config: Config, kind: Any, dtype: str) -> Any:
    others = [name for name in config.model if name != "checkpoint"]
    if others:
        raise ConfigError(
            f"model.{others[0]} cannot stand beside model.checkpoint, which says it"
        )
    name = config.model["checkpoint"]
    if not isinstance(name, str):
        raise ConfigError(f"model.checkpoint must be a string; got {name!r}")
    try:
        return from_pretrained(_place(config, name), kind, dtype=dtype)
    except (OSError, ValueError) as error:
        raise ConfigError(f"model.checkpoint cannot be had: {error}") from None


def _describe(config: Config, tokenizer: Any) -> TransformerConfig:
    """The `TransformerConfig` that [model] describes."""
    name = config.model.get("family")
    if name not in FAMILIES:
        raise ConfigError(
            f"model.family must be one of {', '.join(FAMILIES)}, unless there is a "
            f"model.checkpoint; got {name!r}"
            + nearest(str(name), FAMILIES).rstrip(". ")
        )
    known = [field.name for field in dataclasses.fields(TransformerConfig)]
    fields = {k: v for k, v in config.model.items() if k not in _OWN_KEYS}
    for field in fields:
        if field not in known:
            said = here(field, CONSTRUCTOR_NAMES)
            raise ConfigError(
                f"[model] has no key {field!r}{said or nearest(field, known)}"
                + ("" if said else f"It has family, checkpoint, {', '.join(known)}")
            )
    fields.setdefault("vocabulary_size", len(tokenizer))
    try:
        return getattr(families, f"{name}_config")(**fields)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"model.{error}") from None


def _check_fits(config: Config, model: Any, tokenizer: Any) -> None:
    """Whether rows of the tokenizer's ids can be read by the model."""
    size, length = model.config.vocabulary_size, config.objective.length
    if len(tokenizer) > size:
        raise ConfigError(
            f"model.vocabulary_size must be at least {len(tokenizer)}, the tokenizer's;"
            f" got {size}"
        )
    most = model.config.max_length
    if most is not None and length > most:
        raise ConfigError(
            f"objective.length must be at most {most}, model.max_length; got {length}"
        )
