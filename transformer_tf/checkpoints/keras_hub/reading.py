"""From a preset folder of KerasHub to what its published family's files would hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from transformer_tf.checkpoints.families import FAMILIES
from transformer_tf.checkpoints.family import Family, Head, translate
from transformer_tf.checkpoints.folder import read_json, shards_of
from transformer_tf.checkpoints.hdf5 import read_datasets
from transformer_tf.checkpoints.keras_hub.preset import (
    TASKS,
    Layers,
    Preset,
    as_matrix,
    body_of,
    dataset_of,
)
from transformer_tf.checkpoints.keras_hub.presets import BY_NAME
from transformer_tf.checkpoints.kinds import head_of
from transformer_tf.checkpoints.names import number_layers
from transformer_tf.checkpoints.placing import is_transposed
from transformer_tf.checkpoints.published import Published
from transformer_tf.checkpoints.stored_tensor import StoredTensor
from transformer_tf.checkpoints.writing_config import architecture_of

WEIGHTS, SHARDS, TASK_WEIGHTS = (
    "model.weights.h5",
    "model.weights.json",
    "task.weights.h5",
)
Tensors = dict[str, StoredTensor]


def is_preset(config: dict[str, Any]) -> bool:
    """Whether a config.json is one of KerasHub: a serialized backbone."""
    return "registered_name" in config and "class_name" in config


def read_preset(
    place: Path, serialized: dict[str, Any], kind: type | None = None
) -> tuple[dict[str, Any], Tensors, dict[str, Any]]:
    """The config.json and the tensors that the published family would have.

    Args:
        place: A folder that KerasHub's `save_to_preset` wrote.
        serialized: Its config.json.
        kind: The class of ours that is wanted; the one that task.json names when None.

    Returns:
        config: The config.json of the published family.
        tensors: Every tensor by its published name.
        options: Arguments of our model that no config.json says.

    Raises:
        ValueError: It is of a family, or a task, that is not known here.
        DamagedFile: A file of weights is damaged.
    """
    preset = _preset(place, serialized["class_name"])
    arguments = serialized.get("config")
    if not isinstance(arguments, dict):
        raise ValueError(f"{place}/config.json holds no arguments of a backbone")
    published = preset.publish(arguments)
    family = FAMILIES[preset.model_type]
    row, told = _task(place, preset, family)
    published |= {"architectures": [architecture_of(family, row)], **told}
    row, _, _ = head_of(family, Published(published), kind)
    config = translate(family, published)
    layers = preset.layers(config)
    stored = _read_weights(place)
    width = config.embedding_dim or config.dim
    found = {}
    for name, paths in _names(family, family.heads[row], config):
        tensor = _tensor(paths, layers, stored, family, preset.unread_rows)
        of_types = paths == ("embedding.type_embedding.table",)
        if tensor is None and of_types and config.num_token_types == 1:
            tensor = StoredTensor((1, width), np.dtype("f4"), _Zeros((1, width)))
        if tensor is not None:
            found[name] = tensor
    table = stored.get(layers.get("head.table", ""))
    if table is not None and "lm_head.weight" not in found:
        view = _AsPublished(("head.table",), [table], family, 0)
        found["lm_head.weight"] = StoredTensor(view.shape, table.dtype, view)
    options: dict[str, Any] = {}
    if row == "MaskedLM" and preset.head_activation:
        options["activation"] = preset.head_activation
    return published, found, options


def _preset(place: Path, class_name: str) -> Preset:
    name = str(class_name).removesuffix("Backbone")
    if name not in BY_NAME:
        raise ValueError(
            f"{place} is a preset of KerasHub's {class_name!r:.60}, which is not known "
            f"here; known are {', '.join(f'{known}Backbone' for known in BY_NAME)}"
        )
    return BY_NAME[name]


def _task(place: Path, preset: Preset, family: Family) -> tuple[str, dict[str, Any]]:
    """The row of the family's heads, and what task.json adds to the configuration."""
    path = place / "task.json"
    if not path.is_file():
        return body_of(family.heads), {}
    task = read_json(path)
    ending = str(task.get("class_name")).removeprefix(preset.name)
    if ending not in preset.tasks:
        known = ", ".join(preset.name + ending for ending in preset.tasks)
        raise ValueError(
            f"{path} is of class {task.get('class_name')!r:.60}; known are "
            f"{known or 'none'}"
        )
    classes = task.get("config", {}).get("num_classes")
    if classes is None:
        return TASKS[ending], {}
    labels = {str(number): f"LABEL_{number}" for number in range(classes)}
    return TASKS[ending], {"id2label": labels}


def _names(family: Family, head: Head, config) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Published names without a prefix, and the paths of what each holds."""
    absent = family.absent(config)
    names = {
        **{
            name: paths
            for name, paths in family.body.items()
            if not any(re.fullmatch(pattern, name) for pattern in absent)
        },
        **{name: f"head.{path}" for name, path in head.names.items()},
    }
    if head.kept and "SequenceClassifier" in family.heads:
        pooled = family.heads["SequenceClassifier"].names
        transform = "summary.transform"
        names |= {
            name: str(path).replace(transform, "pooler")
            for name, path in pooled.items()
            if any(re.fullmatch(pattern, name) for pattern in head.kept)
        }
    layers = max(config.num_layers, config.num_decoder_layers or 0)
    for name, paths in names.items():
        paths = (paths,) if isinstance(paths, str) else paths
        for published, ours in number_layers(name, paths, layers):
            yield published, tuple(ours)


def _tensor(paths, layers: Layers, stored: Tensors, family, first_rows: int):
    """The published tensor that holds these weights, None where the preset has none."""
    names = [dataset_of(path, layers) for path in paths]
    parts = [stored[name] for name in names if name in stored]
    if len(parts) < len(paths):
        return None
    view = _AsPublished(paths, parts, family, first_rows)
    return StoredTensor(view.shape, parts[0].dtype, view)


class _Zeros:
    """What KerasHub leaves out since it adds nothing."""

    def __init__(self, shape):
        self.shape = shape

    def __call__(self) -> np.ndarray:
        return np.zeros(self.shape, "float32")


class _AsPublished:
    """Puts one published tensor together when it is called."""

    def __init__(self, paths, parts, family: Family, first_rows: int):
        self.paths, self.parts = paths, parts
        self.transposed = is_transposed(paths[0], family)
        of_positions = paths[0].endswith("position_layer.table")
        self.first_rows = first_rows if of_positions else 0
        self.shape = self._assemble(
            [np.broadcast_to(np.float32(0), part.shape) for part in parts]
        ).shape

    def __call__(self) -> np.ndarray:
        return self._assemble([part.numpy() for part in self.parts])

    def _assemble(self, arrays) -> np.ndarray:
        arrays = [as_matrix(path, array) for path, array in zip(self.paths, arrays)]
        array = arrays[0] if len(arrays) == 1 else np.concatenate(arrays, axis=-1)
        if self.paths[0] == "head.table":
            return array.T
        if self.first_rows:
            rows = np.zeros((self.first_rows, array.shape[1]), array.dtype)
            array = np.concatenate([rows, array])
        return array.T if self.transposed else array


def _read_weights(place: Path) -> Tensors:
    """The datasets of the backbone, and after "task/" those of the head."""
    found: Tensors = {}
    if (place / WEIGHTS).is_file():
        found |= read_datasets(place / WEIGHTS)
    elif (place / SHARDS).is_file():
        shards = shards_of(place / SHARDS).values()
        for shard in sorted({file for files in shards for file in files}):
            found |= read_datasets(place / shard)
    else:
        raise FileNotFoundError(
            f"no weights in {place}: {WEIGHTS} or {SHARDS} was expected"
        )
    if (place / TASK_WEIGHTS).is_file():
        task = read_datasets(place / TASK_WEIGHTS)
        found |= {f"task/{name}": tensor for name, tensor in task.items()}
    return found
