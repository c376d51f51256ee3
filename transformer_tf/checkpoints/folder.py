"""The weights of a folder, in whichever of the published forms they lie there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from transformer_tf.checkpoints.pytorch import read_pytorch
from transformer_tf.checkpoints.safetensors import read_safetensors
from transformer_tf.checkpoints.stored_tensor import DamagedFile, StoredTensor

# In the order in which they are looked for: a pickle last.
FORMS: dict[str, Callable[..., dict[str, StoredTensor]]] = {
    "model.safetensors": read_safetensors,
    "pytorch_model.bin": read_pytorch,
}


def read_weights(folder: str | os.PathLike[str]) -> dict[str, StoredTensor]:
    """Every tensor of a checkpoint by its published name, none of them read yet.

    Looks for `model.safetensors`, then `pytorch_model.bin`, each whole or in shards
    that `<name>.index.json` lists.

    Args:
        folder: A folder as published or as transformers saves it.

    Raises:
        FileNotFoundError: The folder holds weights in none of these forms.
        DamagedFile: A file or an index is damaged, or names what is not there.

    Example:
        >>> import numpy as np, tempfile
        >>> folder = tempfile.mkdtemp()
        >>> write_safetensors(f"{folder}/model.safetensors", {"w": np.eye(2)})
        >>> read_weights(folder)["w"].shape
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


def _read_shards(place: Path, index: str, read) -> dict[str, StoredTensor]:
    """The tensors of every shard that an index names."""
    path = place / index
    try:
        shard_of = json.loads(path.read_text(encoding="utf-8"))["weight_map"]
        wanted = sorted(set(shard_of.values()))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DamagedFile(
            path, "a JSON object with a weight_map was expected"
        ) from None
    tensors: dict[str, StoredTensor] = {}
    for shard in wanted:
        if not isinstance(shard, str) or os.path.basename(shard) != shard:
            raise DamagedFile(path, f"it names a file elsewhere: {shard!r:.80}")
        if not (place / shard).is_file():
            raise DamagedFile(path, f"the shard {shard} is missing; download it too")
        found = read(place / shard)
        twice = sorted(set(tensors) & set(found))
        if twice:
            raise DamagedFile(place / shard, f"{twice[0]!r} is in another shard too")
        tensors |= found
    absent = sorted(set(shard_of) - set(tensors))
    if absent:
        raise DamagedFile(
            path, f"{len(absent)} tensors are in no shard, {absent[0]!r:.100} for one"
        )
    return tensors
