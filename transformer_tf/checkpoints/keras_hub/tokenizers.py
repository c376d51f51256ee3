"""KerasHub's tokenizers: the same vocabularies under other names of files."""

from __future__ import annotations

import json
import shutil
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from transformer_tf.checkpoints.folder import read_json
from transformer_tf.text import from_pretrained as read_tokenizer

ASSETS = Path("assets", "tokenizer")
# Its names of files -> the published ones.
_FILES = {
    "vocabulary.txt": "vocab.txt",
    "vocabulary.json": "vocab.json",
    "merges.txt": "merges.txt",
}
_PIECES = {"xlm-roberta": "sentencepiece.bpe.model", "llama": "tokenizer.model"}
_OF_WORDS = {"lowercase": "do_lower_case", "strip_accents": "strip_accents"}


def read_preset_tokenizer(place: Path, model_type: str) -> Any:
    """The tokenizer of a preset folder; None where it has none.

    Args:
        place: The folder.
        model_type: The published family, whose template and special tokens it has.
    """
    if not (place / ASSETS).is_dir():
        return None
    settings: dict[str, Any] = {}
    if (place / "tokenizer.json").is_file():
        told = read_json(place / "tokenizer.json").get("config")
        told = told if isinstance(told, dict) else {}
        settings = {
            theirs: told[ours] for ours, theirs in _OF_WORDS.items() if ours in told
        }
    names = {**_FILES, "vocabulary.spm": _PIECES.get(model_type, "spiece.model")}
    with tempfile.TemporaryDirectory() as folder:
        for name, published in names.items():
            if (place / ASSETS / name).is_file():
                shutil.copy(place / ASSETS / name, Path(folder, published))
        for name, values in (
            ("tokenizer_config.json", settings),
            ("config.json", {"model_type": model_type}),
        ):
            Path(folder, name).write_text(json.dumps(values), encoding="utf-8")
        return read_tokenizer(folder)


def write_preset_tokenizer(
    place: Path, tokenizer: Any, source: Path | None, preset_name: str
) -> None:
    """Writes a tokenizer as KerasHub reads it.

    Args:
        place: A new preset folder.
        tokenizer: A tokenizer of ours.
        source: The folder that it came from; None for none.
        preset_name: What the name of KerasHub's class begins with.

    Warns:
        UserWarning: It reads this kind from a SentencePiece file alone, and there is
            none: nothing is written.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "tokenizer.json")
        tokenizer.save(path)
        whole = read_json(path)
    model = whole["model"]
    files: dict[str, str] = {}
    settings: dict[str, Any] = {}
    if model["type"] == "WordPiece":
        words = sorted(model["vocab"], key=model["vocab"].get)
        files["vocabulary.txt"] = "\n".join(words) + "\n"
        normalizer = whole.get("normalizer") or {}
        settings["lowercase"] = bool(normalizer.get("lowercase"))
    elif model["type"] == "BPE" and whole["pre_tokenizer"]:
        vocabulary = {**model["vocab"]}
        for token in whole.get("added_tokens", ()):
            vocabulary.setdefault(token["content"], token["id"])
        merges = (m if isinstance(m, str) else " ".join(m) for m in model["merges"])
        files["vocabulary.json"] = json.dumps(vocabulary, ensure_ascii=False)
        files["merges.txt"] = "\n".join(merges) + "\n"
    pieces = _pieces(source) if model["type"] not in ("WordPiece", "BPE") else None
    if not files and pieces is None:
        warnings.warn(
            "KerasHub reads this tokenizer from a SentencePiece file alone, and the "
            "model came with none: the preset has no tokenizer",
            stacklevel=3,
        )
        return
    (place / ASSETS).mkdir(parents=True)
    for name, text in files.items():
        (place / ASSETS / name).write_text(text, encoding="utf-8")
    if pieces is not None:
        shutil.copy(pieces, place / ASSETS / "vocabulary.spm")
    serialized = serialize(f"{preset_name}Tokenizer", {"dtype": "int32", **settings})
    (place / "tokenizer.json").write_text(json.dumps(serialized, indent=2))


def _pieces(source: Path | None) -> Path | None:
    """SentencePiece's own file, which cannot be written from a tokenizer."""
    if source is None:
        return None
    names = ("spiece.model", "sentencepiece.bpe.model", "tokenizer.model")
    places = [source / name for name in names] + [source / ASSETS / "vocabulary.spm"]
    return next((path for path in places if path.is_file()), None)


def serialize(class_name: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """An object of KerasHub as Keras serializes it."""
    return {
        "module": "keras_hub.models",
        "class_name": class_name,
        "config": dict(config),
        "registered_name": f"keras_hub>{class_name}",
    }
