"""The page of attention weights: whose they are, and that it needs nothing else."""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest

from tests.pipelines import recorded_calls as recorded
from transformer_tf.pipelines import show_attention

TEXT = "My name is </script><b>Sarah</b>."
# Of every kind of body; all rows of weights sum to 1.
FOLDERS = ["ner", "fill_mask_roberta", "text_generation", "summarization"]


def held(page):
    """The data in a page."""
    return json.loads(re.search(r"const \{views, words\} = (.*);", page)[1])


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_weights_are_the_model_s(folder):
    pipeline = recorded.made(folder)
    view = show_attention(
        pipeline, TEXT, "a fox" if folder == "summarization" else None
    )
    for name, found in held(view.page)["views"].items():
        weights = np.array(found["weights"])
        config = pipeline.model.config
        sides = len(found["from"]), len(found["to"])
        assert weights.shape == (config.num_layers, config.num_heads, *sides)
        np.testing.assert_allclose(weights.sum(-1), 1, atol=5e-3)
        if name in ("decoder",) or folder == "text_generation":
            assert not np.triu(weights, 1).any()
    tokens = pipeline.tokenizer.encode(TEXT).tokens
    first = "cross" if folder == "summarization" else "self"
    assert view.views[first]["to"] == tokens


def test_a_pair_and_two_languages():
    pipeline = recorded.made("ner")
    view = show_attention(pipeline.model, "one", "two", tokenizer=pipeline.tokenizer)
    expected = pipeline.tokenizer.encode("one", "two").tokens
    assert view.views["self"]["from"] == expected
    assert "Capa" in show_attention(pipeline, "x", language="es").page
    with pytest.raises(ValueError, match="language must be one of en, es"):
        show_attention(pipeline, "x", language="fr")
    with pytest.raises(TypeError, match="must be one of this library"):
        show_attention(object(), "x", tokenizer=pipeline.tokenizer)


def test_a_mask_is_one_token_and_nothing_is_cut():
    from transformer_tf.text import Truncation

    pipeline = recorded.made("fill_mask")
    view = show_attention(pipeline, "My [MASK] is Sarah")
    assert view.views["self"]["from"].count("[MASK]") == 1
    tagger = recorded.made("ner")
    assert "[MASK]" not in show_attention(tagger, "My [MASK]").views["self"]["from"]
    tagger.tokenizer.truncation = Truncation(4)
    try:
        assert len(show_attention(tagger, "My name is Sarah").views["self"]["to"]) > 4
    finally:
        tagger.tokenizer.truncation = None
    with pytest.raises(ValueError, match="40"):
        show_attention(tagger, "word " * 50)


def test_the_page_reaches_for_nothing(tmp_path):
    view = show_attention(recorded.made("ner"), TEXT)
    view.save(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page == view.page and "default-src 'none'" in page
    assert not re.search(r"https?://|src=|@import", page)
    assert page.count("</script>") == 1  # the text's own does not end the page's
    assert "<iframe srcdoc=" in view._repr_html_()


@pytest.mark.skipif(not shutil.which("chromium"), reason="needs Chromium")
@pytest.mark.slow
def test_a_browser_draws_it(tmp_path):
    view = show_attention(recorded.made("ner"), "My name is Sarah.")
    view.save(tmp_path / "page.html")
    run = subprocess.run(
        [
            *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
            f"--user-data-dir={tmp_path / 'profile'}",
            (tmp_path / "page.html").as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    shares = re.findall(r'class="share">([\d.]+) %', run.stdout)
    tokens = view.views["self"]["to"]
    assert len(shares) == len(tokens)
    mean = view.views["self"]["weights"][0, :, 0].mean(0)
    np.testing.assert_allclose(np.array(shares, float), 100 * mean, atol=0.06)
