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
import ml_dtypes
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
# What the library raises on damage, by where it strikes.
_DAMAGE = (OSError, RuntimeError, ValueError, TypeError, KeyError, OverflowError)


def read_hdf5(path: str | os.PathLike[str]) -> dict[str, StoredTensor]:
    """Every tensor of a file by the name that torch's classes have for it.

    Raises:
        DamagedFile: The file is damaged or cut short, or no file of Keras' weights.
    """
    tensors: dict[str, StoredTensor] = {}
    for name, stored in read_datasets(path, needed="layer_names").items():
        published, is_kernel = _published_name(name)
        shape = stored.shape
        if is_kernel and len(shape) != 2:
            raise DamagedFile(path, f"{name!r:.100} is no matrix")
        # GPT-2's biases are rows of a matrix.
        flat = published.endswith(".bias") and len(shape) == 2 and shape[0] == 1
        shape = shape[1:] if flat else shape[::-1] if is_kernel else shape
        view = _Reshape(stored, shape, is_kernel)
        tensors.setdefault(published, StoredTensor(shape, stored.dtype, view))
    return tensors


def read_datasets(
    path: str | os.PathLike[str], *, needed: str = ""
) -> dict[str, StoredTensor]:
    """Every dataset of an HDF5 file by its own name, none of them read yet.

    Args:
        path: The file.
        needed: An attribute without which it is no file of the wanted kind.

    Raises:
        DamagedFile: The file is damaged or cut short, lacks the attribute, or holds
            what is no array of numbers within it.
    """
    map_file(path)  # says what an empty file is, or one of Git LFS
    tensors: dict[str, StoredTensor] = {}

    def visit(name: Any, item: Any) -> None:
        if not isinstance(item, h5py.Dataset):
            return
        if not isinstance(name, str):  # bytes that are no UTF-8
            raise DamagedFile(path, f"{name!r:.100} is no name")
        # Keras keeps bfloat16 as two bytes of no kind, and says so beside them.
        brain = item.dtype.kind == "V" and item.attrs.get("dtype") == "bfloat16"
        known = item.dtype.kind in "fiu" or (brain and item.dtype.itemsize == 2)
        if not known or item.external or item.is_virtual:
            raise DamagedFile(path, f"{name!r:.100} is no array of numbers in the file")
        dtype = np.dtype(ml_dtypes.bfloat16) if brain else item.dtype
        shape = tuple(item.shape)
        view = _Read(os.fspath(path), name, shape, dtype)
        tensors[name] = StoredTensor(shape, dtype, view)

    try:
        with h5py.File(path, "r") as file:
            if needed and needed not in file.attrs:
                raise DamagedFile(path, f"it has no {needed}: no weights of Keras")
            file.visititems(visit)
    except DamagedFile:
        raise
    except _DAMAGE as error:
        raise DamagedFile(path, f"it is no HDF5 file: {error!s:.100}") from None
    return tensors


class _Read:
    """Reads one dataset when it is called."""

    def __init__(self, path, name, shape, dtype):
        self.path, self.name = path, name
        self.shape, self.dtype = shape, dtype

    def __call__(self) -> np.ndarray:
        try:
            with h5py.File(self.path, "r") as file:
                array = np.asarray(file[self.name])
            return array.view(self.dtype).reshape(self.shape)
        except _DAMAGE as error:
            raise DamagedFile(self.path, f"{self.name}: {error!s:.100}") from None


class _Reshape:
    """A stored tensor as torch has it."""

    def __init__(self, stored: StoredTensor, shape, transpose: bool):
        self.stored, self.shape, self.transpose = stored, shape, transpose

    def __call__(self) -> np.ndarray:
        array = self.stored.numpy()
        return array.T if self.transpose else array.reshape(self.shape)


def _published_name(name: str) -> tuple[str, bool]:
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
