"""SentencePiece's files: its ids, offsets and text, by our steps and by its library."""

import io
import json
import unicodedata
from functools import cache

import pytest

from tests.text.samples import english, sampled_strings, spanish
from transformer_tf.text import Tokenizer
from transformer_tf.text.fast import fast_path
from transformer_tf.text.models.sentence_piece import (
    NORMAL,
    UNKNOWN,
    UNUSED,
    USER_DEFINED,
)
from transformer_tf.text.models.sentence_piece_unigram import SentencePieceUnigram
from transformer_tf.text.normalizers.unicode_form import NFKC
from transformer_tf.text.sentence_piece import (
    read_sentence_piece,
    sentence_piece_normalizer,
)
from transformer_tf.text.unigram_tokenizer import UnigramTokenizer

sentencepiece = pytest.importorskip("sentencepiece")
tokenizers = pytest.importorskip("tokenizers")

LEARNT = [text[:200] for text in english()[:90] + spanish()[:90]]
VIETNAMESE = ["Tiếng Việt là ngôn ngữ", "đường phố Hà Nội", "không mưa, cà phê sữa đá"]
TEXTS = [
    *(
        "",
        " ",
        "  a  b ",
        "\tﬁne\u3000Ｗide\n",
        "x\u200by",
        "\u00bd\u0007",
        "é",
        "▁a▁▁",
    ),
    *("<s>a</s>", "(a)-b <sep> el th", "⁗ ‥ \u2126", "a\0b", "Straße ẞ"),
    *[unicodedata.normalize("NFD", text) for text in VIETNAMESE],
]
PAIRS = {"model_type": "bpe"}
SETTINGS = {
    "t5": {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1},
    "folding": {"normalization_rule_name": "nfkc_cf"},
    "no prefix": {"add_dummy_prefix": False},
    "all spaces": {"remove_extra_whitespaces": False},
    "user-defined": {"user_defined_symbols": ["<sep>", "(", ")", "-", "el ", "th"]},
    "bytes": {"byte_fallback": True},
    "suffix": {"treat_whitespace_as_suffix": True},
    "whole": {"split_by_whitespace": False},
    "unused": {},
    "pairs": PAIRS,
    "pairs unused": PAIRS,
    "llama": {
        **PAIRS,
        "byte_fallback": True,
        "split_digits": True,
        "normalization_rule_name": "identity",
        "remove_extra_whitespaces": False,
        "user_defined_symbols": ["<sep>", "th", "el "],
    },
}


@cache
def trained_there(name="t5", **settings):
    """A model trained by SentencePiece, as the bytes of its file."""
    written = io.BytesIO()
    settings = {"vocab_size": 400, **SETTINGS[name], **settings}
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(LEARNT + VIETNAMESE * 20),
        model_writer=written,
        minloglevel=2,
        seed_sentencepiece_size=5000,
        **settings,
    )
    if "unused" not in name:
        return written.getvalue()
    from sentencepiece import sentencepiece_model_pb2

    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(written.getvalue())
    for piece in list(proto.pieces)[5:200:3]:
        piece.type = UNUSED
    return proto.SerializeToString()


def opened(data, tmp_path):
    path = tmp_path / "theirs.model"
    path.write_bytes(data)
    return Tokenizer(**read_sentence_piece(path))


def differences(tokenizer, peer, texts):
    """The texts for which steps, fast path and library do not all agree."""
    path, found = fast_path(tokenizer), []
    rows = zip(
        texts,
        peer.encode(texts),
        path.encode_batch(texts, None, False, False, None),
    )
    for text, ids, fast in rows:
        ours = tokenizer.encode_unpadded(text, special_tokens=False)
        known = [number for number in ids if number != peer.unk_id()]
        decoded = tokenizer.decode(ids) == peer.decode(known)
        if ours.ids != ids or ours != fast or not decoded:
            found.append(text)
    return found


def texts_of(count):
    """Real and wild text, a third of it with its accents apart."""
    texts = sampled_strings(count, seed=11)
    return TEXTS + [
        unicodedata.normalize("NFD", text) if i % 3 == 0 else text
        for i, text in enumerate(texts)
    ]


@pytest.mark.parametrize("name", SETTINGS)
def test_a_model_file_means_sentence_piece(name, tmp_path):
    data = trained_there(name)
    peer = sentencepiece.SentencePieceProcessor(model_proto=data)
    assert differences(opened(data, tmp_path), peer, texts_of(400)) == []


@pytest.mark.full
@pytest.mark.parametrize("name", SETTINGS)
def test_a_model_file_for_much_text(name, tmp_path):
    data = trained_there(name)
    peer = sentencepiece.SentencePieceProcessor(model_proto=data)
    assert differences(opened(data, tmp_path), peer, texts_of(100_000)) == []


@pytest.mark.parametrize("name", ["t5", "all spaces"])
def test_sums_are_rounded_as_there(name, tmp_path):
    """Over a long text rounding decides between cuts that are nearly equal."""
    data = trained_there(name)
    peer = sentencepiece.SentencePieceProcessor(model_proto=data)
    texts = [" ".join(english()[200:260]), "8000000 000 " * 200]
    assert differences(opened(data, tmp_path), peer, texts) == []


def test_accents_of_decomposed_text_are_not_lost(tmp_path):
    tokenizer = opened(trained_there(), tmp_path)
    for text in VIETNAMESE:
        apart = unicodedata.normalize("NFD", text)
        assert tokenizer.encode(apart).ids == tokenizer.encode(text).ids
        assert tokenizer.decode(tokenizer.encode(apart).ids) == text


@pytest.fixture(scope="module")
def trained_here():
    return UnigramTokenizer.train(LEARNT, 500, normalizer=sentence_piece_normalizer())


def test_ours_read_there(trained_here, tmp_path):
    path = str(tmp_path / "ours.model")
    trained_here.save_sentence_piece(path)
    peer = sentencepiece.SentencePieceProcessor(model_file=path)
    assert differences(trained_here, peer, texts_of(300)) == []
    assert peer.eos_id() == trained_here.token_to_id("</s>")


def test_words_of_a_model_that_gets_a_text_whole(trained_here):
    text = "Water, land and the people"
    encoding = trained_here.encode(text)
    words = [text[start:end].strip() for start, end in encoding.word_offsets()]
    assert words == text.split()


def test_a_plain_one_read_by_tokenizers():
    plain = UnigramTokenizer.train(LEARNT, 500)
    peer = tokenizers.Tokenizer.from_str(json.dumps(plain.to_json()))
    for text, theirs in zip(LEARNT, peer.encode_batch(LEARNT)):
        assert plain.encode(text).ids == theirs.ids


@pytest.mark.parametrize("name", SETTINGS)
def test_a_file_comes_back_the_same(name, tmp_path):
    tokenizer = opened(trained_there(name), tmp_path)
    UnigramTokenizer.save_sentence_piece(tokenizer, tmp_path / "one.model")
    again = Tokenizer(**read_sentence_piece(tmp_path / "one.model"))
    assert again.model.pieces == tokenizer.model.pieces
    assert again.normalizer == tokenizer.normalizer
    assert again.decoder == tokenizer.decoder
    UnigramTokenizer.save_sentence_piece(again, tmp_path / "two.model")
    first, second = (tmp_path / f"{number}.model" for number in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("kind", ["word", "char"])
def test_models_of_words_and_characters_are_refused(kind, tmp_path):
    size = {"vocab_size": 90, "hard_vocab_limit": False}
    with pytest.raises(ValueError, match="of words or of characters"):
        opened(trained_there(model_type=kind, **size), tmp_path)


def test_one_unknown_piece_is_needed():
    for kinds in ([NORMAL, USER_DEFINED], [UNKNOWN, UNKNOWN]):
        pieces = [("a", 0.0, kinds[0]), ("b", 0.0, kinds[1])]
        with pytest.raises(ValueError, match="has one unknown piece"):
            SentencePieceUnigram(pieces)


def test_what_sentence_piece_would_do_otherwise_is_not_written(trained_here, tmp_path):
    pieces = [piece[:2] for piece in trained_here.model.pieces]
    other = UnigramTokenizer.from_pieces(pieces, NFKC())
    with pytest.raises(ValueError, match="SentencePiece's own model and normalizer"):
        other.save_sentence_piece(tmp_path / "ours.model")
    with pytest.raises(ValueError, match="no normalizer SentencePieceNormalizer"):
        trained_here.save(tmp_path / "tokenizer.json")


@pytest.mark.parametrize("data", [b"", b"text", bytes(range(256))])
def test_a_file_of_another_kind(data, tmp_path):
    path = tmp_path / "other.model"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="not a SentencePiece model"):
        read_sentence_piece(path)
