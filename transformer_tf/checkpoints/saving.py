"""From a model of ours to a folder that transformers, and we, can read."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from transformer_tf.checkpoints.family import Family, Head
from transformer_tf.checkpoints.placing import as_published, places_of
from transformer_tf.checkpoints.replacing import new_folder
from transformer_tf.checkpoints.safetensors import write_safetensors
from transformer_tf.checkpoints.settings import TOKENIZER_FILES
from transformer_tf.checkpoints.writing_config import check_head, config_of, family_of

# Names of a head that stand below the body's prefix all the same.
_BELOW_THE_PREFIX = ("pooler.",)
_UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9}
# Files that a save replaces, or that would contradict what it writes.
_REPLACED = re.compile(
    r"config\.json|generation_config\.json|(pytorch_|tf_|flax_)?model.*"
    r"\.(safetensors|bin|h5|msgpack|json)"
)


def save_pretrained(
    model: Any,
    folder: str | os.PathLike[str],
    *,
    max_shard_size: int | str = "5GB",
    model_type: str | None = None,
) -> None:
    """Writes a model as it is published, for transformers and for `from_pretrained`.

    The folder gets config.json, model.safetensors (or shards with their index), the
    tokenizer's files and generation_config.json, all of them or, if the save fails or
    is killed, none: a folder that was there is as it was. Files of other names in it
    stay.

    Args:
        model: A model of `from_pretrained`, or one built here whose configuration a
            published family has.
        folder: Where to.
        max_shard_size: The most bytes of weights in one file, a number or such as
            "500MB".
        model_type: The family to write, such as "bert"; the checkpoint's own when None,
            else the first that has such a model.

    Raises:
        ValueError: No published family has the model, or some of its weights have no
            published name (quantized ones, those of LoRA).
        OSError: The disk is full, or the folder cannot be written.

    Example:
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = Encoder(bert_config(vocabulary_size=9, max_length=6, **sizes))
        >>> save_pretrained(model, "saved")
        >>> Encoder.from_pretrained("saved").config.dim
        8
    """
    most = _bytes(max_shard_size)
    if not model.built:
        model.build()
    family, row, head = family_of(model, model_type)
    check_head(model, family, head)
    config = config_of(model, family, row)
    tensors = published_tensors(model, family, head)
    place = Path(folder)
    with new_folder(place) as partial:
        write_json(partial / "config.json", config)
        _write_tensors(partial, tensors, most)
        if model.generation_config is not None:
            write_json(
                partial / "generation_config.json", model.generation_config.settings
            )
        _write_tokenizer(model, partial)
        carry_over(place, partial)


def published_tensors(model: Any, family: Family, head: Head) -> dict[str, np.ndarray]:
    """Every tensor of the model by its published name.

    Raises:
        ValueError: A weight has no published name.
    """
    places = places_of(model, family, head)
    placed = {id(variable) for weights in places.values() for _, variable in weights}
    lost = [w.path for w in model.weights if id(w) not in placed]
    lost = [path for path in lost if "seed_generator" not in path]
    if lost:
        raise ValueError(
            f"{len(lost)} weights have no published name, {lost[0]} for one: save "
            "before quantizing or after merging LoRA, or as .keras"
        )
    prefix = family.prefix if head.prefix is None else head.prefix

    def full(name: str) -> str:
        of_head = name in head.names and not name.startswith(_BELOW_THE_PREFIX)
        return name if of_head else prefix + name

    found = {full(n): as_published(weights, family) for n, weights in places.items()}
    if model.checkpoint is not None:
        kept = model.checkpoint.kept
        found |= {full(name): tensor.numpy() for name, tensor in kept.items()}
    for name in head.names:
        if name == "final_logits_bias" and name in found:
            found[name] = found[name][None]  # one row, as it is published
    return found


def _write_tensors(place: Path, tensors: Mapping[str, np.ndarray], most: int) -> None:
    """One file, or shards and their index."""
    metadata = {"format": "pt"}
    shards = list(_shards(tensors, most))
    if len(shards) == 1:
        write_safetensors(place / "model.safetensors", tensors, metadata)
        return
    weight_map: dict[str, str] = {}
    for number, names in enumerate(shards, start=1):
        file = f"model-{number:05}-of-{len(shards):05}.safetensors"
        write_safetensors(
            place / file, {name: tensors[name] for name in names}, metadata
        )
        weight_map |= dict.fromkeys(names, file)
    total = sum(array.nbytes for array in tensors.values())
    index = {"metadata": {"total_size": total}, "weight_map": weight_map}
    write_json(place / "model.safetensors.index.json", index)


def _shards(tensors: Mapping[str, np.ndarray], most: int) -> Iterator[list[str]]:
    """The names of each file: as many as fit, at least one."""
    names: list[str] = []
    size = 0
    for name, array in tensors.items():
        if names and size + array.nbytes > most:
            yield names
            names, size = [], 0
        names.append(name)
        size += array.nbytes
    yield names


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    text = json.dumps(values, indent=2, sort_keys=True, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _write_tokenizer(model: Any, place: Path) -> None:
    """The files that the tokenizer came in; a tokenizer.json for another one."""
    tokenizer, known = model.tokenizer, model.checkpoint
    if tokenizer is None:
        return
    if known is not None and known.tokenizer is tokenizer:
        for name in TOKENIZER_FILES:
            if (Path(known.folder) / name).is_file():
                shutil.copy(Path(known.folder) / name, place / name)
    if not any((place / name).is_file() for name in TOKENIZER_FILES):
        tokenizer.save(place / "tokenizer.json")


def carry_over(old: Path, new: Path, but: Collection[str] = ()) -> None:
    """What else the folder held, but for weights and settings that are replaced.

    Args:
        old: The folder that is there, or not.
        new: The one that takes its place.
        but: Further names that are not taken along.
    """
    if not old.is_dir():
        return
    for path in old.iterdir():
        known = _REPLACED.fullmatch(path.name) or path.name in (*TOKENIZER_FILES, *but)
        if known or (new / path.name).exists():
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, new / path.name, symlinks=True)
        else:
            shutil.copy2(path, new / path.name, follow_symlinks=False)


def _bytes(size: int | str) -> int:
    if isinstance(size, int) and not isinstance(size, bool) and size > 0:
        return size
    found = re.fullmatch(r"(\d+) ?([KMG]B)", size) if isinstance(size, str) else None
    if found is None or not int(found[1]):
        raise ValueError(
            f"max_shard_size must be bytes, or a string such as '500MB'; got {size!r}"
        )
    return int(found[1]) * _UNITS[found[2]]
