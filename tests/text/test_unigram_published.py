"""T5's steps, readable, against the `tokenizers` library on the published file."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.text import published
from transformer_tf.text.aligned_text import AlignedText
from transformer_tf.text.clusters import clusters
from transformer_tf.text.models.unigram import UnigramModel
from transformer_tf.text.normalizers.precompiled import Precompiled
from transformer_tf.text.pre_tokenizers.metaspace import Metaspace

tokenizers = pytest.importorskip("tokenizers")


@pytest.fixture(scope="module")
def t5_map():
    steps = published.tokenizer_json("t5")["normalizer"]["normalizers"]
    return Precompiled.from_json({k: v for k, v in steps[0].items() if k != "type"})


@pytest.fixture(scope="module")
def peer_map(t5_map):
    packed = base64.b64decode(t5_map.precompiled_charsmap)
    return tokenizers.normalizers.Precompiled(packed)


def normalized(normalizer, text):
    return normalizer(AlignedText(text)).text


class TestPrecompiled:
    def test_every_character_between_letters(self, t5_map, peer_map):
        texts = published.every_character()
        differ = [
            text
            for text in texts[:0x3000] + texts[0x3000::17]
            if normalized(t5_map, text) != peer_map.normalize_str(text)
        ]
        assert differ == []

    def test_made_up_text(self, t5_map, peer_map):
        differ = [
            text
            for text in published.made_up(10_000, seed=3)
            if normalized(t5_map, text) != peer_map.normalize_str(text)
        ]
        assert differ == []

    @settings(max_examples=300, deadline=None)
    @given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
    def test_any_text(self, t5_map, peer_map, text):
        assert normalized(t5_map, text) == peer_map.normalize_str(text)

    @settings(max_examples=300, deadline=None)
    @given(st.text(st.sampled_from(published.TRAPS), max_size=8))
    def test_traps(self, t5_map, peer_map, text):
        assert normalized(t5_map, text) == peer_map.normalize_str(text)

    @settings(max_examples=300, deadline=None)
    @given(st.text(st.sampled_from(published.TRAPS), max_size=12))
    def test_places_cover_the_cluster_that_was_replaced(self, t5_map, text):
        rewritten = t5_map(AlignedText(text))
        spans = clusters(text)
        for character, start, end in zip(
            rewritten.text, rewritten.starts, rewritten.ends
        ):
            inside = [(a, b) for a, b in spans if a <= start and end <= b]
            assert inside, (character, start, end, spans)
            assert character in normalized(t5_map, text[start:end])


class TestT5Model:
    def test_pieces_equal(self):
        values = published.tokenizer_json("t5")
        model = dict(values["model"])
        del model["type"]
        model, split = UnigramModel.from_json(model), Metaspace()
        theirs = published.peer("t5")
        theirs_normalized = theirs.normalizer.normalize_str
        texts = published.texts(4_000, seed=4)
        for text, expected in zip(
            texts, theirs.encode_batch(texts, add_special_tokens=False)
        ):
            pieces = split(AlignedText(theirs_normalized(text)))
            found = [part for piece in pieces for part in model.tokenize(piece.text)]
            assert [number for number, *_ in found] == expected.ids
            assert [token for _, token, *_ in found] == expected.tokens
