"""Writing a trained model as its family is published, in half precision."""

import json
from pathlib import Path
from typing import Any

from transformer_tf.checkpoints import FAMILIES, write_safetensors
from transformer_tf.checkpoints.saving import published_tensors


def save(folder: Path, model: Any, published: dict, tokenizer: Any) -> None:
    """Writes config.json, model.safetensors and tokenizer.json.

    Args:
        folder: Where to; made if it is not there.
        model: A model of ours with a body and a head.
        published: Its config.json, under the names of the family `model_type`.
        tokenizer: A `Tokenizer`.
    """
    family = FAMILIES[published["model_type"]]
    head = family.heads[type(model).__name__]
    tensors = {
        name: tensor.astype("float16")
        for name, tensor in published_tensors(model, family, head).items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / "model.safetensors", tensors, {"format": "pt"})
    text = json.dumps(published, indent=2, ensure_ascii=False) + "\n"
    (folder / "config.json").write_text(text, encoding="utf-8")
    tokenizer.save(folder / "tokenizer.json")
