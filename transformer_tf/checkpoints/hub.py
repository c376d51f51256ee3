"""Folders by name: one on this machine, one that a package offers, or the hub's.

The hub's own client does the work (the extra `hub`), with its cache, its token and its
variables: HF_HOME, HF_TOKEN, HF_HUB_OFFLINE and the others.
"""

from __future__ import annotations

import importlib
import json
import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, NoReturn

from transformer_tf.checkpoints.folder import weight_files
from transformer_tf.checkpoints.offered import offered_folder
from transformer_tf.checkpoints.settings import TOKENIZER_FILES

_SETTINGS = ("config.json", "generation_config.json", *TOKENIZER_FILES)
# A preset folder of KerasHub: of it, everything that loading may need.
_OF_PRESETS = re.compile(
    r"(task|metadata)\.json|(task|model).*\.weights\.(h5|json)|assets/tokenizer/[^/]+"
)
_PICKLES = ("vocab.bin", "vocab.pkl")  # of tokenizers: never read, so never fetched


def find_folder(
    name: str | os.PathLike[str],
    *,
    revision: str | None = None,
    token: str | bool | None = None,
    offline: bool = False,
) -> Path:
    """The folder of a checkpoint, downloaded if need be.

    A folder that is there is never looked up. Of a repository only what loading reads
    is fetched: settings, tokenizer, and one form of the weights, a pickle only where
    there is nothing else. What is in the cache already is not fetched again, and a
    download that was cut goes on where it stopped.

    Args:
        name: A folder, a small model of the course such as "course/bilingual_tagger",
            or the id of a repository such as "google/flan-t5-small".
        revision: A branch, tag or commit of the repository; its main branch when None.
        token: A token for private and gated repositories; that of HF_TOKEN or of
            `hf auth login` when None.
        offline: Whether to look in the cache alone, as with HF_HUB_OFFLINE=1.

    Raises:
        FileNotFoundError: There is no such folder, repository, revision or file, or it
            is not in the cache and cannot be fetched.
        PermissionError: The repository is gated, and the token may not read it.
        ImportError: The extra `hub` is not installed.
    """
    place = Path(name)
    if place.is_dir():
        return place
    repository = os.fspath(name)
    offered = offered_folder(repository)
    if offered is not None:
        return offered
    if not _may_be_repository(repository):
        raise FileNotFoundError(f"there is no folder {repository}")
    hub = _client(repository)
    given = {"revision": revision, "token": token}
    if not offline:
        try:
            info = hub.HfApi(token=token).model_info(repository, revision=revision)
        except Exception as error:
            _refuse(hub, error, repository, revision)
        else:
            files = {entry.rfilename for entry in info.siblings}
            return _fetch(hub, repository, given, files)
    # The cache alone: as offline=True asks, or since the hub cannot be reached.
    try:
        found = hub.hf_hub_download(
            repository, "config.json", local_files_only=True, **given
        )
    except Exception:
        raise FileNotFoundError(
            f"{repository} is no folder here, and the cache of the hub in "
            f"{hub.constants.HF_HUB_CACHE} does not hold it; fetch it once with a "
            "connection and without offline=True or HF_HUB_OFFLINE, or give a folder"
        ) from None
    return Path(found).parent


def _fetch(
    hub: Any, repository: str, given: dict[str, Any], files: Collection[str]
) -> Path:
    """Downloads what loading reads."""
    if "config.json" not in files:
        raise FileNotFoundError(
            f"{repository} holds no config.json, so it is no checkpoint of a known "
            f"form; it holds {', '.join(sorted(files)[:10]) or 'nothing'}"
        )

    def download(file: str, **given: Any) -> Path:
        try:
            return Path(hub.hf_hub_download(repository, file, **given))
        except hub.errors.EntryNotFoundError:
            raise FileNotFoundError(
                f"{repository} lists {file}, and does not have it"
            ) from None
        except hub.errors.HfHubHTTPError as error:
            _refuse(hub, error, repository, given["revision"])
            raise

    folder = download("config.json", **given).parent
    given["revision"] = folder.name  # from here on all files of one commit
    for file in _SETTINGS[1:]:
        if file in files and file not in _PICKLES:
            download(file, **given)
    if _is_preset(files):
        for file in sorted(filter(_OF_PRESETS.fullmatch, files)):
            download(file, **given)
        return folder
    for file in weight_files(files):
        path = download(file, **given)
        if file.endswith(".index.json"):
            try:
                shards = set(json.loads(path.read_text("utf-8"))["weight_map"].values())
            except (ValueError, KeyError, TypeError, AttributeError):
                shards = set()  # reading will say what is wrong with it
            for shard in sorted(shards & set(files)):
                download(shard, **given)
    return folder


def _is_preset(files: Collection[str]) -> bool:
    """Whether a repository's files are a preset of KerasHub."""
    return not {"model.weights.h5", "model.weights.json"}.isdisjoint(files)


def _may_be_repository(name: str) -> bool:
    """Whether a name looks like `owner/name`, or `name`, and not like a path."""
    parts = name.split("/")
    return len(parts) <= 2 and all(parts) and not name.startswith((".", "~", os.sep))


def _client(repository: str) -> Any:
    try:
        return importlib.import_module("huggingface_hub")
    except ImportError:
        raise ImportError(
            f"{repository} is no folder here; to look it up at the Hugging Face hub "
            "install the extra: pip install 'transformer-tf[hub]'"
        ) from None


def _refuse(hub: Any, error: Exception, repository: str, revision) -> NoReturn | None:
    """Says what the hub answered; returns where it could not be asked."""
    errors = hub.errors
    if isinstance(error, errors.GatedRepoError):
        raise PermissionError(
            f"{repository} is gated: accept its terms at the hub, then give a token "
            "(token=, HF_TOKEN or `hf auth login`) of the account that did"
        ) from None
    if isinstance(error, errors.RevisionNotFoundError):
        raise FileNotFoundError(f"{repository} has no revision {revision!r}") from None
    if isinstance(error, errors.RepositoryNotFoundError):
        raise FileNotFoundError(
            f"{repository} is neither a folder here nor a repository of the hub that "
            "may be read; a private one needs a token"
        ) from None
    if isinstance(error, errors.HFValidationError):
        raise FileNotFoundError(
            f"there is no folder {repository}, and no repository can have this name"
        ) from None
    return None
