"""From a model of ours to a preset folder that KerasHub, and we, can read."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np

from transformer_tf.checkpoints.checkpoint import ApproximateModel
from transformer_tf.checkpoints.family import Family, Head, translate
from transformer_tf.checkpoints.keras_hub.preset import (
    Layers,
    Preset,
    body_of,
    dataset_of,
    with_heads,
)
from transformer_tf.checkpoints.keras_hub.presets import PRESETS
from transformer_tf.checkpoints.keras_hub.reading import TASK_WEIGHTS, WEIGHTS
from transformer_tf.checkpoints.keras_hub.tokenizers import (
    serialize,
    write_preset_tokenizer,
)
from transformer_tf.checkpoints.placing import places_of
from transformer_tf.checkpoints.replacing import new_folder
from transformer_tf.checkpoints.saving import carry_over, write_json
from transformer_tf.checkpoints.writing_config import (
    config_of,
    differences,
    family_of,
)

_NEARLY = {"gelu", "gelu_tanh"}
# What an old preset holds beside what every save replaces.
_REPLACED = ("assets", "metadata.json", "preprocessor.json", "task.json", TASK_WEIGHTS)


def save_to_preset(
    model: Any, folder: str | os.PathLike[str], *, model_type: str | None = None
) -> None:
    """Writes a model as a preset folder of KerasHub, which `from_pretrained` reads too.

    The folder gets config.json, model.weights.h5 and metadata.json; task.json and
    task.weights.h5 for a model with a head that KerasHub has; and its tokenizer. All of
    them or, if the save fails or is killed, none.

    Args:
        model: A model whose family, configuration and head KerasHub has: BERT, ALBERT,
            ELECTRA, DistilBERT, RoBERTa, XLM-RoBERTa, GPT-2, BART, T5, Llama.
        folder: Where to.
        model_type: The family to write, such as "bert"; the checkpoint's own when None,
            else the first that has such a model.

    Raises:
        ValueError: KerasHub has no such model, or some of its weights have no place.
        OSError: The disk is full, or the folder cannot be written.

    Warns:
        ApproximateModel: KerasHub's class computes gelu by tanh where the model does
            not, or the other way round: its outputs differ slightly.

    Example:
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = CausalLM(gpt2_config(vocabulary_size=9, max_length=6, **sizes))
        >>> save_to_preset(model, "preset")
        >>> CausalLM.from_pretrained("preset").config.dim
        8
    """
    if not model.built:
        model.build()
    family, row, head = family_of(model, model_type)
    published = config_of(model, family, row)
    preset = _preset(family, row, published)
    arguments = preset.arguments(published)
    _check(model, preset, family, head, row, arguments)
    layers = preset.layers(getattr(model, "body", model).config)
    if arguments.get("tie_embedding_weights"):
        layers.pop("head.table")
    datasets = _datasets(model, preset, family, head, layers)
    place = Path(folder)
    with new_folder(place) as partial:
        _write_configs(partial, model, preset, row, arguments)
        of_task = {k: v for k, v in datasets.items() if k.startswith("task/")}
        of_body = {k: v for k, v in datasets.items() if k not in of_task}
        _write_datasets(partial / WEIGHTS, of_body)
        if of_task:
            heads = {k.removeprefix("task/"): v for k, v in of_task.items()}
            _write_datasets(partial / TASK_WEIGHTS, heads)
        if model.tokenizer is not None:
            source = Path(model.checkpoint.folder) if model.checkpoint else None
            write_preset_tokenizer(partial, model.tokenizer, source, preset.name)
        carry_over(place, partial, but=_REPLACED)


def _preset(family: Family, row: str, published) -> Preset:
    """What KerasHub has of a family, if it has this row of it."""
    of_family = [p for p in PRESETS if p.model_type == family.model_type]
    preset = next((p for p in of_family if p.stands_for(published)), None)
    if preset and (preset.task_of(row) or row == body_of(family.heads)):
        return preset
    known = (f"{p.model_type} ({', '.join(p.tasks) or 'bodies'})" for p in PRESETS)
    raise ValueError(
        f"KerasHub has no {row} of {family.model_type}; it has bodies, and the tasks "
        f"behind them, of {', '.join(dict.fromkeys(known))}"
    )


def _write_configs(place: Path, model, preset: Preset, row: str, arguments) -> None:
    """config.json, metadata.json and, for a model with a head, task.json."""
    policy = keras.dtype_policies.get(model.variable_dtype)
    named = {
        "name": f"{preset.name.lower()}_backbone",
        "dtype": keras.saving.serialize_keras_object(policy),
    }
    backbone = serialize(f"{preset.name}Backbone", {**named, **arguments})
    metadata = {
        "keras_version": keras.__version__,
        "parameter_count": getattr(model, "body", model).count_params(),
    }
    write_json(place / "config.json", backbone)
    write_json(place / "metadata.json", metadata)
    if preset.task_of(row):
        task: dict[str, Any] = {"backbone": backbone, "preprocessor": None}
        if hasattr(model, "num_classes"):
            task["num_classes"] = model.num_classes
        name = f"{preset.name}{preset.task_of(row)}"
        write_json(place / "task.json", serialize(name, task))


def _check(model, preset: Preset, family: Family, head: Head, row, arguments) -> None:
    """What is written must mean the model."""
    config = getattr(model, "body", model).config
    meant = translate(family, preset.publish(arguments))
    meant = meant.with_changes(**head.config(meant), tied=config.tied)
    if meant.max_length is None:  # rotary positions have no end there
        meant = meant.with_changes(max_length=config.max_length)
    wrong = differences(config, meant)
    near = [] if "activation" not in wrong else [(meant.activation, config.activation)]
    if row == "MaskedLM":
        theirs = preset.head_activation or meant.activation
        theirs = head.options.get("activation", theirs)
        if theirs != model.head.activation:
            near.append((theirs, model.head.activation))
    told = {name: text for name, text in wrong.items() if name != "activation"}
    strange = [pair for pair in near if not set(pair) <= _NEARLY]
    if told or strange:
        reasons = [*told.values(), *(f"{a!r} (here {b!r})" for a, b in strange)]
        raise ValueError(f"KerasHub's {preset.name} has {', '.join(reasons)}")
    if near:
        warnings.warn(
            f"KerasHub's {preset.name} computes {near[0][0]} where this model has "
            f"{near[0][1]}: outputs will differ slightly",
            ApproximateModel,
            stacklevel=3,
        )


def _datasets(model, preset: Preset, family, head, layers: Layers):
    """Every dataset that KerasHub's classes need, by name."""
    body = getattr(model, "body", model)
    config = body.config
    found: dict[str, np.ndarray] = {}
    added_to_positions = None
    for weights in places_of(model, family, head).values():
        for path, variable in weights:
            array = np.asarray(variable.value)
            name = dataset_of(path, layers)
            if path.endswith("position_layer.table"):
                array = array[preset.unread_rows :]
            if name is not None:
                keys = path.endswith(("key_projection.kernel", "key_projection.bias"))
                keys |= "value_projection" in path
                count = config.num_key_value_heads if keys else config.num_heads
                found[name] = with_heads(name, array, count or config.num_heads)
            elif path == "embedding.type_embedding.table" and len(array) == 1:
                added_to_positions = array
            elif path != "head.bias" or np.any(array):
                raise ValueError(f"KerasHub's {preset.name} has no place for {path}")
    if added_to_positions is not None:  # the one type of every token
        positions = dataset_of("embedding.position_layer.table", layers) or ""
        found[positions] = found[positions] + added_to_positions
    table = layers.get("head.table")
    if table is not None:  # of its own, even where it is a copy
        own = getattr(getattr(model, "head", None), "table", None)
        own = np.asarray(body.table if own is None else own)
        found[table] = np.ascontiguousarray(own.T)
    return found | _pooler(model, layers, found, config.dim)


def _pooler(model, layers: Layers, found: Mapping[str, np.ndarray], dim: int):
    """The layer that a backbone has even where nothing of ours reads it."""
    kernel, bias = (dataset_of(f"pooler.{w}", layers) for w in ("kernel", "bias"))
    if kernel is None or bias is None or kernel in found:
        return {}
    kept = {} if model.checkpoint is None else model.checkpoint.kept
    arrays = {name.split(".")[-1]: tensor.numpy() for name, tensor in kept.items()}
    dtype = model.variable_dtype
    return {
        kernel: arrays.get("weight", np.zeros((dim, dim), dtype)).T,
        bias: arrays.get("bias", np.zeros(dim, dtype)),
    }


def _write_datasets(path: Path, datasets: Mapping[str, np.ndarray]) -> None:
    with h5py.File(path, "w") as file:
        for name, array in datasets.items():
            dataset = file.create_dataset(name, data=array)
            if array.dtype.name == "bfloat16":
                dataset.attrs["dtype"] = "bfloat16"
        file.flush()
    with open(path, "rb") as written:
        os.fsync(written.fileno())
