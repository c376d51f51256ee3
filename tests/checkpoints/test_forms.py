"""Every form in which checkpoints are published gives the same weights."""

import json
import shutil

import numpy as np
import pytest

from tests.checkpoints.outputs import CORPUS, TOLERANCE, arrays_of, load, pairs
from transformer_tf.checkpoints import read_safetensors, write_safetensors

FORMS = CORPUS.parent / "forms"
OF_CORPUS = sorted(path.parent.name for path in FORMS.glob("*/source"))
OWN = sorted(path.parent.name for path in FORMS.glob("*/expected.npz"))
HALF = ("float16", "bfloat16")


def folder_of(form, tmp_path):
    """The form's weights beside the config.json of what they are a form of."""
    source = CORPUS / (FORMS / form / "source").read_text()
    folder = tmp_path / form
    shutil.copytree(FORMS / form, folder)
    shutil.copy(source / "config.json", folder)
    return folder, source


def same(model, expected, rounded=None):
    for got, wanted in zip(model.get_weights(), expected.get_weights(), strict=True):
        if rounded and got.dtype == "float32":
            wanted = wanted.astype(np.dtype(rounded)).astype("float32")
        np.testing.assert_array_equal(got, wanted)


def test_all_forms_are_here():
    """Ten of PyTorch, those of TensorFlow, and safetensors that are written below."""
    assert len(OF_CORPUS) + len(OWN) == 17
    suffixes = {path.suffix for path in FORMS.rglob("*") if path.is_file()}
    assert {".bin", ".h5", ".safetensors"} <= suffixes


@pytest.mark.parametrize("form", OF_CORPUS)
def test_of_pytorch(form, tmp_path):
    folder, source = folder_of(form, tmp_path)
    model, told = load(folder)
    expected = load(source)[0]
    if form == "bart_as_published":  # without the bias, which is zero
        expected.head.bias.assign(0 * expected.head.bias)
    same(model, expected, form if form in HALF else None)
    beside = form == "body_with_heads_beside"
    unused = {"cls." in name for name in model.checkpoint.unused}
    assert (unused == {True}) == beside == bool(told)


@pytest.mark.parametrize("form", OWN)
def test_of_tensorflow_and_of_transformers_5(form):
    model, told = load(FORMS / form)
    assert told == [] and model.checkpoint.new == model.checkpoint.unused == ()
    for ours, expected in pairs(model, arrays_of(FORMS / form)):
        assert expected.std() > 0.05
        np.testing.assert_allclose(ours, expected, atol=TOLERANCE, rtol=0)


@pytest.mark.parametrize("form", [*HALF, "sharded"])
def test_of_safetensors(form, tmp_path):
    """The format's own library reads what is written here: tests/.../test_files.py."""
    source = CORPUS / "BertForMaskedLM"
    shutil.copy(source / "config.json", tmp_path)
    tensors = {
        name: tensor.numpy()
        for name, tensor in read_safetensors(source / "model.safetensors").items()
    }
    if form != "sharded":
        tensors = {name: array.astype(form) for name, array in tensors.items()}
        write_safetensors(tmp_path / "model.safetensors", tensors)
    else:
        files = {name: f"{n % 3}.safetensors" for n, name in enumerate(tensors)}
        for file in set(files.values()):
            part = {n: a for n, a in tensors.items() if files[n] == file}
            write_safetensors(tmp_path / file, part)
        index = tmp_path / "model.safetensors.index.json"
        index.write_text(json.dumps({"weight_map": files}))
    model, told = load(tmp_path)
    assert told == []
    same(model, load(source)[0], form if form in HALF else None)
