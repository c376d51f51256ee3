"""What each id adds to a text, against decoding whole texts."""

import json

import numpy as np
import pytest

from tests.text.samples import VOCABULARIES, published_tokenizer
from transformer_tf.text import (
    BytePairTokenizer,
    CharacterTokenizer,
    Tokenizer,
    UnigramTokenizer,
    WordPieceTokenizer,
    WordTokenizer,
)
from transformer_tf.text.token_bytes import token_bytes

TEXTS = [
    "¿Qué pasó? El niño comió piñas, naranjas y café.",
    "Der große Bär läuft über die Brücke; es regnet stark.",
    "日本語のテキスト。 中文也可以。",
    "emoji 🦙🎉 and — dashes – “quotes”",
    "the cat sat on the mat , the cat 's mat .",
]


def byte_fallback_tokenizer():
    """Llama 2's decoder: marks to spaces, byte tokens, one space less in front."""
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{n:02X}>" for n in range(256))]
    tokens += [*"▁aeions¿é", "▁a", "▁si", "no"]
    decoders = [
        {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
        {"type": "ByteFallback"},
        {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0},
    ]
    values = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": number,
                "content": tokens[number],
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
            for number in range(3)
        ],
        "normalizer": None,
        "pre_tokenizer": None,
        "post_processor": None,
        "decoder": {"type": "Sequence", "decoders": decoders},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": "<unk>",
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": True,
            "byte_fallback": True,
            "ignore_merges": False,
            "vocab": {token: number for number, token in enumerate(tokens)},
            "merges": [["▁", "a"], ["n", "o"]],
        },
    }
    values["model"]["vocab"].pop("▁si")
    values["model"]["vocab"]["no"] = len(tokens) - 2
    return Tokenizer.from_json(json.loads(json.dumps(values)))


TRAINED = {
    "byte pairs": lambda: BytePairTokenizer.train(TEXTS, 300),
    "word pieces": lambda: WordPieceTokenizer.train(TEXTS, 120),
    "unigram": lambda: UnigramTokenizer.train(TEXTS, 120),
    "words": lambda: WordTokenizer.train(TEXTS, 40),
    "characters": lambda: CharacterTokenizer.train(TEXTS, 90),
    "byte fallback": byte_fallback_tokenizer,
}
EVERY_TOKENIZER = [*TRAINED, *VOCABULARIES]


def tokenizer_named(name):
    return TRAINED[name]() if name in TRAINED else published_tokenizer(name)


@pytest.mark.parametrize("name", EVERY_TOKENIZER)
def test_joined_they_are_the_decoded_text(name, rng):
    tokenizer = tokenizer_named(name)
    first, later = token_bytes(tokenizer)
    assert len(first) == len(later) == len(tokenizer)
    compared = 0
    for length in rng.integers(1, 9, 600):
        ids = rng.integers(0, len(tokenizer), length).tolist()
        shown = [number for number in ids if number not in tokenizer.special_ids]
        parts = [first[n] for n in shown[:1]] + [later[n] for n in shown[1:]]
        expected = tokenizer.decode(ids)
        try:
            text = b"".join(parts).decode()
        except UnicodeDecodeError:  # half a character: each decoder has its own way
            assert "\ufffd" in expected
            continue
        assert text == expected
        compared += 1
    assert compared > 60


@pytest.mark.parametrize("name", EVERY_TOKENIZER)
def test_encoded_text_comes_back(name):
    tokenizer = tokenizer_named(name)
    first, later = token_bytes(tokenizer)
    for text in TEXTS:
        ids = tokenizer.encode(text, special_tokens=False).ids
        ids = [number for number in ids if number not in tokenizer.special_ids]
        parts = [first[n] for n in ids[:1]] + [later[n] for n in ids[1:]]
        assert b"".join(parts).decode() == tokenizer.decode(ids)


def test_added_tokens_are_seen(rng):
    tokenizer = BytePairTokenizer.train(TEXTS, 300)
    before = token_bytes(tokenizer)
    assert token_bytes(tokenizer) is before
    (number,) = tokenizer.add_tokens(["¡hola a todos!"], special=False)
    assert token_bytes(tokenizer).later[number] == "¡hola a todos!".encode()
    assert np.shape(token_bytes(tokenizer).first) == (len(tokenizer),)
