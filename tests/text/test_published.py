"""Published vocabularies: ids, text and offsets equal to the `tokenizers` library."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.text.equality import (
    FIELDS,
    NAMES,
    differences,
    library_covers,
    peer_of,
    tokenizer_of,
)
from tests.text.samples import all_characters, sampled_strings
from transformer_tf.text import AlignedText

TRAPS = "ae\u0301\u0323 \x01\u200bﬁ한ÅA\u030a½…"


def differing(name, texts):
    """The texts that differ in anything, on either path."""
    found = differences(name, texts)
    return [text for path in found.values() for what in path.values() for text in what]


@pytest.mark.parametrize("name", NAMES)
def test_real_and_wild_text(name):
    assert differing(name, sampled_strings(2_000)) == []


@pytest.mark.full
@pytest.mark.parametrize("name", NAMES)
def test_a_hundred_thousand_strings(name):
    assert differing(name, sampled_strings(100_000, seed=1)) == []


@pytest.mark.full
@pytest.mark.parametrize("name", NAMES)
def test_every_character(name):
    assert differing(name, [f"a{c}b" for c in all_characters()]) == []


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=150, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text(name, text):
    assert differing(name, [text]) == []


@pytest.mark.parametrize("name", NAMES)
def test_pairs(name):
    tokenizer, peer = tokenizer_of(name), peer_of(name)
    firsts, seconds = sampled_strings(300, seed=2), sampled_strings(300, seed=3)
    for first, second in zip(firsts, seconds):
        ours, theirs = tokenizer.encode(first, second), peer.encode(first, second)
        exact = all(library_covers(name, text) for text in (first, second))
        for field in FIELDS:
            if field != "offsets" or exact:
                assert getattr(ours, field) == getattr(theirs, field), (field, first)


@settings(max_examples=150, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_gpt2_round_trip_is_exact(text):
    tokenizer = tokenizer_of("gpt2")
    assert tokenizer.decode(tokenizer.encode(text).ids) == text


@settings(max_examples=300, deadline=None)
@given(text=st.text(st.sampled_from(TRAPS), max_size=12))
def test_t5_offsets_cover_every_character_that_counts(text):
    tokenizer = tokenizer_of("t5")
    encoding = tokenizer.encode(text, special_tokens=False)
    starts, ends = zip(*encoding.offsets) if encoding.offsets else ((), ())
    assert list(starts) == sorted(starts) and list(ends) == sorted(ends)
    covered = {i for span in encoding.offsets for i in range(*span)}
    for i in set(range(len(text))) - covered:
        alone = tokenizer.normalizer(AlignedText(text[i])).text
        assert alone.strip() == "", (ascii(text), i)


def test_t5_offsets_by_hand():
    def spans(text):
        return tokenizer_of("t5").encode(text, special_tokens=False).offsets

    assert spans("the  cat") == [(0, 3), (3, 8)]
    assert spans("cafe\u0301 x")[-1] == (6, 7)
    assert max(end for _, end in spans("cafe\u0301")) == 5


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
    assert encoding.word_offsets() == [(0, 9), (10, 14)]
    assert encoding.word_offsets(sequence=1) == [(0, 3)]
    assert encoding.token_at(8) == 3 and encoding.token_at(9) is None


@pytest.mark.parametrize("name", NAMES)
def test_special_tokens_in_text_are_text_by_default(name):
    tokenizer, peer = tokenizer_of(name), peer_of(name)
    for token in (token.content for token in tokenizer.added_tokens):
        text = f"a {token} b"
        ids = tokenizer.encode(text, special_tokens=False).ids
        if token not in ("[UNK]", "<unk>"):  # "<" has no token in T5's vocabulary
            assert tokenizer.token_to_id(token) not in ids
        # T5's special tokens are pieces of its model as well: the library finds them.
        if name != "t5":
            assert ids == peer.encode(text, add_special_tokens=False).ids
        bare = tokenizer.encode(text)
        assert tokenizer.encode_batch([text]) == [bare]
        peer.encode_special_tokens = False
        try:
            taken = tokenizer.encode(text, take_special=True)
            assert taken.ids == peer.encode(text).ids
            assert taken.offsets == peer.encode(text).offsets
            assert tokenizer.encode_batch([text], take_special=True) == [taken]
        finally:
            peer.encode_special_tokens = True
