"""`tf_model.h5`: the weights that the TensorFlow classes of transformers saved.

A dataset stands under its top layer, the model and the layers inside, such as
`bert/tf_bert_for_masked_lm/bert/encoder/layer_._0/output/dense/kernel:0`; what several
top layers share stands under each. Keras' words for weights become torch's, and its
kernels [in, out] torch's matrices [out, in].
"""

from __future__ import annotations

import os
import re
from typing import Any

import h5py
import numpy as np

from transformer_tf.checkpoints.mapped_file import map_file
from transformer_tf.checkpoints.stored_tensor import DamagedFile, StoredTensor

_NAMES = {
    "kernel": "weight",
    "gamma": "weight",
    "embeddings": "weight",
    "beta": "bias",
}
_MODEL = re.compile(r"tf_?[a-z0-9_]+")  # the class TFBertModel as a name of a layer


def read_hdf5(path: str | os.PathLike[str]) -> dict[str, StoredTensor]:
    """Every tensor of a file by the name that torch's classes have for it.

    Raises:
        DamagedFile: The file is damaged or cut short, or no file of Keras' weights.
    """
    map_file(path)  # says what an empty file is, or one of Git LFS
    tensors: dict[str, StoredTensor] = {}

    def visit(name: str, item: Any) -> None:
        if not isinstance(item, h5py.Dataset):
            return
        if item.dtype.kind not in "fiu" or item.external or item.is_virtual:
            raise DamagedFile(path, f"{name!r:.100} is no array of numbers in the file")
        published, turned = _published(name)
        shape = tuple(item.shape)
        if turned and len(shape) != 2:
            raise DamagedFile(path, f"{name!r:.100} is no matrix")
        # GPT-2's biases are rows of a matrix.
        flat = published.endswith(".bias") and len(shape) == 2 and shape[0] == 1
        shape = shape[1:] if flat else shape[::-1] if turned else shape
        view = _Read(os.fspath(path), name, shape, turned)
        tensors.setdefault(published, StoredTensor(shape, item.dtype, view))

    try:
        with h5py.File(path, "r") as file:
            if "layer_names" not in file.attrs:
                raise DamagedFile(path, "it names no layers: no weights of Keras")
            file.visititems(visit)
    except DamagedFile:
        raise
    except (OSError, RuntimeError, ValueError, TypeError, KeyError) as error:
        raise DamagedFile(path, f"it is no HDF5 file: {error!s:.100}") from None
    return tensors


class _Read:
    """Reads one dataset when it is called."""

    def __init__(self, path, name, shape, turned):
        self.path, self.name = path, name
        self.shape, self.turned = shape, turned

    def __call__(self) -> np.ndarray:
        try:
            with h5py.File(self.path, "r") as file:
                array = np.asarray(file[self.name])
        except (OSError, RuntimeError, KeyError) as error:
            raise DamagedFile(self.path, f"{self.name}: {error!s:.100}") from None
        return array.T if self.turned else array.reshape(self.shape)


def _published(name: str) -> tuple[str, bool]:
    """Torch's name of a dataset, and whether its matrix has to be transposed."""
    # A layer mlm___cls of a top layer is `cls`.
    parts = [part.split("___")[-1] for part in name.removesuffix(":0").split("/")]
    models = [n for n, part in enumerate(parts) if _MODEL.fullmatch(part)]
    inside = parts[models[0] + 1 :] if models else parts[-2:]
    *layers, last = inside
    published = ".".join([*layers, _NAMES.get(last, last)]).replace("_._", ".")
    if not models and last == "final_logits_bias":
        published = last
    return published, last == "kernel"
