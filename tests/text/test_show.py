"""Views: what a learner sees of tokens and of merges."""

import numpy as np
import pytest

from transformer_tf.text import (
    BytePairTokenizer,
    CharacterTokenizer,
    MergeView,
    TokenView,
    WordPieceTokenizer,
    WordTokenizer,
    open_vocabulary,
    show_tokens,
    train_tokenizer,
)

TEXTS = ["low lower lowest", "new newer newest"] * 3


def test_columns_are_aligned():
    tokenizer = WordTokenizer.train(TEXTS, 9)
    view = TokenView(tokenizer, "low fox newest")
    source, tokens, ids, _, summary = str(view).split("\n")
    assert source == "low fox   newest"
    assert tokens == "low [UNK] newest"
    assert ids.split() == [str(i) for i in view.encoding.ids]
    assert summary == "3 tokens, 1 unknown"


def test_lines_are_broken_at_the_width():
    view = TokenView(CharacterTokenizer.train(TEXTS), "low lower lowest newest")
    lines = view.terminal(width=20, colour=False).split("\n")
    assert max(map(len, lines)) <= 20
    assert len(lines) > 9


def test_colours_mark_tokens_and_unknown_words():
    view = TokenView(WordTokenizer.train(TEXTS, 9), "low fox")
    assert "\x1b[30;48;5;117mlow\x1b[0m" in view.terminal()
    assert "\x1b[97;41mfox  \x1b[0m" in view.terminal()
    assert "\x1b" not in str(view)


def test_bytes_of_one_character_share_it():
    cells = TokenView(BytePairTokenizer.train(TEXTS, 257), "é世").cells
    assert [cell.shares for cell in cells] == [False, True, False, True, True]
    assert [cell.source for cell in cells] == ["é"] * 2 + ["世"] * 3


def test_wide_and_combining_characters_keep_columns():
    tokenizer = CharacterTokenizer.train(["世界a"])
    source, tokens, *_ = str(TokenView(tokenizer, "世界a")).split("\n")
    assert source == tokens == "世 界 a"


def test_html_escapes_the_text():
    view = TokenView(CharacterTokenizer.train(["<&>"]), "<b>")
    page = view._repr_html_()
    assert "&lt;" in page and "<b>" not in page
    assert "#c00" in page


def test_special_tokens_have_no_source():
    tokenizer = WordPieceTokenizer.train(TEXTS, 60)
    cells = TokenView(tokenizer, "low", "new").cells
    kinds = [(cell.kind, cell.sequence) for cell in cells if cell.kind == "special"]
    assert kinds == [("special", None)] * 3


def test_one_function_does_it_all(tmp_path):
    calls = []

    def texts():
        calls.append(1)
        return TEXTS

    settings = {"texts": texts, "size": 300, "cache": tmp_path}
    first = show_tokens("lower", kind="bpe", **settings)
    again = show_tokens("lower", kind="bpe", **settings)
    assert str(first) == str(again) and calls == [1]
    saved = show_tokens("lower", vocabulary=tmp_path / "bpe-300.json")
    assert str(saved) == str(first)


@pytest.mark.parametrize("kind", ["bpe", "character", "unigram", "word", "wordpiece"])
def test_every_kind_is_trained(kind):
    tokenizer = train_tokenizer(kind, TEXTS, size=300 if kind != "unigram" else 20)
    assert tokenizer.decode(tokenizer.encode("low newest").ids) == "low newest"


def test_vocabularies_are_opened_by_name(tmp_path):
    tokenizer = BytePairTokenizer.train(TEXTS, 270)
    tokenizer.save_files(tmp_path / "vocab.json", tmp_path / "merges.txt")
    pieces = WordPieceTokenizer.train(TEXTS, 40)
    pieces.save_vocabulary(tmp_path / "vocab.txt")
    for name in ("vocab.json", "merges.txt"):
        assert open_vocabulary(tmp_path / name).to_json() == tokenizer.to_json()
    assert open_vocabulary(tmp_path / "vocab.txt").to_json() == pieces.to_json()


def test_merges_one_by_one():
    view = MergeView(TEXTS, 12)
    trained = BytePairTokenizer.train(TEXTS, 257 + 12)
    assert [(s.left, s.right) for s in view.steps] == trained.model.merges
    sizes, rates = view.curve()
    np.testing.assert_array_equal(sizes, 256 + np.arange(len(rates)))
    assert (np.diff(rates) < 0).all()
    tokens = sum(len(trained.encode(text)) for text in TEXTS)
    assert rates[-1] == pytest.approx(tokens / 18)
    assert view.stages(" lowest")[-1] == trained.encode(" lowest").tokens
    assert len(view.table(5).split("\n")) == 6


def test_merge_plot():
    pytest.importorskip("matplotlib").use("Agg")
    axes = MergeView(TEXTS, 5).plot(label="toy")
    assert axes.get_xlabel() == "vocabulary size"
    assert len(axes.lines[0].get_xdata()) == 6
