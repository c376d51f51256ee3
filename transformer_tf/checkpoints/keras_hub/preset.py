"""A family as KerasHub keeps it: its backbone's configuration and weights."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from transformer_tf.checkpoints.fields import all_of
from transformer_tf.models import TransformerConfig

Layers = dict[str, str]
Keys = dict[str, str | tuple[str, ...]]
# Which of a layer's variables a weight is.
_ORDER = {"kernel": 0, "bias": 1, "gamma": 0, "beta": 1, "scale": 0, "table": 0}
_EINSUM = ("query_dense", "key_dense", "value_dense")
BODIES = ("EncoderDecoder", "Encoder", "Decoder")
# Ends of the names of KerasHub's tasks -> the row of a family's heads.
TASKS = {
    "MaskedLM": "MaskedLM",
    "TextClassifier": "SequenceClassifier",
    "CausalLM": "CausalLM",
    "Seq2SeqLM": "Seq2SeqLM",
}


@dataclasses.dataclass(frozen=True)
class Preset:
    """One family of KerasHub, and the published family that it stands for.

    Args:
        name: What the names of its classes begin with.
        model_type: The published family.
        keys: Its backbone's arguments -> keys of config.json with the same value, all
            of them where there are several.
        layers: From our configuration, our layers -> its layers, below the body and
            below the head; what is in the file of the head begins with "task/".
        fixed: Keys of config.json that its backbone does not say.
        tasks: The ends of the names of its tasks, of `TASKS`.
        read: Further keys of config.json, from the backbone's arguments.
        write: Further arguments of the backbone, from config.json.
        head_activation: The activation of its masked language model's head, where
            that is not the body's.
        unread_rows: How many first rows of tables of positions it leaves out.
        stands_for: Which configurations of the published family it is written for.
    """

    name: str
    model_type: str
    keys: Keys
    layers: Callable[[TransformerConfig], Layers]
    fixed: Mapping[str, Any]
    tasks: tuple[str, ...] = ()
    read: Callable[[Mapping[str, Any]], dict[str, Any]] = lambda arguments: {}
    write: Callable[[Mapping[str, Any]], dict[str, Any]] = lambda published: {}
    head_activation: str = ""
    unread_rows: int = 0
    stands_for: Callable[[Mapping[str, Any]], bool] = lambda published: True

    def task_of(self, row: str) -> str:
        """The end of the name of the task that a row is; "" where it has none."""
        return next((name for name in self.tasks if TASKS[name] == row), "")

    def publish(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The config.json of a backbone with these arguments.

        Raises:
            ValueError: An argument is missing.
        """
        found = {"model_type": self.model_type, **self.fixed}
        for argument, keys in self.keys.items():
            if argument not in arguments:
                raise ValueError(
                    f"config.json of a {self.name}Backbone has no {argument!r}"
                )
            found |= dict.fromkeys(all_of(keys), arguments[argument])
        return found | self.read(arguments)

    def arguments(self, published: Mapping[str, Any]) -> dict[str, Any]:
        """The backbone's arguments; the inverse of `publish`."""
        found = {name: published[all_of(keys)[0]] for name, keys in self.keys.items()}
        return found | self.write(published)


def body_of(rows: Collection[str]) -> str:
    """The row that a backbone is, of those that a family has."""
    return next(body for body in BODIES if body in rows)


def dataset_of(path: str, layers: Layers) -> str | None:
    """The dataset of a weight of ours, None where the preset has none.

    Args:
        path: Our path of the weight, below the body or, after "head.", the head.
        layers: Our layers -> its layers, or our weight -> its dataset.
    """
    if path in layers:
        return layers[path]
    layer, _, last = path.rpartition(".")
    if layer not in layers or last not in _ORDER:
        return None
    name = layers[layer]
    file = "task/" if name.startswith("task/") else ""
    return f"{file}layers/{name.removeprefix('task/')}/vars/{_ORDER[last]}"


def as_matrix(path: str, array: np.ndarray) -> np.ndarray:
    """A kernel with an axis of heads as [in, out], a bias as one row of features."""
    if array.ndim == 3:
        inside = path.endswith("output_projection.kernel")
        return array.reshape((-1, array.shape[-1]) if inside else (len(array), -1))
    return array.reshape(-1) if path.endswith(".bias") else array


def with_heads(dataset: str, array: np.ndarray, heads: int) -> np.ndarray:
    """The inverse of `as_matrix`, for the layers that have an axis of heads."""
    layer = dataset.split("/")[-3]
    if layer.removeprefix("_") in _EINSUM:
        return array.reshape(*array.shape[:-1], heads, -1)
    if layer.removeprefix("_") == "output_dense" and array.ndim == 2:
        return array.reshape(heads, -1, array.shape[-1])
    return array
