"""The weights of a folder, in whichever of the published forms they lie there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from transformer_tf.checkpoints.hdf5 import read_hdf5
from transformer_tf.checkpoints.pytorch import read_pytorch
from transformer_tf.checkpoints.safetensors import read_safetensors
from transformer_tf.checkpoints.stored_tensor import DamagedFile, StoredTensor

# In the order in which they are looked for.
FORMS: dict[str, Callable[..., dict[str, StoredTensor]]] = {
    "model.safetensors": read_safetensors,
    "pytorch_model.bin": read_pytorch,
    "tf_model.h5": read_hdf5,
}


def weight_files(files: Collection[str]) -> list[str]:
    """Which of a folder's files hold its weights: one file, or the index of several.

    Args:
        files: The names of the files in the folder.
    """
    for name in FORMS:
        for file in (name, f"{name}.index.json"):
            if file in files:
                return [file]
    return []


def read_weights(folder: str | os.PathLike[str]) -> dict[str, StoredTensor]:
    """Every tensor of a checkpoint by its published name, none of them read yet.

    Looks for `model.safetensors`, `pytorch_model.bin` and `tf_model.h5`, each whole or
    in shards that `<name>.index.json` lists.

    Args:
        folder: A folder as published or as transformers saves it.

    Raises:
        FileNotFoundError: The folder holds weights in none of these forms.
        DamagedFile: A file or an index is damaged, or names what is not there.

    Example:
        >>> write_safetensors("model.safetensors", {"w": np.eye(2)})
        >>> read_weights(".")["w"].shape
        (2, 2)
    """
    place = Path(folder)
    for name, read in FORMS.items():
        if (place / name).exists():
            return read(place / name)
        if (place / f"{name}.index.json").exists():
            return _read_shards(place, f"{name}.index.json", read)
    there = sorted(path.name for path in place.iterdir()) if place.is_dir() else []
    raise FileNotFoundError(
        f"no weights in {place}: {' or '.join(FORMS)} was expected, and it holds "
        f"{', '.join(there[:20]) or 'nothing'}"
    )


def read_json(path: Path) -> dict[str, Any]:
    """The object that a JSON file holds.

    Raises:
        ValueError: It is no JSON, or something other than an object.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is no JSON: {error!s:.100}") from None
    if not isinstance(values, dict):
        raise ValueError(f"{path} must hold a JSON object; got {values!r:.40}")
    return values


def shards_of(path: Path) -> dict[str, list[str]]:
    """The files of each name that an index lists, all of them beside the index.

    Raises:
        DamagedFile: It is no index, or names a file that is not there or elsewhere.
    """
    try:
        weight_map = json.loads(path.read_text(encoding="utf-8"))["weight_map"]
        files = {
            name: [shard] if isinstance(shard, str) else list(shard)
            for name, shard in weight_map.items()
        }
        wanted = sorted({shard for shards in files.values() for shard in shards})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DamagedFile(
            path, "a JSON object with a weight_map was expected"
        ) from None
    for shard in wanted:
        if not isinstance(shard, str) or os.path.basename(shard) != shard:
            raise DamagedFile(path, f"it names a file elsewhere: {shard!r:.80}")
        if not (path.parent / shard).is_file():
            raise DamagedFile(path, f"the shard {shard} is missing; download it too")
    return files


def _read_shards(place: Path, index: str, read) -> dict[str, StoredTensor]:
    """The tensors of every shard that an index names."""
    path = place / index
    shards = shards_of(path)
    tensors: dict[str, StoredTensor] = {}
    for shard in sorted({file for files in shards.values() for file in files}):
        found = read(place / shard)
        twice = sorted(set(tensors) & set(found))
        if twice:
            raise DamagedFile(place / shard, f"{twice[0]!r} is in another shard too")
        tensors |= found
    absent = sorted(set(shards) - set(tensors))
    if absent:
        raise DamagedFile(
            path, f"{len(absent)} tensors are in no shard, {absent[0]!r:.100} for one"
        )
    return tensors
