"""Precompiled maps against the `tokenizers` library, on T5's published one."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.text.equality import tokenizer_of
from tests.text.samples import TRAPS, all_characters, sampled_strings
from transformer_tf.text.aligned_text import AlignedText
from transformer_tf.text.clusters import clusters

tokenizers = pytest.importorskip("tokenizers")


@pytest.fixture(scope="module")
def t5_map():
    return tokenizer_of("t5").normalizer.normalizers[0]


@pytest.fixture(scope="module")
def peer_map(t5_map):
    packed = base64.b64decode(t5_map.precompiled_charsmap)
    return tokenizers.normalizers.Precompiled(packed)


def normalized(normalizer, text):
    return normalizer(AlignedText(text)).text


class TestPrecompiled:
    def test_every_character_between_letters(self, t5_map, peer_map):
        texts = [f"a{character}b" for character in all_characters()]
        differ = [
            text
            for text in texts[:0x3000] + texts[0x3000::17]
            if normalized(t5_map, text) != peer_map.normalize_str(text)
        ]
        assert differ == []

    def test_made_up_text(self, t5_map, peer_map):
        differ = [
            text
            for text in sampled_strings(10_000, seed=6)
            if normalized(t5_map, text) != peer_map.normalize_str(text)
        ]
        assert differ == []

    @settings(max_examples=300, deadline=None)
    @given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
    def test_any_text(self, t5_map, peer_map, text):
        assert normalized(t5_map, text) == peer_map.normalize_str(text)

    @settings(max_examples=300, deadline=None)
    @given(st.text(st.sampled_from(TRAPS), max_size=8))
    def test_traps(self, t5_map, peer_map, text):
        assert normalized(t5_map, text) == peer_map.normalize_str(text)

    @settings(max_examples=300, deadline=None)
    @given(st.text(st.sampled_from(TRAPS), max_size=12))
    def test_places_cover_the_cluster_that_was_replaced(self, t5_map, text):
        rewritten = t5_map(AlignedText(text))
        spans = clusters(text)
        for character, start, end in zip(
            rewritten.text, rewritten.starts, rewritten.ends
        ):
            inside = [(a, b) for a, b in spans if a <= start and end <= b]
            assert inside, (character, start, end, spans)
            assert character in normalized(t5_map, text[start:end])
