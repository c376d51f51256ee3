"""The committed Unicode tables are what the `tokenizers` library does today."""

import random

import pytest

from tests.text.samples import all_characters
from transformer_tf.text import (
    NFC,
    NFD,
    NFKC,
    NFKD,
    AlignedText,
    BertNormalizer,
    BertPreTokenizer,
    ByteLevel,
    Digits,
    Lowercase,
    Punctuation,
    StripAccents,
    WhiteSpace,
    WhiteSpaceSplit,
)
from transformer_tf.text.tables.ranges import (
    character_class,
    parse_map,
    parse_ranges,
    parse_set,
    write_map,
    write_ranges,
)

peer = pytest.importorskip("tokenizers")
NORMALIZERS = [
    (NFC(), peer.normalizers.NFC()),
    (NFD(), peer.normalizers.NFD()),
    (NFKC(), peer.normalizers.NFKC()),
    (NFKD(), peer.normalizers.NFKD()),
    (Lowercase(), peer.normalizers.Lowercase()),
    (StripAccents(), peer.normalizers.StripAccents()),
    (BertNormalizer(), peer.normalizers.BertNormalizer()),
    (
        BertNormalizer(strip_accents=False),
        peer.normalizers.BertNormalizer(strip_accents=False),
    ),
]
PRE_TOKENIZERS = [
    (ByteLevel(), peer.pre_tokenizers.ByteLevel(add_prefix_space=False)),
    (ByteLevel(True), peer.pre_tokenizers.ByteLevel(add_prefix_space=True)),
    (BertPreTokenizer(), peer.pre_tokenizers.BertPreTokenizer()),
    (WhiteSpace(), peer.pre_tokenizers.Whitespace()),
    (WhiteSpaceSplit(), peer.pre_tokenizers.WhitespaceSplit()),
    (Digits(), peer.pre_tokenizers.Digits()),
    (Digits(True), peer.pre_tokenizers.Digits(True)),
    (Punctuation(), peer.pre_tokenizers.Punctuation()),
]


def texts(count, seed):
    draw = random.Random(seed)
    characters = all_characters()
    pools = [
        "aeiouAEIOUnN \t\x00一ÉéñÇ'1.",
        characters[0x300:0x370],
        characters[0x1100:0x1200] + characters[0xAC00:0xAC20],
        characters[:0x3000],
        characters,
    ]
    singles = [f"a{c}b" for c in draw.sample(characters, count)]
    return singles + [
        "".join(draw.choice(draw.choice(pools)) for _ in range(draw.randrange(12)))
        for _ in range(count)
    ]


@pytest.mark.parametrize("ours, theirs", NORMALIZERS)
def test_normalizers(ours, theirs):
    for text in texts(5000, seed=0):
        assert ours(AlignedText(text)).text == theirs.normalize_str(text), ascii(text)


@pytest.mark.parametrize("ours, theirs", PRE_TOKENIZERS)
def test_pre_tokenizers(ours, theirs):
    for text in texts(3000, seed=1):
        pieces = [
            (piece.text, (piece.starts[0], piece.ends[-1]))
            for piece in ours(AlignedText(text))
        ]
        assert pieces == theirs.pre_tokenize_str(text), ascii(text)


@pytest.mark.full
def test_tables_are_what_the_script_writes():
    from tools.unicode_tables.__main__ import main

    assert main(["--check"]) == []


def test_notation():
    assert parse_ranges("41-43 61") == [(0x41, 0x43), (0x61, 0x61)]
    assert parse_set("41-43 61") == set("ABCa")
    assert write_ranges({0x41, 0x42, 0x43, 0x61}) == "41-43 61"
    assert parse_map("c9=45.301 7f=") == {"É": "E\u0301", "\x7f": ""}
    assert parse_map(write_map({"É": "E\u0301"})) == {"É": "E\u0301"}
    assert character_class("41-43 61") == r"\U00000041-\U00000043\U00000061"
