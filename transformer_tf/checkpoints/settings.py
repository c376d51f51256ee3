"""What lies beside the weights: the tokenizer, and how the authors generate."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from transformer_tf.checkpoints.checkpoint import UnusedSettings
from transformer_tf.checkpoints.folder import read_json
from transformer_tf.checkpoints.published import Published
from transformer_tf.generation.generation_config import OF_A_MODEL, GenerationConfig
from transformer_tf.text import from_pretrained as read_tokenizer

# Where a folder has one of these, it has a tokenizer.
TOKENIZERS = (
    "tokenizer.json",
    *("vocab.txt", "vocab.json", "vocab.bpe", "merges.txt", "encoder.json"),
    *("spiece.model", "sentencepiece.bpe.model", "tokenizer.model", "source.spm"),
    *("vocab.bin", "vocab.pkl"),
)

TOKENIZER_FILES = (
    *TOKENIZERS,
    *("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"),
    *("chat_template.jinja", "target.spm", "target_vocab.json"),
)


def tokenizer_of(place: Path) -> Any:
    """The tokenizer of a folder, None where it has none; or that of a GGUF file."""
    if place.is_file():
        return read_tokenizer(place)  # a GGUF file has it inside
    if not any((place / name).is_file() for name in TOKENIZERS):
        return None
    return read_tokenizer(place)


def read_generation_config(place: Path, published: Published) -> GenerationConfig:
    """generation_config.json; else what old files say of it in config.json.

    The ids that begin and end a text may stand in either.
    """
    of_model = {k: published[k] for k in OF_A_MODEL if published.get(k) is not None}
    path = place / "generation_config.json"
    if path.is_file():
        ids = {k: v for k, v in of_model.items() if k.endswith("token_id")}
        of_model = {**ids, **read_json(path)}
    config = GenerationConfig(**of_model)
    if config.unsupported:
        told = ", ".join(f"{name}={config[name]!r}" for name in config.unsupported)
        warnings.warn(
            f"{place} asks for {told}, which generation here cannot do: texts may "
            "differ from those of its authors",
            UnusedSettings,
            stacklevel=3,
        )
    return config
