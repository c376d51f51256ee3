"""Masks, pair by pair."""

import keras
import numpy as np
import pytest

from transformer_tf import causal_mask, padding_mask
from transformer_tf.attention import AttentionMask

BATCH, QUERY, KEY = 2, 4, 6
KEY_PADDING = np.array([[True] * 5 + [False], [False] * 2 + [True] * 4])


class TestPlainMasks:
    def test_padding_mask(self):
        ids = np.array([[5, 0, 7], [0, 8, 0]])
        expected = [[[True, False, True]], [[False, True, False]]]
        np.testing.assert_array_equal(padding_mask(ids), expected)
        assert padding_mask(ids, padding_id=8).numpy().sum() == 5

    def test_causal_mask(self):
        np.testing.assert_array_equal(causal_mask(5), np.tri(5, dtype=bool))


RULES = {
    "causal": (AttentionMask(causal=True), lambda b, q, k: k <= q),
    "window": (AttentionMask(window=2), lambda b, q, k: abs(q - k) < 2),
    "both": (AttentionMask(True, 3), lambda b, q, k: 0 <= q - k < 3),
    "padding": (
        AttentionMask(key_padding=KEY_PADDING),
        lambda b, q, k: KEY_PADDING[b, k],
    ),
    "dense": (
        AttentionMask(dense=np.arange(KEY) != np.arange(QUERY)[:, None]),
        lambda b, q, k: q != k,
    ),
}


class TestAttentionMask:
    @pytest.mark.parametrize("one", RULES)
    @pytest.mark.parametrize("other", RULES)
    def test_two_rules_combine(self, one, other):
        (first, allows), (second, admits) = RULES[one], RULES[other]
        mask = (first & second).render(np.arange(QUERY), np.arange(KEY))
        got = np.broadcast_to(mask, (BATCH, 1, QUERY, KEY))[:, 0]
        for b, q, k in np.ndindex(BATCH, QUERY, KEY):
            assert got[b, q, k] == (allows(b, q, k) and admits(b, q, k)), (b, q, k)

    def test_positions_may_differ_by_row(self):
        positions = np.array([[3, 5], [0, 9]])
        got = AttentionMask(causal=True, window=4).render(positions, positions)
        expected = [[[[1, 0], [1, 1]]], [[[1, 0], [0, 1]]]]
        np.testing.assert_array_equal(got, np.array(expected, bool))

    def test_nothing_forbidden_is_none(self):
        assert AttentionMask().render(np.arange(QUERY), np.arange(KEY)) is None

    def test_booleans_of_any_rank_are_masks(self, rng):
        pairs = rng.random((BATCH, 3, QUERY, KEY)) < 0.5
        for dense, expected in (
            (pairs, pairs),
            (pairs[:, 0], pairs[:, :1]),
            (pairs[0, 0], pairs[:1, :1]),
            (pairs[:, 0, :1], pairs[:, :1, :1]),
        ):
            mask = AttentionMask.of(dense).render(np.arange(QUERY), np.arange(KEY))
            np.testing.assert_array_equal(mask, expected)

    def test_combines_with_booleans(self):
        mask = AttentionMask(causal=True) & KEY_PADDING[:, None, :]
        assert mask.dense is None, "what holds for every query is about the keys"
        np.testing.assert_array_equal(mask.key_padding, KEY_PADDING)

    def test_rules_are_saved_with_a_model(self, tmp_path, rng):
        from transformer_tf import MultiHeadAttention

        x = rng.normal(size=(BATCH, QUERY, 8)).astype("float32")
        inputs = keras.Input((QUERY, 8))
        mask = AttentionMask(causal=True, window=2)
        model = keras.Model(inputs, MultiHeadAttention(2)(inputs, attention_mask=mask))
        model.save(tmp_path / "model.keras")
        twin = keras.models.load_model(tmp_path / "model.keras")
        np.testing.assert_array_equal(twin(x), model(x))
