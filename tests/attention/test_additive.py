"""Additive attention against float64 NumPy."""

import numpy as np
import pytest

from transformer_tf import AdditiveAttention

BATCH, QUERY, KEY, QUERY_DIM, KEY_DIM, VALUE_DIM, UNITS = 2, 3, 5, 4, 6, 7, 8


@pytest.fixture
def arrays(rng):
    shapes = (QUERY, QUERY_DIM), (KEY, KEY_DIM), (KEY, VALUE_DIM)
    return [rng.normal(size=(BATCH, *shape)).astype("float32") for shape in shapes]


def truth(layer, query, key, value, mask):
    w, u, b, v = (weight.astype("float64") for weight in layer.get_weights())
    output = np.zeros((BATCH, QUERY, value.shape[-1]))
    weights = np.zeros((BATCH, QUERY, KEY))
    for i, t in np.ndindex(BATCH, QUERY):
        scores = [v[:, 0] @ np.tanh(query[i, t] @ w + k @ u + b) for k in key[i]]
        powers = np.exp(scores) * mask[i, t]
        if mask[i, t].any():
            weights[i, t] = powers / powers.sum()
        output[i, t] = weights[i, t] @ value[i]
    return output, weights


class TestAdditiveAttention:
    def test_equals_the_paper(self, arrays, rng):
        layer = AdditiveAttention(UNITS)
        mask = rng.random((BATCH, QUERY, KEY)) < 0.6
        mask[1, 2] = False
        layer(*arrays, attention_mask=mask)
        layer.bias.assign(rng.normal(size=UNITS))
        got = layer(*arrays, attention_mask=mask)
        for one, other in zip(got, truth(layer, *arrays, mask), strict=True):
            np.testing.assert_allclose(one, other, atol=2e-6)

    def test_keys_are_the_values_when_left_out(self, arrays):
        layer = AdditiveAttention(UNITS)
        output, _ = layer(*arrays[:2])
        twice, _ = layer(*arrays[:2], arrays[1])
        np.testing.assert_array_equal(output, twice)

    @pytest.mark.parametrize("with_mask", [False, True])
    def test_a_key_mask_hides_keys_from_every_query(self, arrays, rng, with_mask):
        layer = AdditiveAttention(UNITS)
        real = np.arange(KEY) < np.array([[4], [2]])
        pairs = rng.random((BATCH, QUERY, KEY)) < 0.6 if with_mask else None
        got = layer(*arrays, attention_mask=pairs, key_mask=real)
        both = np.broadcast_to(real[:, None], (BATCH, QUERY, KEY))
        both = both & pairs if with_mask else both
        for one, other in zip(got, truth(layer, *arrays, both), strict=True):
            np.testing.assert_allclose(one, other, atol=2e-6)

    def test_half_precision_keeps_forbidden_keys_out(self, arrays):
        layer = AdditiveAttention(UNITS, dtype="float16")
        mask = np.arange(KEY) < np.array([[[4]], [[0]]])
        output, weights = layer(*arrays, attention_mask=mask)
        assert not weights[0, :, 4:].numpy().any()
        assert not output[1].numpy().any()
