"""Where a published file's tensors belong in a model, for reading and for writing."""

from __future__ import annotations

import re
import types
from typing import Any

import numpy as np

from transformer_tf.checkpoints.family import Family, Head
from transformer_tf.checkpoints.names import weights_by_name

# Published name -> (path, variable) of every weight of ours that it holds, in order.
Places = dict[str, tuple[tuple[str, Any], ...]]


def places_of(model: Any, family: Family, head: Head) -> Places:
    """Every weight of the model that has a published name, without the body's prefix.

    Args:
        model: A built model.
        family: Its family.
        head: The row of the family's heads that it is.
    """
    body = getattr(model, "body", model)
    clusters = len(body.config.cutoffs or ()) + 1
    layers = max(body.config.num_layers, body.config.num_decoder_layers or 0, clusters)
    root = types.SimpleNamespace(**{head.part: body}) if head.part else body
    absent = family.absent(body.config)
    names = {
        name: paths
        for name, paths in {**family.body, **head.body_names}.items()
        if not any(re.fullmatch(pattern, name) for pattern in absent)
    }
    found = weights_by_name(names, root, layers)
    if body is not model:
        names = {name: f"head.{path}" for name, path in head.names.items()}
        found |= weights_by_name(names, model, layers)
    return found


def is_transposed(path: str, family: Family) -> bool:
    """Whether a matrix is published [out, in]; heads always are."""
    turned = family.transposed or path.startswith("head.")
    return turned and path.endswith(".kernel")


def as_ours(array: np.ndarray, path: str, variable: Any, family: Family) -> np.ndarray:
    """A published array as the variable's numbers: turned, without an extra axis.

    Args:
        array: A published tensor, or its part where it holds several side by side.
        path: Our path of the variable.
        variable: The variable.
        family: Says whether matrices are [out, in].
    """
    if is_transposed(path, family):
        array = array.T
    # A bias of every token is published as one row.
    if array.ndim == len(variable.shape) + 1 and len(array) == 1:
        array = array[0]
    return array


def as_published(weights, family: Family) -> np.ndarray:
    """The published tensor of one or several weights; the inverse of `as_ours`."""
    arrays = [np.asarray(variable.value) for _, variable in weights]
    array = arrays[0] if len(arrays) == 1 else np.concatenate(arrays, axis=-1)
    return array.T if is_transposed(weights[0][0], family) else array
