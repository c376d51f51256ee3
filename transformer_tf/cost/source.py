"""From what a user has, a config.json, a folder or a saved model, to an architecture.

Only configurations are read, never weights.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from transformer_tf.checkpoints.families import FAMILIES
from transformer_tf.checkpoints.family import Published, translate
from transformer_tf.checkpoints.folder import read_json
from transformer_tf.checkpoints.kinds import head_of
from transformer_tf.checkpoints.offered import offered_folder
from transformer_tf.cost.architecture import BODIES, HEADED, Architecture
from transformer_tf.models.config import TransformerConfig

# Families that score against a table of their own where config.json does not say.
UNTIED = ("llama",)


def read_architecture(source: Any, kind: str | None = None) -> Architecture:
    """The architecture of a model, from its configuration alone.

    Args:
        source: A published config.json, a folder that holds one, or "course/NAME"; a
            model of ours as it is saved: a file .keras, or a JSON file as
            `model.to_json()` writes it; a `TransformerConfig`, or a dict of any of
            these.
        kind: The name of the model's class, such as "TokenClassifier"; the one that
            the configuration names when None. A `TransformerConfig` names none.

    Returns:
        An `Architecture`.

    Raises:
        FileNotFoundError: There is no such file or folder, or it holds no config.json.
        ValueError: A family that is not known, a configuration that no model of ours
            computes, or a class that is missing or unknown.

    Example:
        >>> architecture = read_architecture("models/decoder")
        >>> architecture.kind, architecture.model_type, architecture.config.dim
        ('CausalLM', 'gpt2', 96)
    """
    if isinstance(source, Architecture):
        return source
    if isinstance(source, TransformerConfig):
        return Architecture(source, _named(kind))
    found = source if isinstance(source, Mapping) else _read(source)
    if "model_type" in found:
        return _from_published(Published(found), kind)
    if "class_name" in found:
        return _from_saved(found, kind)
    raise ValueError(
        "a configuration names its model_type (config.json of a published checkpoint) "
        f"or its class_name (a saved model); got the keys {', '.join(list(found)[:8])}"
    )


def _named(kind: str | None) -> str:
    if kind is None:
        raise ValueError(
            "a TransformerConfig can be the body of several models; say which with "
            f"kind=, one of {', '.join((*BODIES, *HEADED))}"
        )
    return kind


def _read(source: str | os.PathLike[str]) -> Mapping[str, Any]:
    """The JSON of a file, or of what a folder or an archive holds."""
    place = Path(source)
    if not place.exists():
        offered = offered_folder(os.fspath(source))
        if offered is None:
            raise FileNotFoundError(
                f"there is no file or folder {place}; give a config.json, a folder "
                "with a checkpoint, or course/NAME"
            )
        place = offered
    if place.is_dir():
        place = place / "config.json"
        if not place.is_file():
            raise FileNotFoundError(f"there is no config.json in {place.parent}")
    if zipfile.is_zipfile(place):
        return _from_archive(place)
    return read_json(place)


def _from_archive(place: Path) -> Mapping[str, Any]:
    """The configuration in an archive .keras."""
    with zipfile.ZipFile(place) as archive:
        if "config.json" not in archive.namelist():
            raise ValueError(f"{place} is an archive without config.json, no .keras")
        return json.loads(archive.read("config.json"))


def _from_published(published: Published, kind: str | None) -> Architecture:
    model_type = published["model_type"]
    if not isinstance(model_type, str) or model_type not in FAMILIES:
        raise ValueError(
            f"model_type {model_type!r} is not known; known are "
            f"{', '.join(sorted(FAMILIES))}"
        )
    family = FAMILIES[model_type]
    row, head, made = head_of(family, published, _class(kind))
    config = translate(family, published)
    config = config.with_changes(**head.config(config))
    tied = published.get("tie_word_embeddings", model_type not in UNTIED)
    if "table" in head.names.values() and not tied:
        config = config.with_changes(tied=False)
    options = {"num_classes": published.classes(), **head.options}
    return Architecture(
        config,
        made.__name__,
        head.body,
        num_classes=options["num_classes"],
        pooled_transform=options.get("activation", "tanh") is not None,
        head_bias=options.get("use_bias", True),
        model_type=model_type,
    )


def _class(kind: str | None) -> type | None:
    """The class that a name means, as the table of heads wants it."""
    from transformer_tf import models

    if kind is None:
        return None
    if kind not in (*BODIES, *HEADED):
        raise ValueError(
            f"kind must be the name of a model's class; got {kind!r}, known are "
            f"{', '.join((*BODIES, *HEADED))}"
        )
    return getattr(models, kind)


def _from_saved(saved: Mapping[str, Any], kind: str | None) -> Architecture:
    """Of what Keras writes: a class, and its constructor's arguments."""
    name, fields = saved["class_name"], _part(saved, "config")
    if name == "TransformerConfig":
        return Architecture(TransformerConfig(**fields), _named(kind))
    if name in BODIES:
        inner, body = _part(fields, "config"), name
    elif name in tuple(HEADED):
        inner, body = _part(fields, "body"), ""
        if inner.get("class_name") in BODIES:
            body = inner["class_name"]
            inner = _part(_part(inner, "config"), "config")
    else:
        raise ValueError(
            f"class_name {name!r} is no model of this library; known are "
            f"{', '.join((*BODIES, *HEADED))}"
        )
    if inner.get("class_name") != "TransformerConfig":
        raise ValueError(
            "a saved model of this library is made of a TransformerConfig; got "
            f"class_name {inner.get('class_name')!r}"
        )
    made = kind or name
    if made in BODIES:
        body = made
    return Architecture(
        TransformerConfig(**_part(inner, "config")),
        made,
        body,
        num_classes=fields.get("num_classes", 2),
        pooled_transform=fields.get("activation", "tanh") is not None,
        head_bias=fields.get("use_bias", True),
    )


def _part(saved: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """One of the objects that a saved model consists of."""
    found = saved.get(key)
    if not isinstance(found, Mapping):
        raise ValueError(
            f"a saved model has an object {key!r} where this one has {found!r}: save "
            "it again, by model.to_json() or model.save()"
        )
    return found
