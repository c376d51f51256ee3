"""From a folder with a published checkpoint to a model of ours."""

from __future__ import annotations

import json
import os
import re
import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np

from transformer_tf import models
from transformer_tf.checkpoints.checkpoint import (
    Checkpoint,
    NewHead,
    UnusedSettings,
    UnusedWeights,
)
from transformer_tf.checkpoints.families import FAMILIES
from transformer_tf.checkpoints.family import Family, Head, Published, translate
from transformer_tf.checkpoints.folder import read_weights
from transformer_tf.checkpoints.names import weights_by_name
from transformer_tf.checkpoints.stored_tensor import StoredTensor
from transformer_tf.generation.generation_config import OF_A_MODEL, GenerationConfig
from transformer_tf.text import from_pretrained as read_tokenizer

# How a published class's name ends -> our model; the body alone where nothing fits.
KINDS = {
    "ForMaskedLM": "MaskedLM",
    "ForSequenceClassification": "SequenceClassifier",
    "ForTokenClassification": "TokenClassifier",
    "ForQuestionAnswering": "SpanQuestionAnswerer",
    "ForMultipleChoice": "MultipleChoice",
    "ForCausalLM": "CausalLM",
    "LMHeadModel": "CausalLM",
    "ForConditionalGeneration": "Seq2SeqLM",
    "MTModel": "Seq2SeqLM",
}
_BODIES = ("Encoder", "Decoder", "EncoderDecoder")
_WITH_CLASSES = (models.SequenceClassifier, models.TokenClassifier)
# Where a folder has one of these, it has a tokenizer.
_TOKENIZERS = (
    "tokenizer.json",
    *("vocab.txt", "vocab.json", "vocab.bpe", "merges.txt", "encoder.json"),
    *("spiece.model", "sentencepiece.bpe.model", "tokenizer.model", "source.spm"),
    *("vocab.bin", "vocab.pkl"),
)


def from_pretrained(
    folder: str | os.PathLike[str],
    kind: type | None = None,
    *,
    dtype: Any = None,
    **options: Any,
) -> Any:
    """Builds the model that a folder describes, with its weights and its tokenizer.

    Args:
        folder: A folder as it is published or as transformers saves it: config.json,
            and model.safetensors or pytorch_model.bin, whole or in shards.
        kind: A class such as `TokenClassifier` or `Encoder`, or one of yours that
            inherits from it; the one that config.json names when None. A head that the
            checkpoint lacks is new, and said to be.
        dtype: The dtype policy of the model; Keras' own when None. Weights on disk may
            have another precision.
        options: Arguments of the class beside the body, such as `num_classes`.

    Returns:
        A built model. `model.checkpoint` is a `Checkpoint` with its config.json, its
        labels and what was not used; `model.tokenizer` the tokenizer, None where the
        folder holds none; `model.generation_config` what the authors generate with,
        which `model.generate` takes as given, for a model that generates.

    Raises:
        FileNotFoundError: The folder, its config.json or its weights are not there.
        ValueError: A family, class or configuration that is not known; weights that
            do not fit it, or that are missing.
        DamagedFile: A file of weights is damaged.

    Example:
        >>> from_pretrained("nowhere")
        Traceback (most recent call last):
          ...
        FileNotFoundError: there is no folder nowhere with a config.json
    """
    place = Path(folder)
    if not (place / "config.json").is_file():
        raise FileNotFoundError(f"there is no folder {folder} with a config.json")
    published = Published(_read_json(place / "config.json"))
    family = _family(published)
    name = _kind(family, published, kind)
    tensors = _normalised(family, read_weights(place))
    head = family.heads[name]
    made = getattr(models, name) if kind is None else kind
    model = _build(family, head, made, published, tensors, dtype, options)
    used, new = _assign(model, family, head, tensors, published)
    _check_copies(model, head, tensors)
    known = (*used, *head.tied)
    unused = [n for n in tensors if n not in known and not _ignored(family, n)]
    if new:
        told = f"{folder} has no weights for {', '.join(new)}: they start at random"
        warnings.warn(f"{told}, and the model has to be trained", NewHead, stacklevel=2)
    if unused:
        told = f"{name} has no place for {len(unused)} weights of {folder}"
        warnings.warn(f"{told}: {', '.join(unused[:8])}", UnusedWeights, stacklevel=2)
    model.checkpoint = Checkpoint(
        folder=os.fspath(folder),
        config=dict(published),
        unused=tuple(unused),
        new=tuple(new),
    )
    model.tokenizer = _tokenizer(place)
    if hasattr(model, "generate"):
        model.generation_config = _generation_config(place, published)
    return model


def _read_json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is no JSON: {error!s:.100}") from None
    if not isinstance(values, dict):
        raise ValueError(f"{path} must hold a JSON object; got {values!r:.40}")
    return values


def _tokenizer(place: Path) -> Any:
    """The tokenizer of the folder; None where it holds no file of one."""
    if not any((place / name).is_file() for name in _TOKENIZERS):
        return None
    return read_tokenizer(place)


def _generation_config(place: Path, published: Published) -> GenerationConfig:
    """generation_config.json; else what old files say of it in config.json.

    The ids that begin and end a text may stand in either.
    """
    of_model = {k: published[k] for k in OF_A_MODEL if published.get(k) is not None}
    path = place / "generation_config.json"
    if path.is_file():
        ids = {k: v for k, v in of_model.items() if k.endswith("token_id")}
        of_model = {**ids, **_read_json(path)}
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


def _family(published: Published) -> Family:
    model_type = published["model_type"]
    if model_type not in FAMILIES:
        raise ValueError(
            f"model_type {model_type!r} is not known; known are "
            f"{', '.join(sorted(FAMILIES))}"
        )
    return FAMILIES[model_type]


def _kind(family: Family, published: Published, kind: type | None) -> str:
    """The name of the class to build, or of the one of ours that it inherits from."""
    if kind is not None:
        ours = [
            c.__name__ for c in kind.__mro__ if getattr(models, c.__name__, None) is c
        ]
        name = ours[0] if ours else kind.__name__
    else:
        architecture = (published.get("architectures") or ["Model"])[0]
        endings = [ending for ending in KINDS if architecture.endswith(ending)]
        alone = next(body for body in _BODIES if body in family.heads)
        if not endings and not architecture.endswith("Model"):
            raise ValueError(
                f"config.json names {architecture}, which has no counterpart here; "
                f"give kind=, one of {', '.join(family.heads)}"
            )
        name = KINDS[endings[0]] if endings else alone
    if name not in family.heads:
        raise ValueError(
            f"{family.model_type} has no {name}; it has {', '.join(family.heads)}"
        )
    return name


def _normalised(family: Family, tensors) -> dict[str, StoredTensor]:
    """The tensors by the names of today, without the prefix of the body."""
    found = {}
    for name, tensor in tensors.items():
        name = name.removeprefix("module.")  # of models trained on several devices
        name = re.sub(r"\.gamma$", ".weight", re.sub(r"\.beta$", ".bias", name))
        found[name.removeprefix(family.prefix)] = tensor
    return found


def _build(family, head: Head, kind, published, tensors, dtype, options):
    config = translate(family, published)
    if _own_table(head, tensors):
        config = config.with_changes(tied=False)
    policy = {} if dtype is None else {"dtype": dtype}
    if issubclass(kind, _WITH_CLASSES):
        options = {"num_classes": published.classes(), **options}
    model = kind(config, **{**head.options, **policy, **options})
    model.build()
    return model


def _own_table(head: Head, tensors) -> bool:
    """Whether a language model scores against a table other than the embedding's."""
    own = tensors.get("lm_head.weight") if "lm_head.weight" in head.tied else None
    shared = _token_table(tensors)
    if own is None or shared is None:
        return False
    return own.shape != shared.shape or not np.array_equal(own.numpy(), shared.numpy())


_TABLES = (
    "shared.weight",
    "embeddings.word_embeddings.weight",
    "wte.weight",
    "tokens_embed.weight",
    "w.weight",
    "embed_tokens.weight",
)


def _token_table(tensors):
    return next((tensors[name] for name in _TABLES if name in tensors), None)


def _assign(model, family: Family, head: Head, tensors, published):
    """Fills every weight of the model; gives the names used and the paths left new."""
    body = getattr(model, "body", model)
    layers = max(body.config.num_layers, body.config.num_decoder_layers or 0)
    wanted = weights_by_name(family.body, body, layers)
    if body is not model:
        wanted |= weights_by_name(head.names, model.head, layers)
    done, used = set(), []
    for name, weights in wanted.items():
        if name not in tensors:
            if name in head.optional:
                done |= {id(weight) for _, weight in weights}
            continue
        used.append(name)
        parts = _split(tensors[name].numpy(), len(weights))
        for (path, weight), part in zip(weights, parts):
            if family.transposed and path.endswith(".kernel"):
                part = part.T
            part = _without_extra_axis(part, weight)
            _check_shape(name, part, weight, published)
            weight.assign(part)
            done.add(id(weight))
    unset = [w for w in model.weights if id(w) not in done and not _is_seed(w)]
    inside = {id(w) for w in body.weights}
    lost = [w.path for w in unset if id(w) in inside]
    if lost:
        raise ValueError(
            f"the checkpoint lacks {len(lost)} weights of the body, {lost[0]} for one; "
            f"it has {', '.join(list(tensors)[:3])}, ..."
        )
    return used, [w.path for w in unset]


def _split(array, count):
    return [array] if count == 1 else np.split(array, count, axis=-1)


def _without_extra_axis(part, weight):
    """A bias of every token is published as one row."""
    return part[0] if part.ndim == len(weight.shape) + 1 and len(part) == 1 else part


def _check_shape(name, part, weight, published) -> None:
    ours = tuple(weight.shape)
    if part.shape == ours:
        return
    sizes = {size for size, there in zip(ours, part.shape) if size != there}
    blamed = sorted(k for k, v in published.items() if type(v) is int and v in sizes)
    raise ValueError(
        f"{name} has shape {part.shape}, and config.json means {ours}; look at "
        f"{', '.join(blamed) or 'its sizes'} there"
    )


def _check_copies(model, head: Head, tensors) -> None:
    """What is published as a copy of the token table must be one."""
    body = getattr(model, "body", model)
    if not head.tied:
        return
    table = keras.ops.convert_to_numpy(body.table)
    for name in head.tied:
        if name not in tensors or (name == "lm_head.weight" and not body.config.tied):
            continue
        if not np.array_equal(tensors[name].numpy().astype(table.dtype), table):
            raise ValueError(
                f"{name} differs from the token table, which it is a copy of in this "
                "family: the checkpoint belongs to another kind of model"
            )


def _ignored(family: Family, name: str) -> bool:
    return any(re.fullmatch(pattern, name) for pattern in family.ignored)


def _is_seed(weight) -> bool:
    return "seed_generator" in weight.path
