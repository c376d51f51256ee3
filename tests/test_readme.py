"""README's examples run, its figures are those measured, its pictures are of today."""

import pathlib
import re

import pytest

from tests.docs.pages import blocks, pages
from tools import badges, card_picture
from transformer_tf.pipelines.base import Pipeline

ROOT = pathlib.Path(__file__).parents[1]
README = ROOT / "README.md"


def example(part):
    """The one example that has this in it."""
    found = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    (one,) = [text for text in found if part in text]
    return one


def test_every_example_is_tested():
    assert README.read_text("utf-8").count("```python") == 4


def test_layers(capsys):
    exec(example("RNNCell"), {})
    assert capsys.readouterr().out.startswith("(2, 7, 32) [")


def test_the_model_in_ten_lines_is_that_of_the_quickstart():
    """Which is run by tests/docs/test_examples.py."""
    first = next(b for b in blocks(pages()["quickstart.md"]) if b.language == "python")
    assert example("model.fit") == first.text
    lines = [x for x in first.text.splitlines() if x and "import" not in x]
    assert len(lines) <= 12


def test_pipelines(capsys, monkeypatch):
    code = example("import pipeline")
    recorded = ROOT / "tests" / "pipelines" / "recorded"
    folders = {"my/folder": "sentiment_analysis", "another/folder": "ner"}
    for what, folder in folders.items():
        assert f'"{what}"' in code
        code = code.replace(what, str(recorded / folder))
    exported = []
    monkeypatch.setattr(Pipeline, "export", lambda self, to: exported.append(to))
    exec(code, {})
    assert "PER" in capsys.readouterr().out and exported == ["served_ner"]


def test_the_learner_s_mistake_is_named(capsys):
    exec(example("check, hint"), {"__name__": "notebook"})
    said = capsys.readouterr().out
    assert "5 of 7 points" in said and "NaN (not a number)" in said


def test_the_figures_are_those_of_the_benchmarks():
    text = README.read_text("utf-8")
    results = (ROOT / "benchmarks" / "RESULTS.md").read_text("utf-8")
    ratios = re.findall(r"\| (\d+\.\d+x) \|\n", text)
    assert len(ratios) == 8
    for ratio in ratios:
        assert f"| {ratio} (" in results or f"| {ratio}, " in results
    seconds = re.search(r"took (\d+ s) against (\d+ s)", text)
    row = f"| {seconds[1]} | {seconds[2]} | 0 |"
    assert row in (ROOT / "benchmarks" / "NOTES.md").read_text("utf-8")


def test_badges_say_what_setup_says():
    for name, svg in badges.badges().items():
        assert (badges.FOLDER / name).read_text("utf-8") == svg
        assert f"badges/{name}" in README.read_text("utf-8")


def test_the_picture_is_of_the_card_that_a_notebook_shows():
    image = pytest.importorskip("PIL.Image")
    said = image.open(card_picture.PICTURE).info["page"]
    assert said == card_picture.digest(card_picture.page()), (
        "the card has changed: python -m tools.card_picture"
    )
    assert card_picture.PICTURE.stat().st_size < 60_000
