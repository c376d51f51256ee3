"""The configuration of a training: sections, keys, defaults."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from transformer_tf.training.command.keys import ConfigError, key, nearest, read_section

OBJECTIVES = ("causal", "masked", "spans", "pairs")


@dataclasses.dataclass(frozen=True)
class Data:
    """What is learnt from."""

    files: list[str] = key(
        (), "text files, UTF-8, or patterns such as texts/*.txt; a text on each line"
    )
    documents: bool = key(False, "each file is one text, not each of its lines")
    tokens: str = key(
        "", "in place of files: ids in a .npy file, [tokens] or [rows, length]"
    )
    tokenizer: str = key(
        "", "a folder or file of a tokenizer; that of model.checkpoint when left out"
    )
    end_token: str = key(
        "", "what ends a text: a token; </s>, <|endoftext|> ... when left out"
    )
    shuffle: bool = key(True, "another order of the texts on every pass")


@dataclasses.dataclass(frozen=True)
class Objective:
    """What is asked of the model."""

    name: str = key(
        "causal",
        "causal: the next token; masked: hidden tokens (BERT); spans: dropped spans "
        "(T5); pairs: the second of two texts, with a tab between them",
        choices=OBJECTIVES,
    )
    length: int = key(128, "tokens in a row; longer texts are cut", least=2)
    target_length: int = key(
        0, "of pairs: tokens of the second text; as length when 0", least=0
    )
    packed: bool = key(
        True, "texts follow each other in full rows; not of pairs. Else a text a row"
    )
    rate: float = key(0.15, "share of the tokens that are hidden", above=0, below=1)
    mean_span: float = key(3.0, "of spans: tokens in one, on average", least=1)
    label_smoothing: float = key(
        0.0, "share of a target spread evenly", least=0, below=1
    )


@dataclasses.dataclass(frozen=True)
class Optimizer:
    """How weights change."""

    name: str = key("adamw", "which", choices=("adamw", "adam", "sgd", "adafactor"))
    rate: float = key(1e-3, "the learning rate at its highest", above=0)
    weight_decay: float = key(0.01, "of adamw", least=0)
    beta_1: float = key(0.9, "of adam and adamw", least=0, below=1)
    beta_2: float = key(0.999, "of adam and adamw", least=0, below=1)
    clip_norm: float = key(
        1.0, "the largest norm of all gradients together; 0 for any", least=0
    )


@dataclasses.dataclass(frozen=True)
class Schedule:
    """How the learning rate rises and falls."""

    name: str = key(
        "cosine",
        "its fall after the warm-up",
        choices=("cosine", "linear", "inverse_square_root", "constant"),
    )
    warmup_steps: int = key(0, "steps in which the rate rises in a line", least=0)
    end: float = key(0.0, "the last rate, of cosine and linear", least=0)


@dataclasses.dataclass(frozen=True)
class Training:
    """How long, how much at once, how exactly."""

    steps: int = key(1000, "how many updates in all", least=1)
    batch: int = key(32, "rows of an update, on all devices together", least=1)
    accumulate: int = key(
        1, "parts that a batch is read in, for batches larger than memory", least=1
    )
    dtype: str = key(
        "float32",
        "mixed_ policies keep the weights in float32",
        choices=("float32", "mixed_bfloat16", "mixed_float16"),
    )
    seed: int = key(0, "of weights, order, masks and dropout", least=0)
    compile: bool = key(True, "with XLA, where one device trains")
    devices: str = key(
        "one",
        "all: every GPU of this machine; machines: those that TF_CONFIG names",
        choices=("one", "all", "machines"),
    )


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """What is measured beside training: the loss on held-out texts."""

    files: list[str] = key((), "text files as in data.files; none to measure nothing")
    tokens: str = key("", "in place of files: a .npy file as in data.tokens")
    every: int = key(500, "steps between", least=1)
    batches: int = key(50, "batches at most", least=1)


@dataclasses.dataclass(frozen=True)
class Checkpoints:
    """What is kept, and when."""

    folder: str = key("", "where checkpoints and logs go; it is resumed from, too")
    every: int = key(500, "steps between", least=1)
    keep: int = key(2, "how many stay, the newest ones", least=1)


@dataclasses.dataclass(frozen=True)
class Config:
    """A whole configuration.

    Args:
        base: The folder that relative paths start from.
        model: `family` or `checkpoint`, and fields of `TransformerConfig`.
        the others: By their section's name.
    """

    base: Path
    model: dict[str, Any]
    data: Data
    objective: Objective
    optimizer: Optimizer
    schedule: Schedule
    training: Training
    evaluation: Evaluation
    checkpoints: Checkpoints

    def path(self, text: str) -> Path:
        """A path of the configuration, from the folder of its file."""
        return self.base / Path(text).expanduser()

    def determinants(self) -> dict[str, Any]:
        """What the loss curve depends on, as JSON has it."""
        kept = {name: dataclasses.asdict(getattr(self, name)) for name in SECTIONS}
        for name in ("evaluation", "checkpoints"):
            del kept[name]
        return json.loads(json.dumps({"model": self.model, **kept}))


SECTIONS = {
    "data": Data,
    "objective": Objective,
    "optimizer": Optimizer,
    "schedule": Schedule,
    "training": Training,
    "evaluation": Evaluation,
    "checkpoints": Checkpoints,
}


def read_config(path: Path) -> Config:
    """A configuration from a file of TOML, or of JSON (by the name's end).

    Raises:
        ConfigError: The file is neither, or a key or value is wrong; names it.
        OSError: The file cannot be read.
    """
    if path.is_dir() or not path.exists():
        raise ConfigError(
            f"there is no file {path}; --example prints a configuration to begin with"
        )
    text = path.read_bytes()
    try:
        if path.suffix == ".json":
            values = json.loads(text.decode("utf-8"))
        else:
            values = tomllib.loads(text.decode("utf-8"))
    except ValueError as error:
        kind = "JSON" if path.suffix == ".json" else "TOML"
        raise ConfigError(f"{path} is no {kind}: {error}") from None
    return config_of(values, path.parent)


def config_of(values: Any, base: Path) -> Config:
    """A configuration from nested dicts.

    Raises:
        ConfigError: A section, a key or a value is wrong; names it.
    """
    known = ("model", *SECTIONS)
    if not isinstance(values, Mapping):
        raise ConfigError(f"sections of keys were expected; got {values!r:.60}")
    for name in values:
        if name not in known:
            raise ConfigError(
                f"there is no section [{name}]{nearest(name, known)}"
                f"There are {', '.join(known)}"
            )
    model = values.get("model", {})
    if not isinstance(model, Mapping):
        raise ConfigError(f"[model] must be a table of keys; got {model!r:.60}")
    sections = {
        name: read_section(name, kind, values.get(name, {}))
        for name, kind in SECTIONS.items()
    }
    config = Config(base=base, model=dict(model), **sections)
    _check_together(config)
    return config


def _check_together(config: Config) -> None:
    """What no key tells alone."""
    data, evaluation, training = config.data, config.evaluation, config.training
    if bool(data.files) == bool(data.tokens):
        came = "both" if data.files else "neither"
        raise ConfigError(f"data needs files or tokens, one of the two; got {came}")
    if evaluation.files and evaluation.tokens:
        raise ConfigError("evaluation takes files or tokens, one of the two; got both")
    if config.objective.name == "pairs" and (data.tokens or evaluation.tokens):
        raise ConfigError(
            "pairs are read from files with a tab in each line, not tokens"
        )
    if config.objective.name == "pairs" and data.documents:
        raise ConfigError("data.documents must be false for pairs, a pair on each line")
    if training.batch % training.accumulate:
        raise ConfigError(
            f"training.accumulate must divide training.batch={training.batch}; got "
            f"{training.accumulate}"
        )
    if not config.checkpoints.folder:
        raise ConfigError("checkpoints.folder must name a folder; got none")
    schedule = config.schedule
    falls = schedule.name in ("cosine", "linear")
    if falls and schedule.warmup_steps >= training.steps:
        raise ConfigError(
            f"schedule.warmup_steps must be below training.steps={training.steps}; got "
            f"{schedule.warmup_steps}"
        )
    if falls and schedule.end > config.optimizer.rate:
        raise ConfigError(
            f"schedule.end must be at most optimizer.rate={config.optimizer.rate}; got "
            f"{schedule.end}"
        )
