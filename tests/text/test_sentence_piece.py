"""SentencePiece's files: ours read there, theirs read here, the same ids."""

import io
import json

import pytest

from tests.text import published
from transformer_tf.text.normalizers.unicode_form import NFKC
from transformer_tf.text.sentence_piece import (
    read_sentence_piece,
    sentence_piece_normalizer,
)
from transformer_tf.text.unigram_tokenizer import UnigramTokenizer

sentencepiece = pytest.importorskip("sentencepiece")
tokenizers = pytest.importorskip("tokenizers")

TEXTS = published.english()[:200] + published.spanish()[:200]
TEXTS += ["", " ", "  a  b ", "\tﬁne\u3000Ｗide\n", "x\u200by", "\u00bd\u0007", "é"]


def trained_there(**settings):
    """A model trained by SentencePiece, as the bytes of its file."""
    written = io.BytesIO()
    settings = {"model_type": "unigram", "vocab_size": 500, "bos_id": -1, **settings}
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS[:300]),
        model_writer=written,
        minloglevel=2,
        **settings,
    )
    return written.getvalue()


@pytest.fixture(scope="module")
def trained_here():
    return UnigramTokenizer.train(
        TEXTS[:300], 500, normalizer=sentence_piece_normalizer()
    )


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"normalization_rule_name": "nfkc_cf"},
        {"add_dummy_prefix": False},
        {"add_dummy_prefix": False, "remove_extra_whitespaces": False},
        {"unk_id": 0, "bos_id": 1, "eos_id": 2, "pad_id": 3},
    ],
)
def test_theirs_read_here(settings, tmp_path):
    path = tmp_path / "theirs.model"
    path.write_bytes(trained_there(**settings))
    peer = sentencepiece.SentencePieceProcessor(model_file=str(path))
    tokenizer = UnigramTokenizer.from_sentence_piece(path)
    assert_equal_but_for_ties(tokenizer, peer)


def assert_equal_but_for_ties(tokenizer, peer):
    """The same ids; or, in less than one text of a hundred, an equally likely cut."""
    scores, ties = tokenizer.model.scores, 0
    for text in TEXTS:
        ids = tokenizer.encode(text, special_tokens=False).ids
        theirs = peer.encode(text)
        if ids != theirs:
            ours = sum(scores[number] for number in ids)
            assert ours == pytest.approx(sum(scores[number] for number in theirs))
            ties += 1
    assert ties < len(TEXTS) / 100


def test_ours_read_there(trained_here, tmp_path):
    path = str(tmp_path / "ours.model")
    trained_here.save_sentence_piece(path)
    peer = sentencepiece.SentencePieceProcessor(model_file=path)
    assert_equal_but_for_ties(trained_here, peer)
    for text in TEXTS:
        ids = trained_here.encode(text, special_tokens=False).ids
        assert trained_here.decode(ids) == peer.decode(ids).replace(" ⁇ ", "")
    assert peer.eos_id() == trained_here.token_to_id("</s>")


def test_ours_read_by_tokenizers(trained_here):
    peer = tokenizers.Tokenizer.from_str(json.dumps(trained_here.to_json()))
    for text, theirs in zip(TEXTS, peer.encode_batch(TEXTS)):
        assert trained_here.encode(text).ids == theirs.ids


def test_a_file_comes_back_the_same(trained_here, tmp_path):
    trained_here.save_sentence_piece(tmp_path / "one.model")
    again = UnigramTokenizer.from_sentence_piece(tmp_path / "one.model")
    again.save_sentence_piece(tmp_path / "two.model")
    first, second = (tmp_path / f"{name}.model" for name in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"model_type": "bpe"}, "not Unigram"),
        ({"byte_fallback": True}, "byte_fallback"),
        ({"user_defined_symbols": ["<sep>"]}, "user-defined pieces"),
        ({"treat_whitespace_as_suffix": True}, "treat_whitespace_as_suffix"),
        ({"remove_extra_whitespaces": False}, "add_dummy_prefix without"),
    ],
)
def test_what_is_not_supported_is_an_error(settings, message, tmp_path):
    path = tmp_path / "theirs.model"
    path.write_bytes(trained_there(**settings))
    with pytest.raises(ValueError, match=message):
        read_sentence_piece(path)


def test_what_sentence_piece_would_do_otherwise_is_not_written(trained_here, tmp_path):
    other = UnigramTokenizer.from_pieces(trained_here.model.pieces, NFKC())
    with pytest.raises(ValueError, match="precompiled map"):
        other.save_sentence_piece(tmp_path / "ours.model")
    other = UnigramTokenizer.from_pieces(
        trained_here.model.pieces, trained_here.normalizer
    )
    other.add_tokens(["new"])
    with pytest.raises(ValueError, match="added tokens outside the model"):
        other.save_sentence_piece(tmp_path / "ours.model")


@pytest.mark.parametrize("data", [b"", b"text", bytes(range(256))])
def test_a_file_of_another_kind(data, tmp_path):
    path = tmp_path / "other.model"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="not a SentencePiece model"):
        read_sentence_piece(path)
