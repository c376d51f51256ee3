"""The small steps, each against the `tokenizers` library or by hand."""

import json

import pytest

from transformer_tf.text import (
    NFC,
    NFD,
    AddedToken,
    AlignedText,
    ByteFallback,
    ByteLevelDecoder,
    DecoderSequence,
    Fuse,
    Pattern,
    Prepend,
    Replace,
    ReplaceDecoder,
    Split,
    Strip,
    StripDecoder,
    Tokenizer,
    WordModel,
    WordPieceDecoder,
)
from transformer_tf.text.component import Component
from transformer_tf.text.normalizers.normalizer import Normalizer

peer = pytest.importorskip("tokenizers")
BEHAVIORS = {
    "Removed": "removed",
    "Isolated": "isolated",
    "MergedWithPrevious": "merged_with_previous",
    "MergedWithNext": "merged_with_next",
    "Contiguous": "contiguous",
}


@pytest.mark.parametrize("behavior", BEHAVIORS)
@pytest.mark.parametrize("invert", [False, True])
def test_split(behavior, invert):
    ours = Split("-", behavior, invert)
    theirs = peer.pre_tokenizers.Split("-", BEHAVIORS[behavior], invert)
    for text in ["a-b", "--a--b-", "-", "ab", "a---", "the-final--countdown"]:
        pieces = [(p.text, (p.starts[0], p.ends[-1])) for p in ours(AlignedText(text))]
        assert pieces == theirs.pre_tokenize_str(text), text


DECODERS = [
    (WordPieceDecoder(), ["do", "not", "##s", "!", "it", "'", "s", "##", "a", "n't"]),
    (WordPieceDecoder(cleanup=False), ["do", "not", "##s", "!", "##x"]),
    (ByteLevelDecoder(), ["Ġa", "Ã©", "ðŁ", "ĳ", "世", "Ċ"]),
    (ByteFallback(), ["a", "<0xC3>", "<0xA9>", "b", "<0xFF>", "<0xC3>"]),
    (Fuse(), ["a", "b"]),
    (StripDecoder(" ", 1, 0), ["  a ", "b"]),
    (ReplaceDecoder("_", " "), ["_a_", "b"]),
    (DecoderSequence([ReplaceDecoder("_", " "), Fuse(), StripDecoder()]), ["_a", "_b"]),
]


@pytest.mark.parametrize("decoder, tokens", DECODERS, ids=lambda value: str(value)[:20])
def test_decoders(decoder, tokens):
    model = WordModel({"a": 0})
    values = Tokenizer(model, decoder=decoder).to_json()
    theirs = peer.Tokenizer.from_str(json.dumps(values))
    assert "".join(decoder(tokens)) == theirs.decoder.decode(tokens)


def spans(text):
    return [(text.text[i], (text.starts[i], text.ends[i])) for i in range(len(text))]


def test_composed_characters_stand_for_all_that_went_in():
    composed = NFC()(AlignedText("e\u0301a"))
    assert spans(composed) == [("é", (0, 2)), ("a", (2, 3))]
    syllable = NFC()(AlignedText("\u1112\u1161\u11abx"))
    assert spans(syllable) == [("한", (0, 3)), ("x", (3, 4))]


def test_parts_stand_for_the_character_they_came_from():
    assert spans(NFD()(AlignedText("éa"))) == [
        ("e", (0, 1)),
        ("\u0301", (0, 1)),
        ("a", (1, 2)),
    ]


def test_replaced_and_prepended_text_keeps_its_place():
    replaced = Replace("ab", "xyz")(AlignedText("cabd"))
    assert spans(replaced) == [
        ("c", (0, 1)),
        ("x", (1, 3)),
        ("y", (1, 3)),
        ("z", (1, 3)),
        ("d", (3, 4)),
    ]
    assert spans(Prepend("▁")(AlignedText("a"))) == [("▁", (0, 1)), ("a", (0, 1))]
    assert Prepend("▁")(AlignedText("")).text == ""


def test_strip_leaves_nothing_of_white_space():
    assert Strip()(AlignedText(" \t\u3000")).text == ""
    assert spans(Strip(strip_right=False)(AlignedText(" a "))) == [
        ("a", (1, 2)),
        (" ", (2, 3)),
    ]


def test_a_pattern_is_a_string_or_a_safe_expression():
    assert Pattern("a.").spans("a.ab") == [(0, 2)]
    assert Pattern(regex=" {2,}").spans("a  b c") == [(1, 3)]
    assert Pattern(regex=r"[\s\S]").spans("a\n") == [(0, 1), (1, 2)]
    with pytest.raises(ValueError, match="either"):
        Pattern()


ADDED = [
    AddedToken("<mask>", 2, lstrip=True),
    AddedToken("<r>", 3, rstrip=True),
    AddedToken("new word", 4, special=False),
    AddedToken("new", 5, special=False, normalized=True),
]


def test_added_tokens_equal_the_library():
    tokenizer = Tokenizer(
        WordModel({"a": 0, "<unk>": 1}, "<unk>"), added_tokens=ADDED, normalizer=NFC()
    )
    theirs = peer.Tokenizer.from_str(json.dumps(tokenizer.to_json()))
    texts = ["a  <mask> a", "<r>  a", "a new word", "a new one", "newnew<mask><r>a"]
    for take_special in (False, True):
        theirs.encode_special_tokens = not take_special
        for text in texts:
            ours = tokenizer.encode(text, take_special=take_special)
            expected = theirs.encode(text)
            assert ours.ids == expected.ids, text
            assert ours.offsets == expected.offsets, text
            assert ours.tokens == expected.tokens, text
    assert len(tokenizer) == theirs.get_vocab_size() == 6
    assert tokenizer.vocabulary == theirs.get_vocab()


def test_adding_a_word_gives_it_the_next_id():
    tokenizer = Tokenizer(WordModel({"a": 0, "b": 1}, "b"))
    assert tokenizer.add_tokens(["<new>", "a"]) == [2, 0]
    assert tokenizer.id_to_token(2) == "<new>"
    assert tokenizer.decode([2, 0], skip_special_tokens=False) == "<new> a"
    assert tokenizer.decode([2, 0]) == ""


class Shout(Normalizer):
    """A normalizer that no file format knows."""

    def __call__(self, text):
        return text.rewrite(text.text.upper(), range(len(text)))


def test_a_step_of_ones_own_works_but_cannot_be_saved(tmp_path):
    tokenizer = Tokenizer(WordModel({"A": 0, "?": 1}, "?"), normalizer=Shout())
    assert tokenizer.encode_batch(["a"])[0].ids == [0]
    with pytest.raises(ValueError, match="no normalizer Shout"):
        tokenizer.save(tmp_path / "tokenizer.json")


def test_components_compare_by_what_they_say():
    assert Strip() == Strip(True, True)
    assert Strip() != Strip(False)
    assert repr(Prepend("x")) == "Prepend(prepend='x')"
    assert issubclass(Strip, Component)
