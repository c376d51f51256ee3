"""The weights of a saved folder into a model that is there already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from transformer_tf.checkpoints.folder import read_weights
from transformer_tf.checkpoints.loading import normalise
from transformer_tf.checkpoints.placing import as_ours, places_of
from transformer_tf.checkpoints.writing_config import family_of


def restore_weights(model: Any, folder: Path, model_type: str | None = None) -> None:
    """Gives a model the weights that `save_pretrained` wrote of one like it.

    The model keeps what no config.json says, such as its dropout.

    Args:
        model: A built model.
        folder: What `save_pretrained` wrote.
        model_type: As it was given there.

    Raises:
        ValueError: A weight is missing, or has another shape.
        DamagedFile: A file of weights is damaged.
    """
    family, _, head = family_of(model, model_type)
    tensors = normalise(family, head, read_weights(folder))
    for name, weights in places_of(model, family, head).items():
        if name not in tensors:
            raise ValueError(f"{folder} has no weight {name}")
        array = tensors[name].numpy()
        if len(array) == 1 and name == "final_logits_bias":
            array = array[0]  # published as one row
        axis = 0 if family.transposed else -1
        parts = [array] if len(weights) == 1 else np.split(array, len(weights), axis)
        for (path, variable), part in zip(weights, parts):
            variable.assign(as_ours(part, path, variable, family))
        tensors[name].release()
