"""The equation itself, against float64 NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.attention.reference import attention
from transformer_tf import scaled_dot_product_attention

BATCH, HEAD, QUERY, KEY, DIM, VALUE = 2, 3, 4, 6, 8, 5


def example(rng, *leading):
    shapes = (QUERY, DIM), (KEY, DIM), (KEY, VALUE)
    return [rng.normal(size=(*leading, *shape)).astype("float32") for shape in shapes]


MASKS = {
    "none": lambda rng: None,
    "each_pair": lambda rng: rng.random((BATCH, QUERY, KEY)) < 0.6,
    "padding": lambda rng: np.arange(KEY) < np.array([[[4]], [[2]]]),
    "causal": lambda rng: np.tri(QUERY, KEY, dtype=bool),
    "one_row_sees_nothing": lambda rng: np.arange(QUERY)[:, None] != np.full(KEY, 2),
    "nobody_sees_anything": lambda rng: np.zeros((QUERY, KEY), bool),
}


class TestScaledDotProductAttention:
    @pytest.mark.parametrize("jit_compile", [None, False, True])
    @pytest.mark.parametrize("kind", MASKS)
    def test_equals_the_paper(self, rng, kind, jit_compile):
        query, key, value = example(rng, BATCH)
        mask = MASKS[kind](rng)
        attend = scaled_dot_product_attention
        if jit_compile is not None:
            attend = tf.function(attend, jit_compile=jit_compile)
        output, weights = attend(query, key, value, mask)
        expected = attention(query, key, value, mask)
        np.testing.assert_allclose(output, expected[0], atol=2e-6)
        np.testing.assert_allclose(weights, expected[1], atol=2e-6)

    @pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
    def test_large_logits_stay_finite(self, rng, dtype):
        query, key, value = (keras.ops.cast(x, dtype) for x in example(rng, BATCH))
        query = query * 1e4
        mask = MASKS["one_row_sees_nothing"](rng)
        output, weights = scaled_dot_product_attention(query, key, value, mask)
        assert keras.backend.standardize_dtype(output.dtype) == dtype
        exact = [keras.ops.convert_to_numpy(keras.ops.cast(x, "float32"))
                 for x in (query, key, value, output, weights)]  # fmt: skip
        expected = attention(*exact[:3], mask)
        np.testing.assert_allclose(exact[3], expected[0], atol=0.03)
        np.testing.assert_allclose(exact[4], expected[1], atol=0.01)
        assert not exact[3][:, 2].any()

    def test_leading_axes_broadcast(self, rng):
        query, _, _ = example(rng, BATCH, HEAD)
        _, key, value = example(rng, BATCH, 1)
        mask = MASKS["padding"](rng)[:, None]  # [batch, 1, 1, key]
        output, weights = scaled_dot_product_attention(query, key, value, mask)
        key = np.broadcast_to(key, (BATCH, HEAD, KEY, DIM))
        value = np.broadcast_to(value, (BATCH, HEAD, KEY, VALUE))
        expected = attention(query, key, value, mask)
        np.testing.assert_allclose(output, expected[0], atol=2e-6)
        np.testing.assert_allclose(weights, expected[1], atol=2e-6)

    def test_float64_stays_float64(self, rng):
        query, key, value = (x.astype("float64") for x in example(rng))
        output, _ = scaled_dot_product_attention(query, key, value)
        np.testing.assert_allclose(output, attention(query, key, value)[0], rtol=1e-13)

    def test_builds_functional_models(self, rng):
        arrays = example(rng, BATCH)
        inputs = [keras.Input(x.shape[1:]) for x in arrays]
        mask = keras.Input((QUERY, KEY), dtype="bool")
        outputs = scaled_dot_product_attention(*inputs, mask)
        allowed = MASKS["each_pair"](rng)
        output, _ = keras.Model([*inputs, mask], outputs)([*arrays, allowed])
        np.testing.assert_allclose(output, attention(*arrays, allowed)[0], atol=2e-6)

    def test_gradient_at_a_row_that_sees_nothing_is_finite(self, rng):
        query, key, value = (tf.constant(x) for x in example(rng))
        with tf.GradientTape() as tape:
            tape.watch([query, key, value])
            mask = MASKS["one_row_sees_nothing"](rng)
            output, _ = scaled_dot_product_attention(query, key, value, mask)
            loss = tf.reduce_sum(output**2)
        gradients = tape.gradient(loss, [query, key, value])
        assert all(np.isfinite(gradient).all() for gradient in gradients)
        assert not gradients[0][2].numpy().any()


def test_a_single_key_has_weight_one_without_a_warning(rng):
    query, key, value = (
        rng.normal(size=(2, 3, length, 4)).astype("float32") for length in (5, 1, 1)
    )
    output, weights = scaled_dot_product_attention(query, 9 * key, value)
    np.testing.assert_array_equal(weights, np.ones((2, 3, 5, 1), "float32"))
    np.testing.assert_array_equal(output, np.broadcast_to(value, (2, 3, 5, 4)))
