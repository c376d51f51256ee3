"""Folders that installed packages offer by name, "course/bilingual_tagger".

A package says so in its metadata: an entry point of the group `transformer_tf.models`,
whose name is what stands before the slash, and whose object gives the folder of what
stands behind it. Nothing is imported until somebody asks for such a model.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

GROUP = "transformer_tf.models"
# Who offers models, and how it is had: it may not be installed.
KNOWN = {"course": "pip install 'transformer-tf[course]'"}


def offered_folder(name: str) -> Path | None:
    """The folder of a model that an installed package offers.

    Args:
        name: Such as "course/bilingual_tagger".

    Returns:
        Its folder; None where the name is not of such a package.

    Raises:
        FileNotFoundError: The package offers no model of that name, or is one that is
            known and not installed.
    """
    package, _, model = name.partition("/")
    found = [*entry_points(group=GROUP, name=package)] if model else []
    if found:
        try:
            return Path(found[0].load()(model))
        except Exception as error:  # whatever way the package says that it has none
            raise FileNotFoundError(f"{name} cannot be had: {error}") from None
    if model and package in KNOWN:
        raise FileNotFoundError(
            f"{name} is a small model of the {package}, which is not installed here: "
            f"{KNOWN[package]}, or in a copy of the repository "
            "pip install -e '.[course]'"
        )
    return None
