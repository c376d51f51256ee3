"""Writing a trained model as its family is published, in half precision."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from keras import ops

from transformer_tf.checkpoints import FAMILIES, write_safetensors
from transformer_tf.checkpoints.names import weights_by_name


def save(folder: Path, model: Any, published: dict, tokenizer: Any) -> None:
    """Writes config.json, model.safetensors and tokenizer.json.

    Args:
        folder: Where to; made if it is not there.
        model: A model of ours with a body and a head.
        published: Its config.json, under the names of the family `model_type`.
        tokenizer: A `Tokenizer`.
    """
    family = FAMILIES[published["model_type"]]
    layers = model.body.config.num_layers
    found = {
        family.prefix + name: weights
        for name, weights in weights_by_name(family.body, model.body, layers).items()
    }
    head = family.heads[type(model).__name__]
    found |= weights_by_name(head.names, model.head, layers)
    tensors = {
        name: np.concatenate(
            [_as_published(family, path, weight) for path, weight in weights], axis=-1
        ).astype("float16")
        for name, weights in found.items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / "model.safetensors", tensors, {"format": "pt"})
    text = json.dumps(published, indent=2, ensure_ascii=False) + "\n"
    (folder / "config.json").write_text(text, encoding="utf-8")
    tokenizer.save(folder / "tokenizer.json")


def _as_published(family, path: str, weight) -> np.ndarray:
    array = ops.convert_to_numpy(weight)
    is_turned = family.transposed and path.endswith(".kernel")
    return array.T if is_turned else array
