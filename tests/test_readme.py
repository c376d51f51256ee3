"""The examples in README run as they stand, on less text."""

import pathlib
import re

import keras
import pytest

from transformer_tf.pipelines.base import Pipeline

README = pathlib.Path(__file__).parents[1] / "README.md"
# What makes the example small enough for a test; each must occur.
SMALLER = {
    "[:6000]": "[:400]",
    "max_new_tokens=30": "max_new_tokens=5",
}


def examples():
    return re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)


def test_layers(capsys):
    exec(examples()[0], {})
    assert capsys.readouterr().out.startswith("(2, 7, 32) [")


def test_pipelines(capsys, monkeypatch):
    example = next(text for text in examples() if "import pipeline" in text)
    recorded = pathlib.Path(__file__).parent / "pipelines" / "recorded"
    folders = {"my/folder": "sentiment_analysis", "another/folder": "ner"}
    for what, folder in folders.items():
        assert f'"{what}"' in example
        example = example.replace(what, str(recorded / folder))
    exported = []
    monkeypatch.setattr(Pipeline, "export", lambda self, to: exported.append(to))
    exec(example, {})
    assert "PER" in capsys.readouterr().out and exported == ["served_ner"]


@pytest.mark.slow
def test_a_small_model_learns_writes_and_serves(capsys, monkeypatch, tmp_path):
    example = next(text for text in examples() if "model.fit" in text)
    assert len([line for line in example.splitlines() if line.strip()]) < 60
    for what, less in SMALLER.items():
        assert what in example
        example = example.replace(what, less)
    keras.utils.set_random_seed(1)
    names = {}
    exec(example, names)
    written = capsys.readouterr().out.splitlines()[-3:]
    assert all(text.startswith("The country has") for text in written)
    assert names["model"].history.history["loss"][-1] < 6.8  # below ln 1000, chance

    monkeypatch.chdir(tmp_path)
    exec(next(text for text in examples() if "export_generation" in text), names)
    assert re.match("The country has.+", capsys.readouterr().out)
