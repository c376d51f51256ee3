"""From a folder with a published checkpoint to a model of ours."""

from __future__ import annotations

import os
import re
import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np

from transformer_tf import models
from transformer_tf.checkpoints.checkpoint import Checkpoint, NewHead, UnusedWeights
from transformer_tf.checkpoints.families import FAMILIES
from transformer_tf.checkpoints.family import Family, Head, Published, translate
from transformer_tf.checkpoints.folder import read_json, read_weights
from transformer_tf.checkpoints.gguf import read_gguf
from transformer_tf.checkpoints.hub import find_folder
from transformer_tf.checkpoints.keras_hub.reading import is_preset, read_preset
from transformer_tf.checkpoints.keras_hub.tokenizers import read_preset_tokenizer
from transformer_tf.checkpoints.kinds import head_of
from transformer_tf.checkpoints.placing import Places, as_ours, places_of
from transformer_tf.checkpoints.settings import read_generation_config, tokenizer_of
from transformer_tf.checkpoints.stored_tensor import StoredTensor
from transformer_tf.keras_internals import set_initializer

_WITH_CLASSES = (models.SequenceClassifier, models.TokenClassifier)


def from_pretrained(
    name: str | os.PathLike[str],
    kind: type | None = None,
    *,
    dtype: Any = None,
    revision: str | None = None,
    token: str | bool | None = None,
    offline: bool = False,
    **options: Any,
) -> Any:
    """Builds the model that a checkpoint describes, with its weights and tokenizer.

    Args:
        name: A folder as it is published or as transformers saves it: config.json,
            and model.safetensors or pytorch_model.bin, whole or in shards. Or the id of
            a repository of the Hugging Face hub (with the extra `hub`); a folder that
            exists is never looked up there. Either may be a preset of KerasHub. Or
            "course/NAME", a small model of the course. Or a GGUF file of Llama (with
            the extra `gguf`).
        kind: A class such as `TokenClassifier` or `Encoder`, or one of yours that
            inherits from it; the one that config.json names when None. A head that the
            checkpoint lacks is new, and said to be.
        dtype: The dtype policy of the model; Keras' own when None. Weights on disk may
            have another precision.
        revision: Of a repository: a branch, tag or commit.
        token: Of a repository: a token, for private and gated ones.
        offline: Whether to look in the hub's cache alone.
        options: Arguments of the class beside the body, such as `num_classes`.

    Returns:
        A built model. `model.checkpoint` is a `Checkpoint` with its config.json, its
        labels and what was not used; `model.tokenizer` the tokenizer, None where the
        folder holds none; `model.generation_config` what the authors generate with,
        which `model.generate` takes as given, for a model that generates.

    Raises:
        FileNotFoundError: The folder or repository, its config.json or its weights are
            not there.
        PermissionError: The repository is gated.
        ValueError: A family, class or configuration that is not known; weights that
            do not fit it, or that are missing.
        DamagedFile: A file of weights is damaged.

    Example:
        >>> model = from_pretrained("models/classifier")
        >>> type(model).__name__, model.config.num_layers
        ('SequenceClassifier', 3)
        >>> ids = model.tokenizer.encode("turn off the radio").ids
        >>> model.checkpoint.labels[int(np.argmax(model(np.array([ids]))))]
        'TurnOff'
    """
    place = Path(name)
    of_preset = False
    if place.suffix == ".gguf" and place.is_file():
        config, stored = read_gguf(place)
    else:
        place = find_folder(name, revision=revision, token=token, offline=offline)
        if not (place / "config.json").is_file():
            raise FileNotFoundError(f"there is no folder {name} with a config.json")
        config, stored = read_json(place / "config.json"), None
        of_preset = is_preset(config)
    if of_preset:
        config, stored, more = read_preset(place, config, kind)
        options = {**more, **options}
    published = Published(config)
    family = _family(published)
    row, head, made = head_of(family, published, kind)
    meant = translate(family, published)  # refused before anything is read
    stored = read_weights(place) if stored is None else stored
    tensors = normalise(family, head, stored)
    # Variables that are made in this scope get their first values when it ends: those
    # of the file, without numbers drawn before and without a second copy of the model.
    with keras.StatelessScope():
        model = _build(family, head, made, meant, published, tensors, dtype, options)
        places = places_of(model, family, head)
        new = _assign(model, family, head, places, tensors, published)
    _check_copies(model, head, places, tensors)
    known = {*places, *head.tied, *family.tables}
    left = [n for n in tensors if n not in known and not _fits(family.ignored, n)]
    kept = {n: tensors[n] for n in left if _fits(head.kept, n)}
    unused = tuple(n for n in left if n not in kept)
    if new:
        told = f"{name} has no weights for {', '.join(new)}: they start at random"
        warnings.warn(f"{told}, and the model has to be trained", NewHead, stacklevel=2)
    if unused:
        told = f"{made.__name__} has no place for {len(unused)} weights of {name}"
        warnings.warn(f"{told}: {', '.join(unused[:8])}", UnusedWeights, stacklevel=2)
    model.checkpoint = Checkpoint(
        folder=os.fspath(place),
        config=dict(published),
        row=row,
        unused=unused,
        new=new,
        kept=kept,
        # Files of a preset's tokenizer are not those that the family is published in.
        tokenizer=None if of_preset else tokenizer_of(place),
    )
    model.tokenizer = model.checkpoint.tokenizer
    if of_preset:
        model.tokenizer = read_preset_tokenizer(place, family.model_type)
    if hasattr(model, "generate"):
        model.generation_config = read_generation_config(place, published)
    return model


def _family(published: Published) -> Family:
    model_type = published["model_type"]
    if model_type not in FAMILIES:
        own = " (its own code, which auto_map names, is never run)"
        raise ValueError(
            f"model_type {model_type!r} is not known"
            f"{own if 'auto_map' in published else ''}; known are "
            f"{', '.join(sorted(FAMILIES))}"
        )
    return FAMILIES[model_type]


def _table(family: Family, head: Head) -> str:
    """The published name of the token table, without the prefix."""
    names = head.body_names or family.body
    return next(name for name, path in names.items() if "tokens.table" in path)


def normalise(family: Family, head: Head, tensors) -> dict[str, StoredTensor]:
    """The tensors by the names of today, without the prefix of the body."""
    found = {}
    for name, tensor in tensors.items():
        name = name.removeprefix("module.")  # of models trained on several devices
        name = re.sub(r"\.gamma$", ".weight", re.sub(r"\.beta$", ".bias", name))
        for prefix in (family.prefix, head.prefix or ""):
            name = name.removeprefix(prefix)
        found[name] = tensor
    table = _table(family, head)
    if table not in found:
        other = [n for n in (family.table, *family.tables) if n in found]
        if other:
            found[table] = found[other[0]]
    return found


def _build(family, head: Head, kind, config, published, tensors, dtype, options):
    config = config.with_changes(**head.config(config))
    if _own_table(family, head, tensors, published):
        config = config.with_changes(tied=False)
    policy = {} if dtype is None else {"dtype": dtype}
    given = {name: _one(published[key]) for name, key in head.said.items()}
    if issubclass(kind, _WITH_CLASSES):
        given["num_classes"] = published.classes()
    body = config
    if head.body and getattr(models, head.body) is not kind:
        body = getattr(models, head.body)(config, name="body", **policy)
    model = kind(body, **{**given, **head.options, **policy, **options})
    model.build()
    return model


def _one(ids):
    return ids[-1] if isinstance(ids, list) else ids


def _own_table(family, head: Head, tensors, published) -> bool:
    """Whether a language model scores against a table other than the embedding's."""
    names = [name for name, path in head.names.items() if path == "table"]
    if not names:
        return False
    own, shared = tensors.get(names[0]), tensors.get(_table(family, head))
    if own is None or shared is None:
        return published.get("tie_word_embeddings") is False
    return own.shape != shared.shape or not np.array_equal(own.numpy(), shared.numpy())


def _assign(model, family: Family, head: Head, places: Places, tensors, published):
    """Says where every weight gets its first value; gives the paths of new ones."""
    body = getattr(model, "body", model)
    done = set()
    for name, weights in places.items():
        if name not in tensors:
            if name in head.optional:
                done |= {id(weight) for _, weight in weights}
            continue
        array = tensors[name].numpy()
        count = len(weights)
        # Torch's matrices are [out, in], and several in one side by side in `out`.
        axis = 0 if family.transposed else -1
        parts = [array] if count == 1 else np.split(array, count, axis=axis)
        for (path, weight), part in zip(weights, parts):
            part = as_ours(part, path, weight, family)
            _check_shape(name, part, weight, published)
            set_initializer(weight, _Stored(tensors[name], part))
            done.add(id(weight))
    unset = [w for w in model.weights if id(w) not in done and not _is_seed(w)]
    inside = {id(w) for w in body.weights}
    lost = [w.path for w in unset if id(w) in inside]
    if lost:
        raise ValueError(
            f"the checkpoint lacks {len(lost)} weights of the body, {lost[0]} for one; "
            f"it has {', '.join(list(tensors)[:3])}, ..."
        )
    return tuple(w.path for w in unset)


class _Stored:
    """An initializer: the numbers of a file, as Keras calls for them."""

    def __init__(self, tensor: StoredTensor, array: np.ndarray) -> None:
        self.tensor, self.array = tensor, array

    def __call__(self, shape, dtype=None):
        # Torch's matrices are turned: tensors turn several times faster than arrays.
        turned = self.array.ndim > 1 and self.array.flags.f_contiguous
        array = self.array.T if turned else self.array
        array = np.asarray(array, dtype=dtype, order="C")
        value = keras.ops.convert_to_tensor(array, dtype=dtype)
        value = keras.ops.transpose(value) if turned else value
        self.tensor.release()
        return value


def _check_shape(name, part, weight, published) -> None:
    ours = tuple(weight.shape)
    if part.shape == ours:
        return
    sizes = {size for size, there in zip(ours, part.shape) if size != there}
    blamed = sorted(k for k, v in published.items() if type(v) is int and v in sizes)
    labels = published.get("id2label")
    if labels and len(labels) in sizes:
        blamed.append("id2label")
    raise ValueError(
        f"{name} has shape {part.shape}, and config.json means {ours}; look at "
        f"{', '.join(blamed) or 'its sizes'} there"
    )


def _check_copies(model, head: Head, places: Places, tensors) -> None:
    """What is published as a copy of the token table must be one."""
    body = getattr(model, "body", model)
    names = [n for n in head.tied if n in tensors and n not in places]
    if not names:
        return
    table = keras.ops.convert_to_numpy(body.table)
    for name in names:
        if not np.array_equal(tensors[name].numpy().astype(table.dtype), table):
            raise ValueError(
                f"{name} differs from the token table, which it is a copy of in this "
                "family: the checkpoint belongs to another kind of model"
            )


def _fits(patterns, name: str) -> bool:
    return any(re.fullmatch(pattern, name) for pattern in patterns)


def _is_seed(weight) -> bool:
    return "seed_generator" in weight.path
