"""Published vocabularies: ids, text and offsets equal to the `tokenizers` library."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.text.samples import (
    all_characters,
    published_peer,
    published_tokenizer,
    sampled_strings,
)

NAMES = ["gpt2", "bert_uncased", "bert_cased"]
FIELDS = (
    "ids",
    "tokens",
    "offsets",
    "type_ids",
    "special_tokens_mask",
    "attention_mask",
    "word_ids",
    "sequence_ids",
)

tokenizer_of = cache(published_tokenizer)
peer_of = cache(published_peer)


def differences(name, texts):
    """The texts for which any field or the decoded text differs, on either path."""
    tokenizer, peer = tokenizer_of(name), peer_of(name)
    found = []
    for start in range(0, len(texts), 2000):
        part = texts[start : start + 2000]
        rows = zip(part, peer.encode_batch(part), tokenizer.encode_batch(part))
        for text, theirs, fast in rows:
            ours = tokenizer.encode(text)
            same = ours == fast and all(
                getattr(ours, field) == getattr(theirs, field) for field in FIELDS
            )
            if not same or tokenizer.decode(ours.ids) != peer.decode(theirs.ids):
                found.append(text)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_real_and_wild_text(name):
    assert differences(name, sampled_strings(10_000)) == []


@pytest.mark.full
@pytest.mark.parametrize("name", NAMES)
def test_a_hundred_thousand_strings(name):
    assert differences(name, sampled_strings(100_000, seed=1)) == []


@pytest.mark.full
@pytest.mark.parametrize("name", NAMES)
def test_every_character(name):
    assert differences(name, [f"a{c}b" for c in all_characters()]) == []


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=150, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text(name, text):
    assert differences(name, [text]) == []


@pytest.mark.parametrize("name", NAMES)
def test_pairs(name):
    tokenizer, peer = tokenizer_of(name), peer_of(name)
    firsts, seconds = sampled_strings(300, seed=2), sampled_strings(300, seed=3)
    for first, second in zip(firsts, seconds):
        ours, theirs = tokenizer.encode(first, second), peer.encode(first, second)
        for field in FIELDS:
            assert getattr(ours, field) == getattr(theirs, field), (field, first)


@settings(max_examples=150, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_gpt2_round_trip_is_exact(text):
    tokenizer = tokenizer_of("gpt2")
    assert tokenizer.decode(tokenizer.encode(text).ids) == text


def test_gpt2_by_hand():
    encoding = tokenizer_of("gpt2").encode("Hello world")
    assert encoding.ids == [15496, 995]
    assert encoding.tokens == ["Hello", "Ġworld"]
    assert encoding.offsets == [(0, 5), (5, 11)]


def test_bert_by_hand():
    encoding = tokenizer_of("bert_uncased").encode("Unaffable café", "yes")
    assert encoding.tokens == [
        *("[CLS]", "una", "##ffa", "##ble", "cafe", "[SEP]"),
        *("yes", "[SEP]"),
    ]
    assert encoding.offsets[1:5] == [(0, 3), (3, 6), (6, 9), (10, 14)]
    assert encoding.type_ids == [0] * 6 + [1] * 2
    assert encoding.words() == [[1, 2, 3], [4]]


@pytest.mark.parametrize("name", NAMES)
def test_special_tokens_in_text_are_text_by_default(name):
    tokenizer, peer = tokenizer_of(name), peer_of(name)
    for token in (token.content for token in tokenizer.added_tokens):
        text = f"a {token} b"
        assert tokenizer.token_to_id(token) not in tokenizer.encode(
            text, special_tokens=False
        ).ids or (token == "[UNK]")
        peer.encode_special_tokens = False
        try:
            taken = tokenizer.encode(text, take_special=True)
            assert taken.ids == peer.encode(text).ids
            assert taken.offsets == peer.encode(text).offsets
        finally:
            peer.encode_special_tokens = True
